"""The machines of a fleet: its capacity is reached in either market, and nothing is there beyond it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emrsim.core import events as ev
from emrsim.core.machines import fleet_machines, fleet_size, missing_machines
from emrsim.core.model import Capacity, InstanceGroup, MachineKind
from emrsim.core.states import InstanceState
from tests.core.clusters import Play, ready

WEIGHTS = st.integers(1, 9)
CAPACITIES = st.builds(Capacity, st.integers(0, 40), st.integers(0, 40))


@given(WEIGHTS, CAPACITIES)
def test_fleet_is_made_of_the_least_machines_that_reach_its_capacity(weight: int, capacity: Capacity) -> None:
    kinds = (MachineKind("m4.large", weight=weight), MachineKind("m4.xlarge", weight=2 * weight))

    made = fleet_machines(kinds, capacity)

    assert len(made) == fleet_size(kinds, capacity)
    assert {one.instance_type for one in made} <= {"m4.large"}
    for market, units in (("ON_DEMAND", capacity.on_demand), ("SPOT", capacity.spot)):
        bought = sum(one.weight for one in made if one.market == market)
        assert units <= bought < units + weight


@given(WEIGHTS, st.lists(st.tuples(CAPACITIES, st.booleans()), min_size=1, max_size=5))
def test_fleet_that_was_resized_has_its_capacity_and_nothing_superfluous(
    weight: int, resizes: list[tuple[Capacity, bool]]
) -> None:
    play = ready()
    fleet, machines = play.fleet(MachineKind("m4.large", weight=weight), Capacity(5, 5))
    play.happen(ev.GroupsAdded((fleet,), machines))
    play.happen(ev.GroupProvisioned(fleet.id), ev.GroupBootstrapped(fleet.id))
    counts = []

    for capacity, is_awaited in resizes:
        counts.append(resize(play, fleet, capacity))
        if is_awaited:
            play.happen(*(ev.Resized(fleet.id, count) for count in counts))
            counts.clear()
    play.happen(*(ev.Resized(fleet.id, count) for count in counts))

    wanted = resizes[-1][0]
    living = play.cluster.living_instances_of(fleet.id)
    assert {one.state for one in living} <= {InstanceState.RUNNING}
    assert len(living) == fleet.requested_count
    for market, units in (("ON_DEMAND", wanted.on_demand), ("SPOT", wanted.spot)):
        assert units <= play.cluster.running_capacity(fleet.id, market) < units + weight


def resize(play: Play, fleet: InstanceGroup, capacity: Capacity) -> int:
    """Ask for a capacity as ModifyInstanceFleet does; how many machines it takes."""
    count = fleet_size(fleet.request.kinds, capacity)
    new = play.instances_of_kinds(fleet.id, missing_machines(play.cluster, fleet, capacity))
    play.happen(ev.ResizeRequested(fleet.id, count, new, capacity))
    return count


def test_instance_that_a_smaller_resize_overtakes_is_never_ready() -> None:
    play = ready()
    fleet, machines = play.fleet(MachineKind("m4.large"), Capacity(1))
    play.happen(ev.GroupsAdded((fleet,), machines))
    play.happen(ev.GroupProvisioned(fleet.id), ev.GroupBootstrapped(fleet.id))
    counts = [resize(play, fleet, Capacity(5)), resize(play, fleet, Capacity(2))]

    play.happen(*(ev.Resized(fleet.id, count) for count in counts))

    ready_times = [one.ready_at for one in play.cluster.instances_of(fleet.id)]
    assert [when is not None for when in ready_times] == [True, True, False, False, False]
