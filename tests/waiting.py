"""Waiting on the thing itself, with a deadline."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, TypeVar

Found = TypeVar("Found")

PATIENCE_SECONDS = 60.0
_POLL_SECONDS = 0.01
ENDED = frozenset({"COMPLETED", "FAILED", "TERMINATED"})


def wait_until(look: Callable[[], Found], what: str = "", patience: float = PATIENCE_SECONDS) -> Found:
    """What `look` returns, as soon as that is true; fails after `patience` seconds."""
    deadline = time.monotonic() + patience
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {patience:g} s: {what or look}"
        time.sleep(_POLL_SECONDS)
    return found


def wait_for_job_flow(connection: Any, job_flow_id: str, *states: str) -> Any:
    """The boto 2 job flow once it is in one of `states` (any final state when none is named)."""
    wanted = frozenset(states) or ENDED

    def look() -> Any:
        job_flow = connection.describe_jobflow(job_flow_id)
        assert job_flow.state in wanted or job_flow.state not in ENDED, (
            f"{job_flow_id} ended {job_flow.state}: {[vars(step) for step in job_flow.steps]}"
        )
        return job_flow if job_flow.state in wanted else None

    return wait_until(look, f"{job_flow_id} {sorted(wanted)}")
