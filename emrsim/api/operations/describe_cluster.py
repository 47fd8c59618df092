"""DescribeCluster: everything about one cluster (source: API Reference, DescribeCluster)."""

from __future__ import annotations

from typing import Any

from emrsim.api.views import cluster_view
from emrsim.service.region import Region


def describe_cluster(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The shape Cluster of that id."""
    cluster = region.cluster(params["ClusterId"])
    return {"Cluster": cluster_view(cluster, region.clock.now())}
