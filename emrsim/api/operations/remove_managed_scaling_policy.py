"""RemoveManagedScalingPolicy: lift the limits for the size of a cluster (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.targets import policy_cluster
from emrsim.core.events import ManagedScalingSet
from emrsim.service.region import Region


def remove_managed_scaling_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Remove the policy; it is no error if there is none."""
    region.post(policy_cluster(region, params["ClusterId"]).id, ManagedScalingSet(None))
    return {}
