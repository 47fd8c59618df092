"""ModifyInstanceGroups: resize groups (source: API Reference, ModifyInstanceGroups)."""

from __future__ import annotations

from typing import Any

from emrsim.api.checks import check_instance_count
from emrsim.core import errors, fleet_errors, request_errors
from emrsim.core.group_events import check_resize
from emrsim.core.model import Cluster, InstanceGroup
from emrsim.service.region import Region
from emrsim.service.scaling import group_resize

_NOT_HERE = ("EC2InstanceIdsToTerminate", "ShrinkPolicy", "ReconfigurationType", "Configurations")


def modify_instance_groups(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Resize all the groups, or none; ClusterId is optional, the group ids say enough."""
    for entry in params.get("InstanceGroups", ()):
        for name in _NOT_HERE:
            if name in entry:
                raise request_errors.not_implemented(f"ModifyInstanceGroups with {name}")
    found = [
        (*_find_group(region, entry["InstanceGroupId"], params.get("ClusterId")), entry.get("InstanceCount"))
        for entry in params.get("InstanceGroups", ())
    ]
    changes = [(cluster, group, count) for cluster, group, count in found if count is not None]
    for cluster, group, count in changes:
        check_resize(cluster, group, count)
        grown_by = sum(
            max(0, size - other.requested_count) for owner, other, size in changes if owner is cluster
        )
        check_instance_count(cluster.requested_instance_count + grown_by)
    for cluster, group, count in changes:
        region.post(cluster.id, group_resize(region.emulator, cluster, group, count))
    return {}


def _find_group(region: Region, group_id: str, cluster_id: str | None) -> tuple[Cluster, InstanceGroup]:
    cluster = region.cluster(cluster_id) if cluster_id else region.cluster_of_group(group_id)
    if cluster is not None and cluster.uses_fleets:
        raise fleet_errors.fleets_and_groups_exclude("fleets", "ModifyInstanceGroups", "ModifyInstanceFleet")
    if cluster is None or group_id not in cluster.groups:
        raise errors.unknown_group(group_id)
    return cluster, cluster.groups[group_id]
