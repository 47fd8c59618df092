"""ModifyInstanceFleet: change what a fleet is to have (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.checks import check_instance_count
from emrsim.api.targets import live_fleet_cluster
from emrsim.core import fleet_errors, request_errors
from emrsim.core.group_events import check_resize
from emrsim.core.machines import fleet_size
from emrsim.core.model import Capacity
from emrsim.service.region import Region
from emrsim.service.scaling import fleet_resize

_NOT_HERE = ("InstanceTypeConfigs", "ResizeSpecifications", "Context")


def modify_instance_fleet(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Resize the fleet; a target that is left out stays."""
    cluster = live_fleet_cluster(region, params["ClusterId"], "ModifyInstanceFleet", "ModifyInstanceGroups")
    change = params["InstanceFleet"]
    fleet = cluster.groups.get(change["InstanceFleetId"])
    if fleet is None or fleet.capacity is None:
        raise fleet_errors.unknown_fleet(change["InstanceFleetId"])
    for name in _NOT_HERE:
        if name in change:
            raise request_errors.not_implemented(f"ModifyInstanceFleet with {name}")
    capacity = Capacity(
        change.get("TargetOnDemandCapacity", fleet.capacity.on_demand),
        change.get("TargetSpotCapacity", fleet.capacity.spot),
    )
    count = fleet_size(fleet.request.kinds, capacity)
    check_instance_count(cluster.requested_instance_count - fleet.requested_count + count)
    check_resize(cluster, fleet, count)
    region.post(cluster.id, fleet_resize(region.emulator, cluster, fleet, capacity))
    return {}
