"""ListInstanceGroups: the groups of a cluster (source: API Reference, ListInstanceGroups)."""

from __future__ import annotations

from typing import Any

from emrsim.api.paging import page
from emrsim.api.targets import group_cluster
from emrsim.api.views import group_view
from emrsim.service.region import Region


def list_instance_groups(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the groups, in the order they were added."""
    cluster = group_cluster(region, params["ClusterId"], "ListInstanceGroups", "ListInstanceFleets")
    groups, marker = page(cluster.groups.values(), params)
    return {"InstanceGroups": [group_view(cluster, group) for group in groups], "Marker": marker}
