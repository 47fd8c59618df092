"""PutAutoTerminationPolicy: end a cluster that is idle for too long (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.policies import idle_timeout
from emrsim.api.targets import auto_terminating_cluster
from emrsim.core.events import IdleTimeoutSet
from emrsim.service.region import Region


def put_auto_termination_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Set the idle timeout; a cluster that is idle already has been so since its last step."""
    cluster = auto_terminating_cluster(region, params["ClusterId"])
    timeout = idle_timeout(params.get("AutoTerminationPolicy", {}))
    region.post(cluster.id, IdleTimeoutSet(timeout))
    return {}
