"""Clusters with three masters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller, Refused
from tests.support.clusters import fleet, group

Reach = Callable[..., Cluster]


def run(emr: Caller, label: str = "emr-6.9.1", **more: Any) -> str:
    return emr.run(ReleaseLabel=label, Instances={"InstanceGroups": [group("MASTER", 3)]}, **more)


@pytest.mark.parametrize("label", ["emr-5.23.0", "emr-6.0.1", "emr-7.12.0", "emr-spark-8.1.0"])
def test_three_masters_are_kept_alive_and_protected(emr: Caller, reach: Reach, label: str) -> None:
    cluster = reach(run(emr, label), "WAITING")

    shown = emr.call("DescribeCluster", ClusterId=cluster.id)["Cluster"]
    masters = emr.call("ListInstances", ClusterId=cluster.id, InstanceGroupTypes=["MASTER"])["Instances"]
    assert (shown["TerminationProtected"], shown["AutoTerminate"]) == (True, False)
    assert len(masters) == 3
    assert shown["MasterPublicDnsName"] in {one["PublicDnsName"] for one in masters}
    with pytest.raises(Refused, match="termination protected"):
        emr.call("TerminateJobFlows", JobFlowIds=[cluster.id])


@pytest.mark.parametrize("label", ["emr-5.36.1", "emr-6.8.1", "emr-6.12.0", "emr-7.1.0"])
def test_newer_releases_have_three_masters_in_a_fleet(emr: Caller, label: str) -> None:
    cluster_id = emr.run(ReleaseLabel=label, Instances={"InstanceFleets": [fleet("MASTER", 2, 1)]})

    assert len(emr.call("ListInstances", ClusterId=cluster_id)["Instances"]) == 3


@pytest.mark.parametrize("label", ["emr-5.36.0", "emr-6.8.0", "emr-6.11.0"])
def test_older_releases_have_one_master_in_a_fleet(emr: Caller, label: str) -> None:
    with pytest.raises(Refused, match="can only have a target capacity of 1"):
        emr.run(ReleaseLabel=label, Instances={"InstanceFleets": [fleet("MASTER", 3)]})


@pytest.mark.parametrize("strategy", ["SPREAD", "NONE", None])
def test_placement_groups_are_shown_with_their_strategy(emr: Caller, strategy: str | None) -> None:
    config = {"InstanceRole": "MASTER", **({"PlacementStrategy": strategy} if strategy else {})}

    cluster_id = run(emr, PlacementGroupConfigs=[config])

    shown = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["PlacementGroups"]
    assert shown == [{"InstanceRole": "MASTER", "PlacementStrategy": strategy or "SPREAD"}]


def test_one_lost_master_of_three_is_replaced_and_two_end_the_cluster(
    emrsim: Emulator, emr: Caller, reach: Reach
) -> None:
    state = emrsim.running.state
    cluster = reach(run(emr), "WAITING")
    (masters,) = cluster.groups

    from emrsim.core import texts
    from emrsim.core.events import InstancesLost

    first, second, third = (one.id for one in cluster.instances_of(masters))
    new = state.make_instances(masters, [cluster.instances[first].kind])
    state.post(cluster.id, InstancesLost(masters, (first,), texts.instance_failed(), new))
    assert not cluster.is_ending

    state.post(cluster.id, InstancesLost(masters, (second, third), texts.instance_failed()))
    assert cluster.is_ending


def test_second_core_group_is_rejected(emr: Caller) -> None:
    instances = {"InstanceGroups": [group("MASTER"), group("CORE")], "KeepJobFlowAliveWhenNoSteps": True}
    cluster_id = emr.run(Instances=instances)

    with pytest.raises(Refused, match="at most one core instance group"):
        emr.call("AddInstanceGroups", JobFlowId=cluster_id, InstanceGroups=[group("CORE")])


def test_first_core_group_may_be_added_later_but_not_two_at_once(emr: Caller) -> None:
    instances = {"InstanceGroups": [group("MASTER")], "KeepJobFlowAliveWhenNoSteps": True}
    cluster_id = emr.run(Instances=instances)

    with pytest.raises(Refused, match="at most one core instance group"):
        emr.call("AddInstanceGroups", JobFlowId=cluster_id, InstanceGroups=[group("CORE"), group("CORE")])
    emr.call("AddInstanceGroups", JobFlowId=cluster_id, InstanceGroups=[group("CORE"), group("TASK")])

    assert len(emr.call("ListInstanceGroups", ClusterId=cluster_id)["InstanceGroups"]) == 3
