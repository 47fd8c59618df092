"""SetVisibleToAllUsers: the old switch of visibility; it is kept and shown, and hides nothing here."""

from __future__ import annotations

from typing import Any

from emrsim.api.targets import live_job_flows
from emrsim.core.events import VisibilitySet
from emrsim.service.region import Region


def set_visible_to_all_users(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Switch the visibility of all the clusters, or of none."""
    for cluster in live_job_flows(region, params["JobFlowIds"]):
        region.post(cluster.id, VisibilitySet(params["VisibleToAllUsers"]))
    return {}
