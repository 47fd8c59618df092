"""AddInstanceGroups: more groups for a living cluster (source: API Reference, AddInstanceGroups)."""

from __future__ import annotations

from typing import Any

from emrsim.api import names
from emrsim.api.checks import check_added_groups
from emrsim.api.policies import check_auto_scaling_of
from emrsim.api.requests import group_requests
from emrsim.core.errors import unknown_job_flow
from emrsim.core.events import GroupsAdded
from emrsim.core.fleet_errors import fleets_and_groups_exclude
from emrsim.service.region import Region


def add_instance_groups(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Add the groups and answer their ids, in the same order."""
    cluster = region.cluster(params["JobFlowId"], unknown_job_flow)
    if cluster.uses_fleets:
        raise fleets_and_groups_exclude("fleets", "AddInstanceGroups", "AddInstanceFleet")
    has_core = any(group.request.role == "CORE" for group in cluster.groups.values())
    check_added_groups(params["InstanceGroups"], cluster.requested_instance_count, has_core)
    check_auto_scaling_of(params["InstanceGroups"], cluster.managed_scaling is not None)
    groups, instances = region.emulator.make_groups(group_requests(params["InstanceGroups"]))
    region.post(cluster.id, GroupsAdded(groups, instances))
    return {
        "JobFlowId": cluster.id,
        "InstanceGroupIds": [group.id for group in groups],
        "ClusterArn": names.cluster_arn(cluster),
    }
