"""PutAutoScalingPolicy: scaling rules for a group (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api import names
from emrsim.api.policies import check_auto_scaling
from emrsim.api.targets import group_cluster
from emrsim.api.views import auto_scaling_view
from emrsim.core.errors import unknown_group
from emrsim.core.events import AutoScalingSet
from emrsim.core.policy_errors import scaling_policies_exclude
from emrsim.core.switches import reject_if_ending
from emrsim.service.region import Region


def put_auto_scaling_policy(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Attach the policy to the group. Its rules are kept and shown: there are no metrics to trigger them."""
    cluster = group_cluster(region, params["ClusterId"], "PutAutoScalingPolicy", "PutManagedScalingPolicy")
    group = cluster.groups.get(params["InstanceGroupId"])
    if group is None:
        raise unknown_group(params["InstanceGroupId"])
    reject_if_ending(cluster)
    check_auto_scaling(params["AutoScalingPolicy"], group.request.role)
    if cluster.managed_scaling is not None:
        raise scaling_policies_exclude()
    region.post(cluster.id, AutoScalingSet(group.id, params["AutoScalingPolicy"]))
    return {
        "ClusterId": cluster.id,
        "InstanceGroupId": group.id,
        "AutoScalingPolicy": auto_scaling_view(cluster, group),
        "ClusterArn": names.cluster_arn(cluster),
    }
