"""RemoveAutoTerminationPolicy: let a cluster be idle for ever (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.targets import auto_terminating_cluster
from emrsim.core.events import IdleTimeoutSet
from emrsim.service.region import Region


def remove_auto_termination_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Remove the policy; it is no error if there is none."""
    cluster = auto_terminating_cluster(region, params["ClusterId"])
    region.post(cluster.id, IdleTimeoutSet(None))
    return {}
