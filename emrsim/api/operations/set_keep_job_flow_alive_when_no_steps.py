"""SetKeepJobFlowAliveWhenNoSteps: switch auto-termination (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.targets import live_job_flows
from emrsim.core.events import KeepAliveSet
from emrsim.service.region import Region


def set_keep_job_flow_alive_when_no_steps(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Switch keep-alive of all the clusters, or of none; a waiting one that loses it ends."""
    for cluster in live_job_flows(region, params["JobFlowIds"]):
        region.post(cluster.id, KeepAliveSet(params["KeepJobFlowAliveWhenNoSteps"]))
    return {}
