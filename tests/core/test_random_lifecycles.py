"""Whatever happens in whatever order, the promises hold."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from emrsim.core import events as ev
from emrsim.core import texts
from emrsim.core.errors import EmrError
from emrsim.core.scaling import wanted_sizes
from emrsim.core.states import (
    CLUSTER_MOVES,
    ENDED_CLUSTERS,
    ENDED_STEPS,
    READY_CLUSTERS,
    STEP_MOVES,
    ActionOnFailure,
    ClusterState,
    GroupState,
    InstanceState,
    StepState,
)
from tests.core.clusters import Play, starting

ACTIONS = st.lists(st.sampled_from(ActionOnFailure), max_size=3)
CALLS = st.sampled_from(
    [
        "terminate",
        "protect",
        "unprotect",
        "keep",
        "drop",
        "step",
        "group",
        "grow",
        "shrink",
        "fail cluster",
        "cancel",
        "kill",
        "one by one",
        "side by side",
        "idle shortly",
        "idle for ever",
        "scale",
        "do not scale",
        "lose",
    ]
)
TURNS = st.lists(st.one_of(CALLS, st.tuples(st.sampled_from(ev.StepEnd), st.integers(0, 9))), max_size=30)
_LIMITS = {"ComputeLimits": {"UnitType": "Instances", "MinimumCapacityUnits": 2, "MaximumCapacityUnits": 4}}
CLUSTER_PAIRS = {(before, after) for (before, _), after in CLUSTER_MOVES.items()}
STEP_PAIRS = {(before, after) for (before, _), after in STEP_MOVES.items()}


class Service:
    """A service that answers each effect some time later, in an order that a test chooses."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.due: list[ev.Effect] = list(play.effects)
        self.succeeded: set[str] = set()
        self.running: list[str] = []
        self.stopping: set[str] = set()
        self.level = play.cluster.step_concurrency

    def happen(self, event: ev.Event) -> None:
        """Let `event` happen, and check that every move it makes is one of the tables'."""
        cluster = self.play.cluster
        state, steps = cluster.state, {step.id: step.state for step in cluster.steps.values()}
        try:
            self.play.happen(event)
        except EmrError:
            return
        self.due += self.play.effects
        assert cluster.state is state or (state, cluster.state) in CLUSTER_PAIRS
        for step in cluster.steps.values():
            before = steps.get(step.id, StepState.PENDING)
            assert step.state is before or (before, step.state) in STEP_PAIRS

    def carry_out_one(self) -> bool:
        if not self.due:
            return False
        effect = self.due.pop(0)
        if isinstance(effect, ev.StartStep):
            self.running.append(effect.step_id)
        elif isinstance(effect, ev.StopStep):
            self.stopping.add(effect.step_id)
        elif isinstance(effect, ev.AwaitIdleTimeout):
            self.play.now = max(self.play.now, effect.deadline)
            self.happen(ev.IdleTimedOut(effect.idle_since))
        elif isinstance(effect, ev.Scale):
            self.scale()
        else:
            self.happen(_answer(effect))
        return True

    def scale(self) -> None:
        """Resize as `service.scaling` does."""
        for group, capacity in list(wanted_sizes(self.play.cluster)):
            size = capacity.on_demand + capacity.spot
            grown_by = max(0, size - len(self.play.cluster.living_instances_of(group.id)))
            self.happen(ev.ResizeRequested(group.id, size, self.play.instances(group.id, grown_by)))

    def end_step(self, end: ev.StepEnd, number: int) -> None:
        if not self.running:
            return
        step_id = self.running.pop(number % len(self.running))
        if end is ev.StepEnd.STOPPED and step_id not in self.stopping:
            end = ev.StepEnd.FAILED  # nobody asked for it
        if end is ev.StepEnd.SUCCEEDED:
            self.succeeded.add(step_id)
        self.happen(ev.StepFinished(step_id, end))

    def carry_out_all(self) -> None:
        """Let everything happen that does not need a step to end."""
        for _ in range(1000):
            if not self.carry_out_one():
                return
        raise AssertionError(f"never comes to rest: {self.due}")

    def run_to_the_end(self) -> None:
        self.happen(ev.TerminationProtectionSet(False))
        self.happen(ev.TerminationRequested())
        while self.carry_out_one() or self.running:
            if not self.due and self.running:
                self.end_step(ev.StepEnd.STOPPED, 0)


def _answer(effect: ev.Effect) -> ev.Event:
    match effect:
        case ev.Provision():
            return ev.Provisioned()
        case ev.Bootstrap():
            return ev.Bootstrapped()
        case ev.AwaitFirstStep():
            return ev.FirstStepTimedOut()
        case ev.Release():
            return ev.Released()
        case ev.ProvisionGroup(_, group_id):
            return ev.GroupProvisioned(group_id)
        case ev.BootstrapGroup(_, group_id):
            return ev.GroupBootstrapped(group_id)
        case ev.Resize(_, group_id, count):
            return ev.Resized(group_id, count)
    raise AssertionError(effect)


