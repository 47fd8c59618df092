"""What an event does to a cluster: `apply(cluster, event, now) -> effects`.

The only writer of a cluster's state. An event that a client's call stands for may be rejected, with
the error the client gets and before anything is changed. An event that comes too late to mean
anything is in LATE. Any other pair that the tables do not hold is a bug of ours: InvalidTransition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from emrsim.core import errors, texts
from emrsim.core import events as ev
from emrsim.core.group_events import GROUP_EVENTS
from emrsim.core.groups import (
    add_groups,
    bootstrap_groups,
    lose_instances,
    move_group,
    provision_groups,
    release_groups,
)
from emrsim.core.limits import ACTIVE_STEPS_MAX
from emrsim.core.model import Change, Cluster, Reason, Step
from emrsim.core.restoring import usual_end, usual_reason
from emrsim.core.states import (
    CLUSTER_MOVES,
    ENDED_STEPS,
    ENDING_CLUSTERS,
    LAUNCHING_CLUSTERS,
    READY_CLUSTERS,
    STEP_MOVES,
    ActionOnFailure,
    AfterFailure,
    ClusterMove,
    ClusterState,
    GroupMove,
    StepMove,
    StepState,
    after_failure,
)
from emrsim.core.switches import SWITCHES, reject_if_ending, scale
from emrsim.core.transitions import InvalidTransition, after_move

# The service reports on its own time: by then the cluster may be ending.
LATE: frozenset[tuple[ClusterState, type]] = frozenset(
    (state, event)
    for state in ENDING_CLUSTERS
    for event in (
        ev.Provisioned,
        ev.Bootstrapped,
        ev.FirstStepTimedOut,
        ev.ClusterFailed,
        ev.GroupProvisioned,
        ev.GroupBootstrapped,
        ev.Resized,
        ev.Reconfigured,
        ev.GroupStuck,
        ev.InstancesLost,
        ev.TerminationRequested,
        ev.IdleTimedOut,
    )
)

# How a cluster has ended, by what began its end (source: docs/facts/states.md#transitions).
RELEASES: dict[ClusterMove, ClusterMove] = {
    ClusterMove.STEPS_DONE: ClusterMove.RELEASED_COMPLETED,
    ClusterMove.KEEP_ALIVE_OFF: ClusterMove.RELEASED_COMPLETED,
    ClusterMove.IDLE_TIMEOUT: ClusterMove.RELEASED_TERMINATED,  # assumed: its code is like a user's request
    ClusterMove.USER_REQUEST: ClusterMove.RELEASED_TERMINATED,
    ClusterMove.STEP_FAILED: ClusterMove.RELEASED_FAILED,
    ClusterMove.CLUSTER_FAILED: ClusterMove.RELEASED_FAILED,
}


def apply(cluster: Cluster, event: ev.Event, now: datetime) -> list[ev.Effect]:
    """Change `cluster` as `event` demands and return what is to be done next.

    `cluster.changes` are then the changes of state that the event has caused. Raises EmrError, with nothing
    changed, if the event stands for a call that has to be rejected.
    """
    cluster.changes.clear()
    if (cluster.state, type(event)) in LATE:
        return []
    if cluster.state is ClusterState.NEW and not isinstance(event, ev.ClusterRequested | ev.Restored):
        raise InvalidTransition(cluster, event)
    effects = _HANDLERS[type(event)](cluster, event, now)
    cluster.story.append((now, event))
    return effects


def _requested(cluster: Cluster, event: ev.ClusterRequested, now: datetime) -> list[ev.Effect]:
    _move(cluster, ClusterMove.REQUESTED, texts.starting(cluster))
    add_groups(cluster, event.groups, event.instances)
    _add_steps(cluster, event.steps)
    return [ev.Provision(cluster.id)]


def _restored(cluster: Cluster, event: ev.Restored, now: datetime) -> list[ev.Effect]:
    """A cluster that boots, or is ending, stays so: only a client or the clock moves it."""
    if cluster.state is not ClusterState.NEW:
        raise InvalidTransition(cluster, event)
    add_groups(cluster, event.groups, event.instances)
    _add_steps(cluster, event.steps)
    cluster.state = event.state
    cluster.changes.append(Change("cluster", cluster.id, None, cluster.state.value))
    cluster.ready_at, cluster.ended_at = event.ready_at, event.ended_at
    cluster.idle_since = event.idle_since
    cluster.standing_still = {cluster.id, *cluster.steps}
    cluster.ended_by = event.ended_by or usual_end(cluster)
    cluster.reason = usual_reason(cluster) if event.reason is None else event.reason
    return await_idle_timeout(cluster)


def _provisioned(cluster: Cluster, event: ev.Provisioned, now: datetime) -> list[ev.Effect]:
    _move(cluster, ClusterMove.MASTER_UP, texts.bootstrapping(cluster))
    provision_groups(cluster, now)
    return [ev.Bootstrap(cluster.id)]


def _bootstrapped(cluster: Cluster, event: ev.Bootstrapped, now: datetime) -> list[ev.Effect]:
    """A cluster that is to end with its last step, and has had none, is not ready without a first one."""
    if cluster.state is not ClusterState.BOOTSTRAPPING or cluster.awaits_first_step:
        raise InvalidTransition(cluster, event)
    if cluster.keep_alive or cluster.steps:
        return _become_ready(cluster, now)
    cluster.awaits_first_step = True
    return [ev.AwaitFirstStep(cluster.id)]


def _first_step_timed_out(cluster: Cluster, event: ev.FirstStepTimedOut, now: datetime) -> list[ev.Effect]:
    """Means nothing to a cluster that has become ready in the meantime."""
    if cluster.awaits_first_step:
        return _become_ready(cluster, now)
    if cluster.state in LAUNCHING_CLUSTERS:
        raise InvalidTransition(cluster, event)
    return []


def _become_ready(cluster: Cluster, now: datetime) -> list[ev.Effect]:
    cluster.awaits_first_step = False
    bootstrap_groups(cluster, now)
    cluster.ready_at = now
    if cluster.pending_steps:
        _move(cluster, ClusterMove.READY_TO_RUN, texts.running(cluster))
        return [*_start_steps(cluster, now), *scale(cluster)]
    if cluster.keep_alive:
        _move(cluster, ClusterMove.READY_AND_IDLE, texts.ready_and_idle(cluster))
        return [*_begin_to_idle(cluster, now), *scale(cluster)]
    return _end(cluster, ClusterMove.STEPS_DONE, texts.steps_completed(cluster), now)


def _cluster_failed(cluster: Cluster, event: ev.ClusterFailed, now: datetime) -> list[ev.Effect]:
    return _end(cluster, ClusterMove.CLUSTER_FAILED, Reason(event.code, event.message), now)


def _steps_added(cluster: Cluster, event: ev.StepsAdded, now: datetime) -> list[ev.Effect]:
    reject_if_ending(cluster)
    if len(cluster.active_steps) + len(event.steps) > ACTIVE_STEPS_MAX:
        raise errors.too_many_active_steps()
    _add_steps(cluster, event.steps)
    if cluster.state is ClusterState.WAITING and event.steps:
        _move(cluster, ClusterMove.STEP_ADDED, texts.running(cluster))
        cluster.idle_since = None
    if cluster.awaits_first_step and event.steps:
        return _become_ready(cluster, now)
    return _start_steps(cluster, now) if cluster.state is ClusterState.RUNNING else []


def _step_finished(cluster: Cluster, event: ev.StepFinished, now: datetime) -> list[ev.Effect]:
    step = _step_of(cluster, event)
    ending = cluster.state is ClusterState.SHUTTING_DOWN
    _move_step(cluster, step, _end_of_step(cluster, event.end), now)
    if step.state is StepState.FAILED and event.failure is not None:
        step.failure = event.failure
        # EMR mostly leaves this empty; it is all that DescribeJobFlows, and so boto 2, can show.
        step.reason = Reason(message=event.failure.message)
    elif event.remark:
        step.reason = Reason(message=event.remark)
    if ending:
        return [] if cluster.occupying_steps else [ev.Release(cluster.id)]
    if step.state is StepState.FAILED and cluster.step_concurrency == 1:
        return _after_failed_step(cluster, step, now)
    return _go_on(cluster, now)


def _step_requeued(cluster: Cluster, event: ev.StepRequeued, now: datetime) -> list[ev.Effect]:
    step = _step_of(cluster, event)
    _move_step(cluster, step, StepMove.REQUEUE, now)
    step.started_at = None
    return _start_steps(cluster, now)


def _end_of_step(cluster: Cluster, end: ev.StepEnd) -> StepMove:
    if end is ev.StepEnd.SUCCEEDED:
        return StepMove.SUCCEED
    if end is ev.StepEnd.FAILED:
        return StepMove.FAIL
    # Source: docs/facts/states.md#steps-when-the-cluster-ends; INTERRUPTED is the guess of mrjob's authors.
    return StepMove.INTERRUPT if cluster.ended_by is ClusterMove.USER_REQUEST else StepMove.STOP


def _after_failed_step(cluster: Cluster, step: Step, now: datetime) -> list[ev.Effect]:
    action = step.request.action_on_failure
    if action is ActionOnFailure.CANCEL_AND_WAIT and cluster.occupying_steps:
        return _go_on(cluster, now)  # the level was lowered (source: docs/facts/states.md#concurrency)
    outcome = after_failure(action, cluster.keep_alive, cluster.termination_protected)
    if outcome is AfterFailure.END:
        return _end(cluster, ClusterMove.STEP_FAILED, texts.step_failed(), now)
    if outcome is AfterFailure.STOP_STEPS:
        _drop_steps(cluster, now)
    return _go_on(cluster, now)


def _go_on(cluster: Cluster, now: datetime) -> list[ev.Effect]:
    """Start what there is room for; without any step left, wait or end."""
    effects = _start_steps(cluster, now)
    if cluster.active_steps:
        return effects
    if cluster.keep_alive:
        _move(cluster, ClusterMove.STEPS_DONE_KEPT_ALIVE, texts.waiting_after_steps(cluster))
        return _begin_to_idle(cluster, now)
    return _end(cluster, ClusterMove.STEPS_DONE, texts.steps_completed(cluster), now)


def _begin_to_idle(cluster: Cluster, now: datetime) -> list[ev.Effect]:
    cluster.idle_since = now
    return await_idle_timeout(cluster)


def await_idle_timeout(cluster: Cluster) -> list[ev.Effect]:
    """What an idle cluster with a timeout needs."""
    if cluster.idle_since is None or cluster.idle_timeout is None:
        return []
    deadline = cluster.idle_since + cluster.idle_timeout
    return [ev.AwaitIdleTimeout(cluster.id, cluster.idle_since, deadline)]


def _idle_timed_out(cluster: Cluster, event: ev.IdleTimedOut, now: datetime) -> list[ev.Effect]:
    """Ends a cluster that is still idle since then; a step or another policy may have come between."""
    if cluster.idle_since != event.idle_since or cluster.idle_timeout is None:
        return []
    if now < event.idle_since + cluster.idle_timeout:
        return []
    return _end(cluster, ClusterMove.IDLE_TIMEOUT, texts.idle_timeout(), now)


def _idle_timeout_set(cluster: Cluster, event: ev.IdleTimeoutSet, now: datetime) -> list[ev.Effect]:
    reject_if_ending(cluster)
    cluster.idle_timeout = event.timeout
    return await_idle_timeout(cluster)


def _step_concurrency_set(cluster: Cluster, event: ev.StepConcurrencySet, now: datetime) -> list[ev.Effect]:
    reject_if_ending(cluster)
    cluster.step_concurrency = event.level
    return _start_steps(cluster, now) if cluster.state is ClusterState.RUNNING else []


def _step_cancel_requested(cluster: Cluster, event: ev.StepCancelRequested, now: datetime) -> list[ev.Effect]:
    """Asynchronous and idempotent: a step that has ended stays as it is, one that was asked may be killed."""
    step = _step_of(cluster, event)
    if step.state is StepState.PENDING:
        _move_step(cluster, step, StepMove.DROP, now)
        step.reason = texts.step_cancelled()
        return _go_on(cluster, now) if cluster.state is ClusterState.RUNNING else []
    if step.state is StepState.RUNNING:
        _move_step(cluster, step, StepMove.REQUEST_CANCEL, now)
        return [ev.StopStep(cluster.id, step.id, event.force)]
    if step.state is StepState.CANCEL_PENDING and event.force:
        return [ev.StopStep(cluster.id, step.id, force=True)]
    return []


def _start_steps(cluster: Cluster, now: datetime) -> list[ev.Effect]:
    """Start pending steps, first in first out, up to the cluster's level of concurrency."""
    room = cluster.step_concurrency - len(cluster.occupying_steps)
    chosen = cluster.pending_steps[: max(room, 0)]
    for step in chosen:
        _move_step(cluster, step, StepMove.START, now)
    return [ev.StartStep(cluster.id, step.id) for step in chosen]


