"""Which engine runs a job: the first that accepts it."""

from __future__ import annotations

from collections.abc import Sequence

from emrsim.core.ports import CannotRun, Command, Engine, Job


def route(engines: Sequence[Engine], job: Job) -> Command:
    """The program for `job`. Raises CannotRun, with the reason, where there is none."""
    for engine in engines:
        if engine.accepts(job):
            return engine.command(job)
    raise CannotRun(f"no engine accepts {job.jar}. Nothing was run.")
