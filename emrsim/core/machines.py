"""Which machines a group or a fleet is made of."""

from __future__ import annotations

from emrsim.core.model import Capacity, Cluster, GroupRequest, InstanceGroup, MachineKind


def machines(request: GroupRequest) -> list[MachineKind]:
    """Return the instance type of each instance of a new group or fleet.

    A fleet is made of the first kind it names for a market: real fleets choose by price and capacity.
    """
    if request.capacity is None:
        return [MachineKind(request.instance_type, request.market)] * request.count
    return fleet_machines(request.kinds, request.capacity)


def fleet_size(kinds: tuple[MachineKind, ...], capacity: Capacity) -> int:
    """Return how many machines `fleet_machines` would return."""
    weight = kinds[0].weight
    return _reaching(capacity.on_demand, weight) + _reaching(capacity.spot, weight)


def fleet_machines(kinds: tuple[MachineKind, ...], capacity: Capacity) -> list[MachineKind]:
    """As many of the first kind as reach the capacity, in either market."""
    first = kinds[0]
    bought = {"ON_DEMAND": capacity.on_demand, "SPOT": capacity.spot}
    return [
        MachineKind(first.instance_type, market, first.weight)
        for market, units in bought.items()
        for _ in range(_reaching(units, first.weight))
    ]


def _reaching(units: int, weight: int) -> int:
    """The least number of machines of that weight whose capacity is `units` or more."""
    return -(-units // weight)


def missing_machines(cluster: Cluster, group: InstanceGroup, capacity: Capacity) -> list[MachineKind]:
    """What a fleet lacks of a new capacity, its living instances counted."""
    held = {"ON_DEMAND": 0, "SPOT": 0}
    for instance in cluster.living_instances_of(group.id):
        held[instance.kind.market] += instance.kind.weight
    lacking = Capacity(max(0, capacity.on_demand - held["ON_DEMAND"]), max(0, capacity.spot - held["SPOT"]))
    return fleet_machines(group.request.kinds, lacking)