def _termination_requested(
    cluster: Cluster, event: ev.TerminationRequested, now: datetime
) -> list[ev.Effect]:
    if cluster.termination_protected:
        raise errors.termination_protected()
    return _end(cluster, ClusterMove.USER_REQUEST, texts.terminated_by_user(), now)


def _end(cluster: Cluster, move: ClusterMove, reason: Reason, now: datetime) -> list[ev.Effect]:
    """Begin to shut down: nothing more starts, what runs is stopped, and only then comes the release."""
    _move(cluster, move, reason)
    cluster.ended_by = move
    cluster.awaits_first_step = False
    _drop_steps(cluster, now)
    running = cluster.occupying_steps
    if not running:
        return [ev.Release(cluster.id)]
    return [ev.StopStep(cluster.id, step.id) for step in running]


def _released(cluster: Cluster, event: ev.Released, now: datetime) -> list[ev.Effect]:
    if cluster.ended_by is None or cluster.occupying_steps:
        raise InvalidTransition(cluster, event)
    _move(cluster, RELEASES[cluster.ended_by], cluster.reason)
    cluster.ended_at = now
    release_groups(cluster, now)
    return []


def _keep_alive_set(cluster: Cluster, event: ev.KeepAliveSet, now: datetime) -> list[ev.Effect]:
    """Switched off on a waiting cluster, it ends (assumed; docs/facts/states.md#rules)."""
    reject_if_ending(cluster)
    cluster.keep_alive = event.keep_alive
    if cluster.state is ClusterState.WAITING and not event.keep_alive:
        return _end(cluster, ClusterMove.KEEP_ALIVE_OFF, texts.steps_completed(cluster), now)
    if cluster.awaits_first_step and event.keep_alive:
        return _become_ready(cluster, now)
    return []


