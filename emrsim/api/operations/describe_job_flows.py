"""DescribeJobFlows: the old full description, by id, state and date (source: API Reference)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from emrsim.api.job_flow_views import job_flow_view
from emrsim.core.errors import unknown_job_flow
from emrsim.core.limits import DEFAULT_ENDED_WINDOW, DESCRIBED_JOB_FLOWS_MAX, DESCRIBED_WINDOW
from emrsim.core.model import Cluster
from emrsim.core.states import ENDED_CLUSTERS
from emrsim.service.record.clusters import EndedCluster
from emrsim.service.region import Region


def describe_job_flows(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The clusters that satisfy all parameters given, newest first (assumed), at most 512 of them."""
    now = region.clock.now()
    params = {name: value for name, value in params.items() if value != []}  # as left out (assumed)
    if "JobFlowIds" in params:
        candidates: list[Cluster | EndedCluster] = [
            region.cluster(one, unknown_job_flow) for one in dict.fromkeys(params["JobFlowIds"])
        ]
    else:
        candidates = list(region.newest_clusters())
    chosen = [one.id for one in candidates if _is_wanted(one, params, now)][:DESCRIBED_JOB_FLOWS_MAX]
    views = [job_flow_view(region.cluster(one), now) for one in chosen]
    return {"JobFlows": views}


def _is_wanted(cluster: Cluster | EndedCluster, params: dict[str, Any], now: datetime) -> bool:
    if now - cluster.created_at > DESCRIBED_WINDOW:
        return False
    if not params:
        return _is_recent(cluster, now)
    return (
        ("JobFlowStates" not in params or cluster.state.value in params["JobFlowStates"])
        and ("CreatedAfter" not in params or cluster.created_at >= params["CreatedAfter"])
        and ("CreatedBefore" not in params or cluster.created_at <= params["CreatedBefore"])
    )


def _is_recent(cluster: Cluster | EndedCluster, now: datetime) -> bool:
    """What a call without parameters shows: the living, and the ended of the last two weeks.

    Of the living the reference names all states but BOOTSTRAPPING, which is taken for an oversight.
    """
    return cluster.state not in ENDED_CLUSTERS or now - cluster.created_at <= DEFAULT_ENDED_WINDOW
