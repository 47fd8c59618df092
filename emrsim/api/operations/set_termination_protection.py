"""SetTerminationProtection: lock or unlock clusters (source: API Reference, SetTerminationProtection)."""

from __future__ import annotations

from typing import Any

from emrsim.api.targets import live_job_flows
from emrsim.core.events import TerminationProtectionSet
from emrsim.service.region import Region


def set_termination_protection(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Switch the protection of all the clusters, or of none."""
    for cluster in live_job_flows(region, params["JobFlowIds"]):
        region.post(cluster.id, TerminationProtectionSet(params["TerminationProtected"]))
    return {}