def _instances_lost(cluster: Cluster, event: ev.InstancesLost, now: datetime) -> list[ev.Effect]:
    """Without its master a cluster fails; that others are replaced is assumed."""
    if cluster.state not in READY_CLUSTERS or event.group_id not in cluster.groups:
        raise InvalidTransition(cluster, event)
    lose_instances(cluster, event, now)
    group = cluster.groups[event.group_id]
    if group.request.role == "MASTER" and not event.replacements:
        return _end(cluster, ClusterMove.CLUSTER_FAILED, texts.master_lost(), now)
    if not event.replacements:
        return []
    move_group(cluster, group.id, GroupMove.RESIZE, now)
    return [ev.Resize(cluster.id, group.id, group.requested_count)]


def _move(cluster: Cluster, move: ClusterMove, reason: Reason) -> None:
    cluster.standing_still.discard(cluster.id)
    cluster.state = after_move(CLUSTER_MOVES, cluster.state, move, cluster, "cluster", cluster.id)
    cluster.reason = reason


def _move_step(cluster: Cluster, step: Step, move: StepMove, now: datetime) -> None:
    cluster.standing_still.discard(step.id)
    step.state = after_move(STEP_MOVES, step.state, move, cluster, "step", step.id)
    if move is StepMove.START:
        step.started_at = now
    if step.state in ENDED_STEPS and move is not StepMove.DROP:
        # A step that never ran has no EndDateTime (assumed; docs/facts/states.md#step-timelines).
        step.ended_at = now


