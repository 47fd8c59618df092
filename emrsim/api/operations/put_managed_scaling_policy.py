"""PutManagedScalingPolicy: limits for the size of a cluster (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.policies import check_managed_scaling
from emrsim.core.errors import scaling_policies_exclude
from emrsim.core.events import ManagedScalingSet
from emrsim.service.region import Region


def put_managed_scaling_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Set the policy; a cluster that is outside the limits is resized."""
    cluster = region.cluster(params["ClusterId"])
    check_managed_scaling(params["ManagedScalingPolicy"])
    if any(group.auto_scaling for group in cluster.groups.values()):
        raise scaling_policies_exclude()
    region.post(cluster.id, ManagedScalingSet(params["ManagedScalingPolicy"]))
    return {}
