"""Clusters of the newer kinds, as RunJobFlow is asked for them."""

from __future__ import annotations

from typing import Any

from tests.support.calls import Caller

RELEASE = "emr-5.36.0"  # one that has everything


def fleet(role: str, on_demand: int = 1, spot: int = 0, weight: int = 1, **more: Any) -> dict[str, Any]:
    """A fleet of one type of machine."""
    return {
        "InstanceFleetType": role,
        "TargetOnDemandCapacity": on_demand,
        "TargetSpotCapacity": spot,
        "InstanceTypeConfigs": [{"InstanceType": "m4.large", "WeightedCapacity": weight}],
        **more,
    }


def group(role: str, count: int = 1, **more: Any) -> dict[str, Any]:
    return {"InstanceRole": role, "InstanceType": "m4.large", "InstanceCount": count, **more}


def run_with_fleets(emr: Caller, *fleets: dict[str, Any], **params: Any) -> str:
    """The id of a new cluster that is kept alive, of a master and of `fleets`."""
    instances = {"InstanceFleets": [fleet("MASTER"), *fleets], "KeepJobFlowAliveWhenNoSteps": True}
    return emr.run(Instances=instances, **{"ReleaseLabel": RELEASE, **params})


def run_with_groups(emr: Caller, *groups: dict[str, Any], **params: Any) -> str:
    """The id of a new cluster that is kept alive, of a master and of `groups`."""
    instances = {"InstanceGroups": [group("MASTER"), *groups], "KeepJobFlowAliveWhenNoSteps": True}
    return emr.run(Instances=instances, **{"ReleaseLabel": RELEASE, **params})


def parts(emr: Caller, cluster_id: str) -> dict[str, dict[str, Any]]:
    """The groups or fleets of a cluster, by role; in JSON, as Query leaves out what boto 2 cannot read."""
    emr = Caller(emr.port, "json")
    kind = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["InstanceCollectionType"]
    if kind == "INSTANCE_FLEET":
        found = emr.call("ListInstanceFleets", ClusterId=cluster_id)["InstanceFleets"]
        return {one["InstanceFleetType"]: one for one in found}
    found = emr.call("ListInstanceGroups", ClusterId=cluster_id)["InstanceGroups"]
    return {one["InstanceGroupType"]: one for one in found}
