"""AddInstanceFleet: a task fleet for a living cluster (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api import names
from emrsim.api.fleets import check_added_fleet, fleet_request
from emrsim.api.targets import live_fleet_cluster
from emrsim.core.events import GroupsAdded
from emrsim.service.region import Region


def add_instance_fleet(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Add the fleet and answer its id."""
    cluster = live_fleet_cluster(region, params["ClusterId"], "AddInstanceFleet", "AddInstanceGroups")
    check_added_fleet(cluster, params["InstanceFleet"])
    fleets, instances = region.emulator.make_groups((fleet_request(params["InstanceFleet"]),))
    region.post(cluster.id, GroupsAdded(fleets, instances))
    return {
        "ClusterId": cluster.id,
        "InstanceFleetId": fleets[0].id,
        "ClusterArn": names.cluster_arn(cluster),
    }
