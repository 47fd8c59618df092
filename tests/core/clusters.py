"""Clusters without a service: events by hand, effects to look at, and a minute between any two events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from emrsim.core import events as ev
from emrsim.core.lifecycle import apply
from emrsim.core.machines import fleet_size, machines
from emrsim.core.model import (
    Capacity,
    Cluster,
    ClusterRequest,
    Failure,
    GroupRequest,
    Instance,
    InstanceGroup,
    MachineKind,
    Step,
    StepRequest,
)
from emrsim.core.states import ActionOnFailure, ClusterState

START = datetime(2010, 10, 21, 1, 0, 25, tzinfo=UTC)
FAILURE = Failure("Unknown Error", "it did not work")


@dataclass
class Play:
    """A cluster on a stage: `happen` applies an event a minute after the last one."""

    cluster: Cluster
    now: datetime = START
    effects: list[ev.Effect] = field(default_factory=list)  # of the last event
    numbers: Any = field(default_factory=count)

    @property
    def state(self) -> ClusterState:
        return self.cluster.state

    @property
    def step_states(self) -> list[str]:
        return [step.state.value for step in self.cluster.steps.values()]

    @property
    def effect_kinds(self) -> list[type]:
        """The kinds of effects of the last event."""
        return [type(effect) for effect in self.effects]

    def happen(self, *events: ev.Event) -> Play:
        for event in events:
            self.now += timedelta(minutes=1)
            self.effects = apply(self.cluster, event, self.now)
        return self

    def steps(self, *actions: ActionOnFailure) -> tuple[Step, ...]:
        """New steps s-0, s-1, …, one for each action."""
        return tuple(
            Step(f"s-{next(self.numbers)}", StepRequest("step", "a.jar", action), self.now)
            for action in actions
        )

    def add(self, *actions: ActionOnFailure) -> Play:
        return self.happen(ev.StepsAdded(self.steps(*actions)))

    def finish(self, step_id: str, end: ev.StepEnd = ev.StepEnd.SUCCEEDED) -> Play:
        failure = FAILURE if end is ev.StepEnd.FAILED else None
        return self.happen(ev.StepFinished(step_id, end, failure))

    def fail(self, step_id: str) -> Play:
        return self.finish(step_id, ev.StepEnd.FAILED)

    def group(self, role: str = "TASK", size: int = 1) -> tuple[InstanceGroup, tuple[Instance, ...]]:
        """A new group with its instances."""
        group_id = f"ig-{next(self.numbers)}"
        request = GroupRequest(role, "m1.small", size, role.lower())
        return InstanceGroup(group_id, request, self.now, size), self.instances(group_id, size)

    def instances(self, group_id: str, size: int) -> tuple[Instance, ...]:
        return self.instances_of_kinds(group_id, [MachineKind("m1.small")] * size)

    def fleet(
        self, kind: MachineKind, capacity: Capacity, role: str = "TASK"
    ) -> tuple[InstanceGroup, tuple[Instance, ...]]:
        """A new fleet of one kind of machine, with its instances."""
        fleet_id = f"if-{next(self.numbers)}"
        count = fleet_size((kind,), capacity)
        request = GroupRequest(role, kind.instance_type, count, capacity=capacity, kinds=(kind,))
        fleet = InstanceGroup(fleet_id, request, self.now, count, capacity)
        return fleet, self.instances_of_kinds(fleet_id, machines(request))

    def instances_of_kinds(self, group_id: str, kinds: Iterable[MachineKind]) -> tuple[Instance, ...]:
        """New instances, one of each kind."""
        numbered = [(next(self.numbers), kind) for kind in kinds]
        return tuple(
            Instance(f"ci-{n}", f"i-{n}", group_id, kind, "203.0.113.1", self.now) for n, kind in numbered
        )


def new_cluster(**options: Any) -> Play:
    """A cluster that nobody has requested yet."""
    request = ClusterRequest(
        "a cluster", (), **{name: options[name] for name in ("release_label",) if name in options}
    )
    return Play(
        Cluster(
            id="j-PLAY",
            request=request,
            created_at=START,
            keep_alive=options.get("keep_alive", True),
            termination_protected=options.get("protected", False),
            visible_to_all_users=True,
            step_concurrency=options.get("concurrency", 1),
            tags={},
            idle_timeout=options.get("idle_timeout"),
            managed_scaling=options.get("managed_scaling"),
        )
    )


def starting(*actions: ActionOnFailure, **options: Any) -> Play:
    play = new_cluster(**options)
    master, machines = play.group("MASTER")
    return play.happen(ev.ClusterRequested(play.steps(*actions), (master,), machines))


def bootstrapping(*actions: ActionOnFailure, **options: Any) -> Play:
    return starting(*actions, **options).happen(ev.Provisioned())


def ready(*actions: ActionOnFailure, **options: Any) -> Play:
    """RUNNING with steps; without any, WAITING, or SHUTTING_DOWN if it is not kept alive."""
    play = bootstrapping(*actions, **options).happen(ev.Bootstrapped())
    return play.happen(ev.FirstStepTimedOut()) if play.cluster.awaits_first_step else play


CONTINUE = ActionOnFailure.CONTINUE


def in_state(state: ClusterState) -> Play:
    """A cluster in that state; a step is running where one can."""
    makers: dict[ClusterState, Callable[[], Play]] = {
        ClusterState.NEW: new_cluster,
        ClusterState.STARTING: starting,
        ClusterState.BOOTSTRAPPING: bootstrapping,
        ClusterState.RUNNING: lambda: ready(CONTINUE),
        ClusterState.WAITING: ready,
        ClusterState.SHUTTING_DOWN: lambda: ready().happen(ev.TerminationRequested()),
        ClusterState.COMPLETED: lambda: ready(keep_alive=False).happen(ev.Released()),
        ClusterState.TERMINATED: lambda: ready().happen(ev.TerminationRequested(), ev.Released()),
        ClusterState.FAILED: lambda: starting().happen(
            ev.ClusterFailed("VALIDATION_ERROR", "no"), ev.Released()
        ),
    }
    play = makers[state]()
    assert play.state is state
    return play
