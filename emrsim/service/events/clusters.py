"""Events of clusters and steps (source: docs/facts/events.md#when-severity-message).

BOOTSTRAPPING, TERMINATING and a step's INTERRUPTED are not in AWS's list, and have none.
"""

from __future__ import annotations

import json
from datetime import datetime

from emrsim.core.model import Change, Cluster, Reason, Step
from emrsim.core.states import CLUSTER_STATE_NAMES, ClusterState, StepState
from emrsim.service.events.event import (
    CLUSTER,
    CRITICAL,
    ERROR,
    INFO,
    STEP,
    WARN,
    Told,
    minute,
    minutes_between,
)

# With these codes a cluster has ended as it was meant to (the second is assumed).
_GOOD_ENDS = frozenset({"USER_REQUEST", "ALL_STEPS_COMPLETED"})
_STEP_SEVERITIES = {
    StepState.FAILED: ERROR,
    StepState.CANCEL_PENDING: WARN,
    StepState.CANCELLED: WARN,
}
# The name of a step that is longer is cut in messages, and has dots instead of its end.
_NAME_MAX = 30
_DOTS = "..."


def of_cluster(cluster: Cluster, change: Change, now: datetime) -> Told | None:
    """The event of a cluster's change of state, if it has one."""
    state = ClusterState(change.after)
    message = _cluster_message(cluster, change, state, now)
    if message is None:
        return None
    failed = state is ClusterState.FAILED
    ended = failed or state in {ClusterState.COMPLETED, ClusterState.TERMINATED}
    severity = CRITICAL if failed or (ended and cluster.reason.code not in _GOOD_ENDS) else INFO
    return Told(
        CLUSTER,
        {
            "severity": severity,
            "stateChangeReason": reason_text(cluster.reason),
            "name": cluster.request.name,
            "clusterId": cluster.id,
            "state": CLUSTER_STATE_NAMES[state],
            "message": message,
        },
    )


def reason_text(reason: Reason) -> str:
    """A reason as JSON text without blanks, `code` first: rules of users match it as a whole."""
    content = {"code": reason.code, "message": reason.message} if reason.code else {"code": ""}
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False)


def named(cluster: Cluster) -> str:
    """`j-… (Name)`, as messages call a cluster."""
    return f"{cluster.id} ({cluster.request.name})"


def _cluster_message(cluster: Cluster, change: Change, state: ClusterState, now: datetime) -> str | None:
    who, when, code = named(cluster), minute(now), cluster.reason.code
    match state:
        case ClusterState.STARTING:
            return f"Amazon EMR cluster {who} was requested at {when} and is being created."
        case ClusterState.RUNNING:
            return f"Amazon EMR cluster {who} began running steps at {when}."
        case ClusterState.WAITING if change.before == ClusterState.BOOTSTRAPPING:
            return f"Amazon EMR cluster {who} was created at {when} and is ready for use."
        case ClusterState.WAITING:
            return f"Amazon EMR cluster {who} finished running all pending steps at {when}."
        case ClusterState.COMPLETED | ClusterState.TERMINATED:
            return f"Amazon EMR Cluster {who} has terminated at {when} with a reason of {code}."
        case ClusterState.FAILED:
            return f"Amazon EMR Cluster {who} has terminated with errors at {when} with a reason of {code}."
    return None


def of_step(cluster: Cluster, change: Change, now: datetime) -> Told | None:
    """The event of a step's change of state, if it has one."""
    step, state = cluster.steps[change.id], StepState(change.after)
    message = _step_message(cluster, step, change, state, now)
    if message is None:
        return None
    return Told(
        STEP,
        {
            "severity": _STEP_SEVERITIES.get(state, INFO),
            "actionOnFailure": step.request.action_on_failure.value,
            "stepId": step.id,
            "name": step.request.name,
            "clusterId": cluster.id,
            "state": state.value,
            "message": message,
        },
    )


def _step_message(
    cluster: Cluster, step: Step, change: Change, state: StepState, now: datetime
) -> str | None:
    what, when = f"{step.id} ({_cut(step.request.name)})", minute(now)
    where = f"Amazon EMR cluster {named(cluster)}"
    match state:
        case StepState.PENDING if change.before is None:  # not one that is to run again after a restart
            return f"Step {what} was added to {where} at {when} and is pending execution."
        case StepState.RUNNING:
            return f"Step {what} in {where} started running at {when}."
        case StepState.COMPLETED:
            began = step.started_at or now
            return (
                f"Step {what} in {where} completed execution at {when}. The step started running at "
                f"{minute(began)} and took {minutes_between(began, now)} minutes to complete."
            )
        case StepState.FAILED:
            return f"Step {what} in {where} failed at {when}."
        case StepState.CANCEL_PENDING:
            return f"Step {what} in {where} was cancelled at {when} and is pending cancellation."
        case StepState.CANCELLED:
            return (
                f"Cancellation request has succeeded for cluster step {what} in {where} at {when}, "
                "and the step is now cancelled."
            )
    return None


def _cut(name: str) -> str:
    return name if len(name) <= _NAME_MAX else name[: _NAME_MAX - len(_DOTS)] + _DOTS
