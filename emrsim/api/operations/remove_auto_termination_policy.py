"""RemoveAutoTerminationPolicy: let a cluster be idle for ever (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.core.events import IdleTimeoutSet
from emrsim.service.region import Region


def remove_auto_termination_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Remove the policy; that there is none is no error."""
    region.post(region.cluster(params["ClusterId"]).id, IdleTimeoutSet(None))
    return {}
