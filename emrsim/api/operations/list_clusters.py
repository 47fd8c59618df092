"""ListClusters: summaries, newest first (source: API Reference, ListClusters)."""

from __future__ import annotations

from typing import Any

from emrsim.api.paging import page_from
from emrsim.api.views import cluster_summary
from emrsim.core.model import Cluster
from emrsim.core.states import CLUSTER_STATE_NAMES
from emrsim.service.record.clusters import EndedCluster
from emrsim.service.region import Region


def list_clusters(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the clusters that satisfy all filters given."""

    def is_wanted(cluster: Cluster | EndedCluster) -> bool:
        return (
            (not params.get("ClusterStates") or CLUSTER_STATE_NAMES[cluster.state] in params["ClusterStates"])
            and ("CreatedAfter" not in params or cluster.created_at >= params["CreatedAfter"])
            and ("CreatedBefore" not in params or cluster.created_at <= params["CreatedBefore"])
        )

    clusters, marker = page_from(region.newest_clusters, params, is_wanted)
    now = region.clock.now()
    summaries = [cluster_summary(region.cluster(one.id), now) for one in clusters]
    return {"Clusters": summaries, "Marker": marker}
