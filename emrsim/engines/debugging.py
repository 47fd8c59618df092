"""The step that boto's `enable_debugging` puts first: script-runner with `state-pusher/0.1/fetch`.

On EMR it has the state of steps pushed to a SimpleDB index that the old console read. That index is
the emulator's own state here, so all that is left to do is to see that the logs it points to are kept.
"""

from __future__ import annotations

import re
import sys

from emrsim.core.ports import CannotRun, Command, Job

_STATE_PUSHER = re.compile(r"s3n?://[^/]*elasticmapreduce/libs/state-pusher/[0-9.]+/fetch")


class DebuggingEngine:
    """Runs `Setup Hadoop Debugging`, in the forms of AMI versions and of release labels."""

    def accepts(self, job: Job) -> bool:
        """See `core.ports.Engine.accepts`."""
        first = job.args[0] if job.args else ""
        if job.jar.endswith("script-runner.jar"):
            return bool(_STATE_PUSHER.fullmatch(first))
        return job.jar.endswith("command-runner.jar") and first == "state-pusher-script"

    def command(self, job: Job) -> Command:
        """See `core.ports.Engine.command`. Debugging needs a log URI, as on EMR."""
        if not job.has_log_uri:
            raise CannotRun("Debugging needs a log URI: give RunJobFlow a LogUri (boto: log_uri=…).")
        return Command(argv=(sys.executable, "-c", f"print({_DONE!r})"))


_DONE = (
    "The emulator keeps the state of all steps itself: DescribeJobFlows, ListSteps and "
    "the folder steps/ under the log URI have what the debugging index has."
)
