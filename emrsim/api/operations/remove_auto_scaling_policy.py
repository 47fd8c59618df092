"""RemoveAutoScalingPolicy: take the scaling rules off a group (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.core.errors import unknown_group
from emrsim.core.events import AutoScalingSet
from emrsim.service.region import Region


def remove_auto_scaling_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Remove the policy; it is no error if there is none."""
    cluster = region.cluster(params["ClusterId"])
    if params["InstanceGroupId"] not in cluster.groups:
        raise unknown_group(params["InstanceGroupId"])
    region.post(cluster.id, AutoScalingSet(params["InstanceGroupId"], None))
    return {}
