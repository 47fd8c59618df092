"""GetManagedScalingPolicy: the limits for the size of a cluster (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.service.region import Region


def get_managed_scaling_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The policy, if there is one."""
    return {"ManagedScalingPolicy": region.cluster(params["ClusterId"]).managed_scaling}
