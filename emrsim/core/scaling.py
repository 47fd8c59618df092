"""Managed scaling, as far as it is a rule: keep a cluster within the limits of its policy.

Real managed scaling also moves between the limits with the load; there is no load to measure here.
"""

from __future__ import annotations

from collections.abc import Iterator

from emrsim.core.model import Cluster, InstanceGroup

# Limits in VCPU are kept, not applied; neither is MaximumOnDemandCapacityUnits.
_UNITS = {"Instances", "InstanceFleetUnits"}


def wanted_sizes(cluster: Cluster) -> Iterator[tuple[InstanceGroup, int]]:
    """The groups and fleets to resize, and their sizes in units, so that the limits hold.

    The master does not count (source: Management Guide, managed scaling: limits are of core and task
    nodes). Task groups grow and shrink before core ones, and one core unit stays (assumed). A core
    group that is larger than the policy's MaximumCoreCapacityUnits shrinks to that.
    """
    limits = (cluster.managed_scaling or {}).get("ComputeLimits", {})
    if limits.get("UnitType") not in _UNITS:
        return
    core_limit = max(1, limits.get("MaximumCoreCapacityUnits", limits["MaximumCapacityUnits"]))
    sizes = {group.id: _size(group) for group in _scalable(cluster)}
    for group in _scalable(cluster):
        if group.request.role == "CORE":
            sizes[group.id] = min(sizes[group.id], core_limit)
    total = sum(sizes.values())
    missing = max(0, limits["MinimumCapacityUnits"] - total)
    surplus = max(0, total - limits["MaximumCapacityUnits"])
    for group in _scalable(cluster):
        size, is_core = sizes[group.id], group.request.role == "CORE"
        dropped = min(surplus, max(0, size - is_core))
        added = min(missing, core_limit - size) if is_core else missing
        surplus, missing = surplus - dropped, missing - added
        if size + added - dropped != _size(group):
            yield group, size + added - dropped


def _scalable(cluster: Cluster) -> list[InstanceGroup]:
    """The groups that count, in the order in which they grow and shrink."""
    groups = [group for group in cluster.groups.values() if group.request.role in {"CORE", "TASK"}]
    return sorted(groups, key=lambda group: group.request.role, reverse=True)


def _size(group: InstanceGroup) -> int:
    if group.capacity is None:
        return group.requested_count
    return group.capacity.on_demand + group.capacity.spot
