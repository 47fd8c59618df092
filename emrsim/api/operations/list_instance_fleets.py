"""ListInstanceFleets: the fleets of a cluster (source: API Reference, ListInstanceFleets)."""

from __future__ import annotations

from typing import Any

from emrsim.api.fleets import fleet_view
from emrsim.api.paging import page
from emrsim.api.targets import fleet_cluster
from emrsim.service.region import Region


def list_instance_fleets(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the fleets, in the order they were added."""
    cluster = fleet_cluster(region, params["ClusterId"], "ListInstanceFleets", "ListInstanceGroups")
    fleets, marker = page(cluster.groups.values(), params)
    return {"InstanceFleets": [fleet_view(cluster, fleet) for fleet in fleets], "Marker": marker}