def _step_of(cluster: Cluster, event: ev.StepFinished | ev.StepCancelRequested | ev.StepRequeued) -> Step:
    step = cluster.steps.get(event.step_id)
    if step is None:
        raise InvalidTransition(cluster, event)
    return step


def _add_steps(cluster: Cluster, steps: Iterable[Step]) -> None:
    for step in steps:
        cluster.steps[step.id] = step
        cluster.changes.append(Change("step", step.id, None, step.state.value))


def _drop_steps(cluster: Cluster, now: datetime) -> None:
    for step in cluster.pending_steps:
        _move_step(cluster, step, StepMove.DROP, now)
        step.reason = texts.step_dropped()


_HANDLERS: dict[type, Callable[[Cluster, Any, datetime], list[ev.Effect]]] = {
    **SWITCHES,
    **GROUP_EVENTS,
    ev.ClusterRequested: _requested,
    ev.Restored: _restored,
    ev.Provisioned: _provisioned,
    ev.Bootstrapped: _bootstrapped,
    ev.FirstStepTimedOut: _first_step_timed_out,
    ev.ClusterFailed: _cluster_failed,
    ev.StepsAdded: _steps_added,
    ev.StepFinished: _step_finished,
    ev.StepRequeued: _step_requeued,
    ev.StepCancelRequested: _step_cancel_requested,
    ev.IdleTimedOut: _idle_timed_out,
    ev.StepConcurrencySet: _step_concurrency_set,
    ev.IdleTimeoutSet: _idle_timeout_set,
    ev.TerminationRequested: _termination_requested,
    ev.Released: _released,
    ev.KeepAliveSet: _keep_alive_set,
    ev.InstancesLost: _instances_lost,
}
