"""What to do after a restart: an emulator that was stopped or killed resumes the clusters of its record.

Tables beside those of `core.states`: for each state of a cluster, step and group what is done, so that
nothing waits for a process or a timer that is gone. A step that was RUNNING is never COMPLETED, and never
RUNNING for ever: it is FAILED with the reason, and its ActionOnFailure is obeyed, unless it was to run again.
"""

from __future__ import annotations

from collections.abc import Callable, Container
from dataclasses import dataclass

from emrsim.core import events as ev
from emrsim.core.lifecycle import await_idle_timeout
from emrsim.core.model import Cluster, Failure, InstanceGroup, Step
from emrsim.core.states import (
    ENDED_CLUSTERS,
    ENDED_STEPS,
    READY_CLUSTERS,
    ClusterState,
    GroupState,
    StepState,
)
from emrsim.core.switches import scale

STOPPED_WHILE_RUNNING = Failure(
    "emrsim was stopped", "emrsim was stopped while the step ran, so the step did not finish"
)


@dataclass(frozen=True)
class Waking:
    """What happens to a cluster on waking, and what is to be carried out then."""

    events: list[ev.Event]
    effects: list[ev.Effect]


def waking(cluster: Cluster, run_again: Container[str] = ()) -> Waking:
    """Return what to do about `cluster`; `run_again` are the ids of steps that are to run again.

    A part that a seed has put there stands still, as before (`Cluster.standing_still`).
    """
    moving = [step for step in cluster.steps.values() if step.id not in cluster.standing_still]
    events = [event for step in moving if (event := _event_for(cluster, step, run_again))]
    effects: list[ev.Effect] = []
    if cluster.id not in cluster.standing_still and not cluster.occupying_steps:
        effects += CLUSTERS[cluster.state](cluster)
    if cluster.state in READY_CLUSTERS:
        effects += [
            effect for group in cluster.groups.values() for effect in GROUPS[group.state](cluster, group)
        ]
        effects += scale(cluster)
    return Waking(events, effects)


def _event_for(cluster: Cluster, step: Step, run_again: Container[str]) -> ev.Event | None:
    if step.id in run_again and step.state is StepState.RUNNING and not cluster.is_ending:
        return ev.StepRequeued(step.id)
    return STEPS[step.state](cluster, step)


def _nothing(*_: object) -> None:
    return None


def _no_effects(*_: object) -> list[ev.Effect]:
    return []


def _fail(cluster: Cluster, step: Step) -> ev.Event:
    if cluster.is_ending:
        return _stop(cluster, step)
    return ev.StepFinished(step.id, ev.StepEnd.FAILED, STOPPED_WHILE_RUNNING)


def _stop(cluster: Cluster, step: Step) -> ev.Event:
    return ev.StepFinished(step.id, ev.StepEnd.STOPPED)


def _bootstrap(cluster: Cluster) -> list[ev.Effect]:
    return [ev.AwaitFirstStep(cluster.id) if cluster.awaits_first_step else ev.Bootstrap(cluster.id)]


def _finish_changes(cluster: Cluster, group: InstanceGroup) -> list[ev.Effect]:
    """A resize and a reconfiguration may have been under way together."""
    effects: list[ev.Effect] = [ev.Resize(cluster.id, group.id, group.requested_count)]
    if group.configurations_version != group.applied_version:
        effects.append(ev.Reconfigure(cluster.id, group.id, group.configurations_version))
    return effects


STEPS: dict[StepState, Callable[[Cluster, Step], ev.Event | None]] = {
    StepState.PENDING: _nothing,  # its turn comes when the steps before it have ended
    StepState.RUNNING: _fail,
    StepState.CANCEL_PENDING: _stop,  # its process is gone, as was asked for
    **dict.fromkeys(ENDED_STEPS, _nothing),
}

# For clusters without a running step: the end of a step, as above, leads on by itself.
CLUSTERS: dict[ClusterState, Callable[[Cluster], list[ev.Effect]]] = {
    ClusterState.NEW: _no_effects,
    ClusterState.STARTING: lambda cluster: [ev.Provision(cluster.id)],
    ClusterState.BOOTSTRAPPING: _bootstrap,  # bootstrap actions run again
    ClusterState.RUNNING: _no_effects,
    ClusterState.WAITING: await_idle_timeout,
    ClusterState.SHUTTING_DOWN: lambda cluster: [ev.Release(cluster.id)],
    **dict.fromkeys(ENDED_CLUSTERS, _no_effects),
}

# Of clusters that are ready; those of the others come up, or go, with them.
GROUPS: dict[GroupState, Callable[[Cluster, InstanceGroup], list[ev.Effect]]] = {
    GroupState.PROVISIONING: lambda cluster, group: [ev.ProvisionGroup(cluster.id, group.id)],
    GroupState.BOOTSTRAPPING: lambda cluster, group: [ev.BootstrapGroup(cluster.id, group.id)],
    GroupState.RUNNING: _no_effects,
    GroupState.RESIZING: _finish_changes,
    GroupState.RECONFIGURING: _finish_changes,
    GroupState.SUSPENDED: _no_effects,
    GroupState.ARRESTED: _no_effects,
    GroupState.TERMINATED: _no_effects,
}
