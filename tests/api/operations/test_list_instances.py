"""ListInstances."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.limits import CLUSTER_INSTANCES_MAX
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import fleet, run_with_fleets
from tests.support.refusals import (
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    VALIDATION,
    refused_call_changes_nothing,
)

Reach = Callable[..., Cluster]


@pytest.fixture
def cluster(emr: Caller, reach: Reach) -> Cluster:
    """A waiting cluster with a master and two core instances."""
    return reach(emr.run(Instances={"InstanceCount": 3, "KeepJobFlowAliveWhenNoSteps": True}), "WAITING")


def listed(emr: Caller, cluster: Cluster, **filters: Any) -> list[dict[str, Any]]:
    return list(emr.call("ListInstances", ClusterId=cluster.id, **filters)["Instances"])


def test_instance_has_ids_names_and_addresses(emr: Caller, cluster: Cluster) -> None:
    for instance in listed(emr, cluster):
        assert re.fullmatch(r"ci-[0-9A-Z]{13}", instance["Id"])
        assert re.fullmatch(r"i-[0-9a-f]{17}", instance["Ec2InstanceId"])
        dashed = instance["PublicIpAddress"].replace(".", "-")
        assert instance["PublicDnsName"] == f"ec2-{dashed}.compute-1.amazonaws.com"
        dashed = instance["PrivateIpAddress"].replace(".", "-")
        assert instance["PrivateDnsName"] == f"ip-{dashed}.ec2.internal"
        assert instance["Status"]["State"] == "RUNNING"
        assert instance["InstanceGroupId"] in cluster.groups


def test_instances_are_filtered_by_group_and_role(emr: Caller, cluster: Cluster) -> None:
    master, core = cluster.groups

    assert len(listed(emr, cluster)) == 3
    assert len(listed(emr, cluster, InstanceGroupId=core)) == 2
    assert [one["InstanceGroupId"] for one in listed(emr, cluster, InstanceGroupTypes=["MASTER"])] == [master]
    assert len(listed(emr, cluster, InstanceGroupTypes=["MASTER", "CORE"])) == 3
    assert listed(emr, cluster, InstanceGroupTypes=["TASK"]) == []


def test_instances_are_filtered_by_state(emr: Caller, cluster: Cluster, reach: Reach) -> None:
    assert len(listed(emr, cluster, InstanceStates=["RUNNING"])) == 3

    emr.call("TerminateJobFlows", JobFlowIds=[cluster.id])
    reach(cluster.id, "TERMINATED")

    assert listed(emr, cluster, InstanceStates=["RUNNING"]) == []
    (reason,) = {
        tuple(one["Status"]["StateChangeReason"].items())
        for one in listed(emr, cluster, InstanceStates=["TERMINATED"])
    }
    assert dict(reason) == {"Code": "CLUSTER_TERMINATED", "Message": "Cluster was terminated."}


def test_largest_cluster_fits_one_page(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Instances={"InstanceCount": CLUSTER_INSTANCES_MAX})

    answer = emr.call("ListInstances", ClusterId=cluster_id)

    assert len(answer["Instances"]) == CLUSTER_INSTANCES_MAX
    assert "Marker" not in answer


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "ListInstances", ClusterId="j-NONE"
    )


def test_unknown_group_is_refused(emrsim: Emulator, emr: Caller, cluster: Cluster) -> None:
    message = "Instance group id 'ig-NONE' is not valid."
    ids = {"ClusterId": cluster.id, "InstanceGroupId": "ig-NONE"}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "ListInstances", **ids)


def test_instances_of_fleets_are_filtered_by_fleet_and_type(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr, fleet("CORE", 2), fleet("TASK", 0, 3)), "WAITING")
    _, core, task = cluster.groups

    assert [one["InstanceFleetId"] for one in listed(emr, cluster, InstanceFleetId=core)] == [core] * 2
    assert [one["Market"] for one in listed(emr, cluster, InstanceFleetType="TASK")] == ["SPOT"] * 3
    assert listed(emr, cluster, InstanceFleetId=core, InstanceFleetType="TASK") == []
    assert {one["InstanceFleetId"] for one in listed(emr, cluster)} == set(cluster.groups)
    assert not any("InstanceGroupId" in one for one in listed(emr, cluster))
    assert len(listed(emr, cluster, InstanceFleetId=task, InstanceStates=["RUNNING"])) == 3


@pytest.mark.parametrize(
    ("kind", "filters"),
    [
        ("fleets", {"InstanceGroupId": "ig-1"}),
        ("fleets", {"InstanceGroupTypes": ["CORE"]}),
        ("groups", {"InstanceFleetId": "if-1"}),
        ("groups", {"InstanceFleetType": "CORE"}),
    ],
)
def test_filter_that_does_not_fit_the_cluster_is_refused(
    emrsim: Emulator, emr: Caller, reach: Reach, kind: str, filters: dict[str, Any]
) -> None:
    cluster = reach(run_with_fleets(emr) if kind == "fleets" else emr.run(), "WAITING")
    (name,) = filters
    message = (
        "Instance fleets and instance groups are mutually exclusive. The EMR cluster specified in the "
        f"request uses instance {kind}. ListInstances does not support {name} for such clusters."
    )

    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, message, "ListInstances", ClusterId=cluster.id, **filters
    )


def test_unknown_fleet_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr), "WAITING")
    message = "Instance fleet id 'if-NONE' is not valid."
    ids = {"ClusterId": cluster.id, "InstanceFleetId": "if-NONE"}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, "ListInstances", **ids)
