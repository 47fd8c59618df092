"""Managed scaling, as far as it is a rule: keep a cluster within the limits of its policy.

Real managed scaling also moves between the limits with the load; there is no load to measure here.
"""

from __future__ import annotations

from collections.abc import Iterator

from emrsim.core.model import Cluster, InstanceGroup

_UNITS = {"Instances", "InstanceFleetUnits"}  # VCPU limits are kept, not applied


def wanted_sizes(cluster: Cluster) -> Iterator[tuple[InstanceGroup, int]]:
    """The groups and fleets to resize, and their sizes in units, so that the limits hold.

    The master does not count (source: Management Guide, managed scaling: limits are of core and task
    nodes). Task groups grow and shrink before core ones, and one core unit stays (assumed).
    """
    limits = (cluster.managed_scaling or {}).get("ComputeLimits", {})
    if limits.get("UnitType") not in _UNITS:
        return
    groups = sorted(
        (group for group in cluster.groups.values() if group.request.role in {"CORE", "TASK"}),
        key=lambda group: group.request.role,
        reverse=True,
    )
    total = sum(_size(group) for group in groups)
    missing = max(0, limits["MinimumCapacityUnits"] - total)
    surplus = max(0, total - limits["MaximumCapacityUnits"])
    for group in groups:
        size = _size(group)
        floor = 1 if group.request.role == "CORE" else 0
        dropped = min(surplus, max(0, size - floor))
        surplus -= dropped
        if missing or dropped:
            yield group, size + missing - dropped
            missing = 0


def _size(group: InstanceGroup) -> int:
    if group.capacity is None:
        return group.requested_count
    return group.capacity.on_demand + group.capacity.spot
