"""GetAutoTerminationPolicy: the idle timeout of a cluster (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.targets import auto_terminating_cluster
from emrsim.service.region import Region


def get_auto_termination_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The policy, if there is one."""
    timeout = auto_terminating_cluster(region, params["ClusterId"]).idle_timeout
    if timeout is None:
        return {}
    return {"AutoTerminationPolicy": {"IdleTimeout": int(timeout.total_seconds())}}
