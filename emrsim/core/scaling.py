"""Managed scaling: the sizes that keep a cluster within the limits of its policy.

Real managed scaling also moves between the limits with the load; there is no load to measure here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from emrsim.core.hardware import vcpus
from emrsim.core.model import Capacity, Cluster, InstanceGroup


@dataclass
class _Size:
    """The capacity of a group or fleet in the units of the policy; `unit` is that of one instance."""

    group: InstanceGroup
    unit: int
    on_demand: int
    spot: int

    @property
    def total(self) -> int:
        return self.on_demand + self.spot

    @property
    def least(self) -> int:
        """One unit of core capacity stays (assumed)."""
        return self.unit if self.group.request.role == "CORE" else 0

    @property
    def capacity(self) -> Capacity:
        """In instances, of a group; of a fleet in the units of its capacity."""
        return Capacity(self.on_demand // self.unit, self.spot // self.unit)

    def drop(self, surplus: int, from_spot: bool = True) -> int:
        """Drop as many whole units as `surplus` asks for, on demand first; return how much was dropped."""
        dropped = 0
        for market in ("on_demand", "spot") if from_spot else ("on_demand",):
            held = getattr(self, market)
            units = min(_up(surplus - dropped, self.unit), held, max(0, self.total - self.least))
            units -= units % self.unit
            setattr(self, market, held - units)
            dropped += units
        return dropped


def wanted_sizes(cluster: Cluster) -> Iterator[tuple[InstanceGroup, Capacity]]:
    """Yield the groups and fleets to resize, with their new sizes, so that the limits hold.

    The master does not count (source: Management Guide, managed scaling: limits are of core and task
    nodes). Task groups grow and shrink before core ones (assumed).
    """
    limits = (cluster.managed_scaling or {}).get("ComputeLimits")
    if not limits or (cluster.uses_fleets and limits["UnitType"] == "VCPU"):
        return
    sizes = [_size(group, limits["UnitType"]) for group in _scalable(cluster)]
    before = {size.group.id: size.capacity for size in sizes}
    low, high = limits["MinimumCapacityUnits"], limits["MaximumCapacityUnits"]
    core_limit = limits.get("MaximumCoreCapacityUnits", high)
    on_demand_limit = limits.get("MaximumOnDemandCapacityUnits", high)
    for size in sizes:
        if size.group.request.role == "CORE":
            size.drop(size.total - core_limit)
    _limit_on_demand(sizes, on_demand_limit)
    for size in sizes:
        size.drop(sum(one.total for one in sizes) - high)
    _grow(sizes, low, high, core_limit, on_demand_limit)
    for size in sizes:
        if size.capacity != before[size.group.id]:
            yield size.group, size.capacity


def _limit_on_demand(sizes: list[_Size], limit: int) -> None:
    """What is more than the limit goes, of a fleet to the spot market (source: API, ComputeLimits)."""
    for size in sizes:
        surplus = sum(one.on_demand for one in sizes) - limit
        if size.group.capacity is None:
            size.drop(surplus, from_spot=False)
        elif surplus > 0:
            moved = min(surplus, size.on_demand)
            size.on_demand -= moved
            size.spot += moved


def _grow(sizes: list[_Size], low: int, high: int, core_limit: int, on_demand_limit: int) -> None:
    """Add whole units until `low` is reached, without exceeding another limit."""
    for size in sizes:
        total = sum(one.total for one in sizes)
        room = min(_up(low - total, size.unit), high - total)
        if size.group.request.role == "CORE":
            room = min(room, core_limit - size.total)
        on_demand_room = on_demand_limit - sum(one.on_demand for one in sizes)
        if size.group.capacity is None and size.group.request.market == "SPOT":
            size.spot += _whole(room, size.unit)
            continue
        added = _whole(min(room, on_demand_room), size.unit)
        size.on_demand += added
        if size.group.capacity is not None:
            size.spot += _whole(room - added, size.unit)


def _up(units: int, unit: int) -> int:
    """At least `units`, in whole units; 0 for none."""
    return -(-max(0, units) // unit) * unit


def _whole(units: int, unit: int) -> int:
    """At most `units`, in whole units; 0 for none."""
    return max(0, units) // unit * unit


def _scalable(cluster: Cluster) -> list[InstanceGroup]:
    """The groups that count, in the order in which they grow and shrink."""
    groups = [group for group in cluster.groups.values() if group.request.role in {"CORE", "TASK"}]
    return sorted(groups, key=lambda group: group.request.role, reverse=True)


def _size(group: InstanceGroup, unit_type: str) -> _Size:
    if group.capacity is not None:
        return _Size(group, 1, group.capacity.on_demand, group.capacity.spot)
    unit = vcpus(group.request.instance_type) if unit_type == "VCPU" else 1
    units = group.requested_count * unit
    is_spot = group.request.market == "SPOT"
    return _Size(group, unit, 0 if is_spot else units, units if is_spot else 0)
