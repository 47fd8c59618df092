"""GetManagedScalingPolicy: the limits for the size of a cluster (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.targets import policy_cluster
from emrsim.service.region import Region


def get_managed_scaling_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The policy, if there is one; of a cluster that is ending it is not shown."""
    return {"ManagedScalingPolicy": policy_cluster(region, params["ClusterId"]).managed_scaling}
