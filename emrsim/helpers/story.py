"""What has happened to a cluster, as text for the person whose test has failed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from emrsim.core.model import Cluster, Step
from emrsim.core.states import StepState
from emrsim.service.failures import tail
from emrsim.service.folders import DataFolder

_EVENTS_SHOWN = 30
_LINES_SHOWN = 20
_FAILED_ATTEMPT = re.compile(r"Task Id : (attempt_\w+), Status : FAILED")


def story_of(cluster: Cluster) -> str:
    """The state of a cluster and what led to it, a line each. To be called under the emulator's lock."""
    events = [f"  {when:%H:%M:%S.%f} {_event(event)}" for when, event in cluster.story]
    left_out = [f"  ... {len(events) - _EVENTS_SHOWN} earlier events"] if len(events) > _EVENTS_SHOWN else []
    steps = [f"  {_step_line(step)}" for step in cluster.steps.values()]
    return "\n".join([_cluster_line(cluster), *steps, " its story:", *left_out, *events[-_EVENTS_SHOWN:]])


def report_of(cluster: Cluster, data: DataFolder) -> str:
    """The state of a cluster and its steps; of each step that failed, why, and the end of its stderr."""
    lines = [_cluster_line(cluster)]
    for step in cluster.steps.values():
        lines.append(f"  {_step_line(step)}")
        if step.state is StepState.FAILED:
            lines += [f"    {line}" for line in failure_of(step, data, cluster.id).splitlines()]
    return "\n".join(lines)


def failure_of(step: Step, data: DataFolder, cluster_id: str) -> str:
    """Why a step failed, and the end of what its last failed task, or else itself, wrote to stderr."""
    reason = step.failure.message if step.failure else "no reason is known"
    lines = [reason]
    for path in _stderrs(step, data, cluster_id):
        if end := tail(path).splitlines()[-_LINES_SHOWN:]:
            lines += [f"the end of {path.parent.name}/stderr:", *(f"  {line}" for line in end)]
    return "\n".join(lines)


def stderr_of(step: Step, data: DataFolder, cluster_id: str) -> str:
    """The end of what a step's last failed task wrote to stderr, and of what the step itself did."""
    return "".join(tail(path) for path in _stderrs(step, data, cluster_id))


def _stderrs(step: Step, data: DataFolder, cluster_id: str) -> Iterator[Path]:
    folder = data.cluster(cluster_id)
    logs = folder.step_logs(step.id)
    failed = _FAILED_ATTEMPT.findall(tail(logs / "syslog"))
    if failed:
        yield folder.task_logs(step.id) / failed[-1] / "stderr"
    yield logs / "stderr"


def _cluster_line(cluster: Cluster) -> str:
    reason = f": {cluster.reason.message}" if cluster.reason.message else ""
    return f"{cluster.id} {cluster.request.name!r} is {cluster.state}{reason}"


def _step_line(step: Step) -> str:
    return f"{step.id} {step.request.name!r} is {step.state}"


def _event(event: object) -> str:
    """The name of an event, with what of it is a plain value."""
    plain = {name: value for name, value in vars(event).items() if isinstance(value, str | int | bool)}
    values = ", ".join(f"{name}={value}" for name, value in plain.items())
    return f"{type(event).__name__}({values})"
