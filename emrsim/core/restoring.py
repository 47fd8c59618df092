"""Checks of the picture of a cluster: states, times and steps that are possible at one moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from itertools import pairwise

from emrsim.core import texts
from emrsim.core.events import Restored
from emrsim.core.model import Cluster, Reason, Step
from emrsim.core.plain import PlainError
from emrsim.core.states import (
    ACTIVE_STEPS,
    LAUNCHING_CLUSTERS,
    OCCUPYING_STEPS,
    ClusterMove,
    ClusterState,
    StepState,
)
from emrsim.core.suggestions import unknown

_S = ClusterState
_ROLES = ("MASTER", "CORE", "TASK")
_MARKETS = ("ON_DEMAND", "SPOT")
_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,99}")  # folders are named so
_NEVER_RAN = frozenset({StepState.PENDING, StepState.CANCELLED})
# The states that a step can have, by the state of its cluster.
_STEPS_OF: dict[ClusterState, frozenset[StepState]] = {
    **dict.fromkeys(LAUNCHING_CLUSTERS, _NEVER_RAN),
    _S.RUNNING: frozenset(StepState),
    _S.SHUTTING_DOWN: frozenset(StepState) - {StepState.PENDING},
    **dict.fromkeys(
        (_S.WAITING, _S.COMPLETED, _S.TERMINATED, _S.FAILED), frozenset(StepState) - ACTIVE_STEPS
    ),
}

# What ends a cluster where nothing else is said, and in which words.
_USUAL_ENDS: dict[ClusterState, ClusterMove] = {
    _S.SHUTTING_DOWN: ClusterMove.USER_REQUEST,
    _S.COMPLETED: ClusterMove.STEPS_DONE,
    _S.TERMINATED: ClusterMove.USER_REQUEST,
    _S.FAILED: ClusterMove.CLUSTER_FAILED,
}
_USUAL_REASONS: dict[ClusterState, Callable[[Cluster], Reason]] = {
    _S.STARTING: texts.starting,
    _S.BOOTSTRAPPING: texts.bootstrapping,
    _S.RUNNING: texts.running,
    _S.WAITING: lambda cluster: (
        texts.waiting_after_steps(cluster) if cluster.steps else texts.ready_and_idle(cluster)
    ),
    _S.SHUTTING_DOWN: lambda cluster: texts.terminated_by_user(),
    _S.COMPLETED: texts.steps_completed,
    _S.TERMINATED: lambda cluster: texts.terminated_by_user(),
    _S.FAILED: lambda cluster: texts.step_failed() if cluster.has_failed_steps else texts.internal_error(),
}


def usual_end(cluster: Cluster) -> ClusterMove | None:
    """What has begun the end of a cluster of which only the state is known; None if it has not begun."""
    if cluster.state is ClusterState.FAILED and cluster.has_failed_steps:
        return ClusterMove.STEP_FAILED
    return _USUAL_ENDS.get(cluster.state)


def usual_reason(cluster: Cluster) -> Reason:
    """The reason of a cluster of which only the state is known."""
    reason = _USUAL_REASONS.get(cluster.state)
    return reason(cluster) if reason else Reason()


def check_picture(cluster: Cluster, place: str) -> None:
    """Raise PlainError, about something at `place`, for what cannot be at one moment."""
    for rule in _RULES:
        for where, what in rule(cluster):
            raise PlainError(f"{place}{where}", what)


def check_ids(cluster_id: str, event: Restored, place: str) -> None:
    """Raise PlainError for an invalid id, or one that two parts of a kind share."""
    steps = [(f".steps[{number}].id", step.id) for number, step in enumerate(event.steps)]
    groups = [(f".groups[{number}].id", group.id) for number, group in enumerate(event.groups)]
    instances = [
        (f".groups[{number}].instances[{nth}]", one)
        for number, group in enumerate(event.groups)
        for nth, one in enumerate(one for one in event.instances if one.group_id == group.id)
    ]
    for kind in (
        [(".id", cluster_id)],
        steps,
        groups,
        [(f"{where}.id", one.id) for where, one in instances],
        [(f"{where}.ec2_id", one.ec2_id) for where, one in instances],
    ):
        for where, what in _wrong_ids(kind):
            raise PlainError(f"{place}{where}", what)


_Wrong = Iterator[tuple[str, str]]


def _wrong_ids(told: Iterable[tuple[str, str]]) -> _Wrong:
    known: set[str] = set()
    for where, one in told:
        if not _ID.fullmatch(one):
            yield where, f"{one!r} is no id: up to 100 letters, digits and hyphens, no hyphen first"
        if one in known:
            yield where, f"{one} is there already"
        known.add(one)


def _state(cluster: Cluster) -> _Wrong:
    if cluster.state is ClusterState.NEW:
        yield ".state", "no client ever sees a cluster that is NEW"
    if cluster.state is ClusterState.WAITING and not cluster.keep_alive:
        yield ".keep_alive", "a cluster that is not kept alive does not get to WAITING"


def _steps(cluster: Cluster) -> _Wrong:
    for number, step in enumerate(cluster.steps.values()):
        possible = _STEPS_OF[cluster.state]
        if step.state not in possible:
            names = ", ".join(state for state in StepState if state in possible)
            yield f".steps[{number}].state", f"{step.state} in a cluster that is {cluster.state}: {names}"
    occupying = [step for step in cluster.steps.values() if step.state in OCCUPYING_STEPS]
    if cluster.state is ClusterState.RUNNING and not occupying:
        yield ".steps", "none is RUNNING in a cluster that is"


def _groups(cluster: Cluster) -> _Wrong:
    for number, group in enumerate(cluster.groups.values()):
        for name, known in (("role", _ROLES), ("market", _MARKETS)):
            told = getattr(group.request, name)
            if told not in known:
                yield (
                    f".groups[{number}].{name}",
                    unknown(name, told, known),
                )
    masters = [group for group in cluster.groups.values() if group.request.role == "MASTER"]
    if len(masters) != 1:
        yield ".groups", f"{len(masters)} of them are the MASTER's, of which there has to be one"


def _times(cluster: Cluster) -> _Wrong:
    ended = cluster.state in {_S.COMPLETED, _S.TERMINATED, _S.FAILED}
    if ended and cluster.ended_at is None:
        yield ".ended_at", f"missing in a cluster that is {cluster.state}"
    if cluster.ended_at is not None and not ended:
        yield ".ended_at", f"there is one, and the cluster is {cluster.state}"
    yield from _order(_times_of(cluster, "created_at", "ready_at", "ended_at"), "")
    for number, step in enumerate(cluster.steps.values()):
        yield from _order(_times_of(step, "created_at", "started_at", "ended_at"), f".steps[{number}]")


def _times_of(part: Cluster | Step, *names: str) -> list[tuple[str, datetime]]:
    """Those of its times that are known."""
    return [(name, time) for name in names if (time := getattr(part, name)) is not None]


def _order(times: list[tuple[str, datetime]], place: str) -> _Wrong:
    for (earlier, before), (later, after) in pairwise(times):
        if after < before:
            yield f"{place}.{later}", f"{after.isoformat()} is before {earlier}"


def _numbers(cluster: Cluster) -> _Wrong:
    if cluster.step_concurrency < 1:
        yield ".step_concurrency", f"{cluster.step_concurrency} is less than 1"
    if cluster.idle_timeout is not None and cluster.idle_timeout < timedelta(0):
        yield ".idle_timeout", "it is less than no time"
    for number, group in enumerate(cluster.groups.values()):
        for name, count in (("count", group.request.count), ("requested_count", group.requested_count)):
            if count < 0:
                yield f".groups[{number}].{name}", f"{count} is less than 0"


_RULES: tuple[Callable[[Cluster], _Wrong], ...] = (_state, _numbers, _groups, _steps, _times)
