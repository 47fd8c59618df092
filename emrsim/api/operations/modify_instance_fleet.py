"""ModifyInstanceFleet: change what a fleet is to have (source: API Reference)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from emrsim.api.checks import check_instance_count
from emrsim.api.group_changes import check_configurations_change
from emrsim.api.targets import live_fleet_cluster
from emrsim.core import fleet_errors
from emrsim.core.events import GroupModified
from emrsim.core.group_events import check_reconfiguration, check_resize
from emrsim.core.machines import fleet_size
from emrsim.core.model import Capacity, Cluster, InstanceGroup
from emrsim.service.region import Region
from emrsim.service.scaling import fleet_resize

_CHANGED = ("InstanceTypeConfigs", "ResizeSpecifications", "Context")


def modify_instance_fleet(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Resize the fleet, and change what else is given; a target that is left out stays.

    Its instances stay of the first type that it was created with.
    """
    cluster = live_fleet_cluster(region, params["ClusterId"], "ModifyInstanceFleet", "ModifyInstanceGroups")
    change = params["InstanceFleet"]
    fleet = cluster.groups.get(change["InstanceFleetId"])
    if fleet is None or fleet.capacity is None:
        raise fleet_errors.unknown_fleet(change["InstanceFleetId"])
    members = {name: change[name] for name in _CHANGED if name in change}
    reconfigures = _check_members(cluster, fleet, members)
    capacity = Capacity(
        change.get("TargetOnDemandCapacity", fleet.capacity.on_demand),
        change.get("TargetSpotCapacity", fleet.capacity.spot),
    )
    count = fleet_size(fleet.request.kinds, capacity)
    check_instance_count(cluster.requested_instance_count - fleet.requested_count + count)
    resizes = capacity != fleet.capacity or not members
    if resizes:
        check_resize(cluster, fleet, count)
        region.post(cluster.id, fleet_resize(region.emulator, cluster, fleet, capacity))
    if members:
        region.post(cluster.id, GroupModified(fleet.id, members, reconfigures))
    return {}


def _check_members(cluster: Cluster, fleet: InstanceGroup, members: Mapping[str, Any]) -> bool:
    """Check what else is to change; whether the instances have to be reconfigured for it."""
    types = members.get("InstanceTypeConfigs")
    if types is None:
        return False
    if not types:
        raise fleet_errors.fleet_without_types()
    after = replace(fleet, changed={**fleet.changed, **members}).configurations
    if after == fleet.configurations:
        return False
    check_configurations_change(cluster, after)
    check_reconfiguration(cluster, fleet)
    return True
