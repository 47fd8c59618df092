"""PutManagedScalingPolicy: limits for the size of a cluster (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.policies import check_managed_scaling
from emrsim.api.targets import policy_cluster
from emrsim.core.events import ManagedScalingSet
from emrsim.core.policy_errors import scaling_policies_exclude
from emrsim.service.region import Region


def put_managed_scaling_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Set the policy; a cluster that is outside the limits is resized."""
    cluster = policy_cluster(region, params["ClusterId"])
    core_is_on_demand = any(
        group.request.role == "CORE" and group.request.market == "ON_DEMAND"
        for group in cluster.groups.values()
        if not cluster.uses_fleets
    )
    check_managed_scaling(params["ManagedScalingPolicy"], core_is_on_demand)
    if any(group.auto_scaling for group in cluster.groups.values()):
        raise scaling_policies_exclude()
    region.post(cluster.id, ManagedScalingSet(params["ManagedScalingPolicy"]))
    return {}
