"""Instance fleets: parameters to requests, rules, and the shape InstanceFleet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emrsim.api.checks import check_instance_count
from emrsim.api.configurations import check_configurations
from emrsim.api.versions import is_before, release_named
from emrsim.api.views import View, ebs_view, group_status
from emrsim.core import fleet_errors
from emrsim.core.machines import fleet_size
from emrsim.core.model import Capacity, Cluster, GroupRequest, InstanceGroup, MachineKind

Params = Mapping[str, Any]

_FIRST_RELEASE = (4, 8, 0)
_EXCEPTION = (5, 0)  # "4.8.0 and later, except 5.0.x"


def fleet_request(entry: Params) -> GroupRequest:
    """A fleet of RunJobFlow or AddInstanceFleet; it has at least one type, see `check_fleet`."""
    kinds = tuple(
        MachineKind(config["InstanceType"], weight=config.get("WeightedCapacity", 1) or 1)
        for config in entry["InstanceTypeConfigs"]
    )
    capacity = _capacity(entry)
    return GroupRequest(
        role=entry["InstanceFleetType"],
        instance_type=kinds[0].instance_type,
        count=fleet_size(kinds, capacity),
        name=entry.get("Name", ""),
        capacity=capacity,
        kinds=kinds,
        extra=entry,
    )


def check_new_fleets(fleets: Sequence[Params], release_label: str | None, ami_version: str | None) -> None:
    """What RunJobFlow rejects of fleets (source: docs/facts/api.md#runjobflow-complaints)."""
    excepted = release_label and release_named(release_label).number[:2] == _EXCEPTION
    if excepted or is_before(_FIRST_RELEASE, release_label, ami_version):
        raise fleet_errors.fleets_not_in_release()
    roles = [fleet["InstanceFleetType"] for fleet in fleets]
    for role in roles:
        if roles.count(role) > 1:
            raise fleet_errors.several_fleets_of_a_role(role)
    if "MASTER" not in roles:
        raise fleet_errors.no_master_fleet()
    if "TASK" in roles and "CORE" not in roles:
        raise fleet_errors.task_fleet_without_core()
    check_instance_count(sum(_check_fleet(fleet) for fleet in fleets))


def check_added_fleet(cluster: Cluster, fleet: Params) -> None:
    """What AddInstanceFleet rejects of the fleet."""
    role = fleet["InstanceFleetType"]
    if any(other.request.role == role for other in cluster.groups.values()):
        raise fleet_errors.several_fleets_of_a_role(role)
    check_instance_count(cluster.requested_instance_count + _check_fleet(fleet))


def _check_fleet(fleet: Params) -> int:
    """How many instances the fleet will have."""
    capacity = _capacity(fleet)
    if capacity.on_demand + capacity.spot < 1:
        raise fleet_errors.empty_fleet()
    if not fleet.get("InstanceTypeConfigs"):
        raise fleet_errors.fleet_without_types()
    for config in fleet["InstanceTypeConfigs"]:
        check_configurations(config.get("Configurations", ()))
    return fleet_request(fleet).count


def _capacity(entry: Params) -> Capacity:
    return Capacity(entry.get("TargetOnDemandCapacity", 0), entry.get("TargetSpotCapacity", 0))


def fleet_view(cluster: Cluster, fleet: InstanceGroup) -> View:
    """The shape InstanceFleet."""
    given, capacity = {**fleet.request.extra, **fleet.changed}, fleet.capacity or Capacity()
    return {
        "Id": fleet.id,
        "Name": fleet.request.name,
        "Status": group_status(fleet),
        "InstanceFleetType": fleet.request.role,
        "TargetOnDemandCapacity": capacity.on_demand,
        "TargetSpotCapacity": capacity.spot,
        "ProvisionedOnDemandCapacity": cluster.running_capacity(fleet.id, "ON_DEMAND"),
        "ProvisionedSpotCapacity": cluster.running_capacity(fleet.id, "SPOT"),
        "InstanceTypeSpecifications": [_type_view(config) for config in given["InstanceTypeConfigs"]],
        "LaunchSpecifications": given.get("LaunchSpecifications"),
        "ResizeSpecifications": given.get("ResizeSpecifications"),
        "Context": given.get("Context"),
    }


def _type_view(config: Params) -> View:
    """The shape InstanceTypeSpecification."""
    return {
        **{name: value for name, value in config.items() if name != "EbsConfiguration"},
        **ebs_view(config.get("EbsConfiguration")),
        "WeightedCapacity": config.get("WeightedCapacity", 1) or 1,
    }
