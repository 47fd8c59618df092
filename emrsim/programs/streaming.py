"""`emrsim streaming ARGS`, `hadoop-streaming ARGS`: Hadoop streaming. A tiny job is to start fast."""

from __future__ import annotations

from collections.abc import Iterator

from emrsim.mapreduce.command import main as run_streaming
from emrsim.programs.surroundings import Surroundings, surroundings


def main(arguments: list[str]) -> int:
    """Run a streaming job with Hadoop's arguments, preceded by options of our own if any."""
    around = surroundings()
    return run_streaming([*_options(around), *arguments], around.storage)


def _options(around: Surroundings) -> Iterator[str]:
    """What the runner has to know of the cluster, as its own options."""
    values = {
        "--syslog": around.syslog,
        "--task-logs": around.task_logs,
        "--job-id": around.next_job_id(),
        "--hadoop-version": around.hadoop_version,
        "--slots": around.slots,
    }
    for name, value in values.items():
        if value is not None:
            yield from (name, str(value))
