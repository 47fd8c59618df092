"""SetUnhealthyNodeReplacement: switch node replacement (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.targets import live_job_flows
from emrsim.core.events import UnhealthyNodeReplacementSet
from emrsim.service.region import Region


def set_unhealthy_node_replacement(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Switch it for all the clusters, or for none; it is kept and shown, no node here gets unhealthy."""
    for cluster in live_job_flows(region, params["JobFlowIds"]):
        region.post(cluster.id, UnhealthyNodeReplacementSet(params["UnhealthyNodeReplacement"]))
    return {}
