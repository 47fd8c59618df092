"""The step that boto's `enable_debugging` puts first: `state-pusher/0.1/fetch`, `state-pusher-script`.

On EMR it has the state of steps pushed to a SimpleDB index that the old console read. That index is
the emulator's own state here, so all that is left to do is to see that the logs it points to are kept.
"""

from __future__ import annotations

import os
import sys


def main(arguments: list[str]) -> int:
    """Say what is where; 1 without a log URI, which debugging needs, as on EMR."""
    if not os.environ.get("EMRSIM_LOG_URI"):
        print("Debugging needs a log URI: give RunJobFlow a LogUri (boto: log_uri=…).", file=sys.stderr)
        return 1
    print(
        "The emulator keeps the state of all steps itself: DescribeJobFlows, ListSteps and "
        "the folder steps/ under the log URI have what the debugging index has."
    )
    return 0