def call(service: Service, name: str) -> None:
    play = service.play
    group, machines = play.group(size=2)
    last = list(play.cluster.groups.values())[-1]
    steps = list(play.cluster.steps)
    some_step = steps[len(play.cluster.story) % len(steps)] if steps else ""
    calls: dict[str, ev.Event] = {
        "terminate": ev.TerminationRequested(),
        "protect": ev.TerminationProtectionSet(True),
        "unprotect": ev.TerminationProtectionSet(False),
        "keep": ev.KeepAliveSet(True),
        "drop": ev.KeepAliveSet(False),
        "step": ev.StepsAdded(play.steps(ActionOnFailure.CANCEL_AND_WAIT)),
        "group": ev.GroupsAdded((group,), machines),
        "grow": ev.ResizeRequested(last.id, last.requested_count + 2, play.instances(last.id, 2)),
        "shrink": ev.ResizeRequested(last.id, max(0, last.requested_count - 1)),
        "fail cluster": ev.ClusterFailed("INSTANCE_FAILURE", "The master node was terminated"),
        "cancel": ev.StepCancelRequested(some_step),
        "kill": ev.StepCancelRequested(some_step, force=True),
        "one by one": ev.StepConcurrencySet(1),
        "side by side": ev.StepConcurrencySet(3),
        "idle shortly": ev.IdleTimeoutSet(timedelta(minutes=2)),
        "idle for ever": ev.IdleTimeoutSet(None),
        "scale": ev.ManagedScalingSet(_LIMITS),
        "do not scale": ev.ManagedScalingSet(None),
    }
    if name == "lose":
        lose_instance(service)
    elif some_step or name not in {"cancel", "kill"}:
        service.happen(calls[name])


def lose_instance(service: Service) -> None:
    """The youngest running instance fails; it is replaced, unless it is the master (`service.outcomes`)."""
    cluster = service.play.cluster
    running = [one for one in cluster.instances.values() if one.state is InstanceState.RUNNING]
    if cluster.state in READY_CLUSTERS and running:
        lost = running[-1]
        is_master = cluster.groups[lost.group_id].request.role == "MASTER"
        new = () if is_master else service.play.instances(lost.group_id, 1)
        service.happen(ev.InstancesLost(lost.group_id, (lost.id,), texts.instance_failed(), new))


@given(ACTIONS, st.booleans(), st.booleans(), st.integers(1, 3), TURNS)
def test_promises_hold_whatever_happens(
    actions: list[ActionOnFailure],
    keep_alive: bool,
    protected: bool,
    concurrency: int,
    turns: list[str | tuple[ev.StepEnd, int]],
) -> None:
    play = starting(*actions, keep_alive=keep_alive, protected=protected, concurrency=concurrency)
    service = Service(play)

    for turn in turns:
        if isinstance(turn, str):
            call(service, turn)
        else:
            service.carry_out_one()
            service.end_step(*turn)
        check(service)
    service.carry_out_all()
    check_sizes(service)
    service.run_to_the_end()

    check(service)
    assert play.state in ENDED_CLUSTERS


def check_sizes(service: Service) -> None:
    """A cluster at rest has the instances it was told to have, within the limits of its policy."""
    cluster = service.play.cluster
    if cluster.state not in READY_CLUSTERS:
        return
    assert list(wanted_sizes(cluster)) == []
    for group in cluster.groups.values():
        assert group.state is GroupState.RUNNING
        assert len(cluster.living_instances_of(group.id)) == group.requested_count


def check(service: Service) -> None:
    cluster = service.play.cluster
    states = {step.id: step.state for step in cluster.steps.values()}
    completed = {step_id for step_id, state in states.items() if state is StepState.COMPLETED}
    assert completed == service.succeeded
    # Steps that run when the level is lowered run on, and no other starts beside them.
    service.level = max(cluster.step_concurrency, min(service.level, len(cluster.occupying_steps)))
    assert len(cluster.occupying_steps) <= service.level
    assert (cluster.ended_at is not None) == (cluster.state in ENDED_CLUSTERS)
    if cluster.state in ENDED_CLUSTERS:
        assert set(states.values()) <= ENDED_STEPS
        assert {group.state for group in cluster.groups.values()} == {GroupState.TERMINATED}
        assert {one.state for one in cluster.instances.values()} <= {InstanceState.TERMINATED}
    if cluster.state is ClusterState.WAITING:
        assert not cluster.active_steps
    for step in cluster.steps.values():
        assert (step.started_at is None) == (
            step.state in {StepState.PENDING} or (step.ended_at is None and step.state in ENDED_STEPS)
        )
