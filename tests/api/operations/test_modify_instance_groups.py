"""ModifyInstanceGroups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import fleet, group, run_with_fleets
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    VALIDATION,
    mutually_exclusive,
    refused_call_changes_nothing,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]


def resize(group_id: str, count: int) -> dict[str, Any]:
    return {"InstanceGroupId": group_id, "InstanceCount": count}


@pytest.fixture
def cluster(emr: Caller, reach: Reach) -> Cluster:
    """A waiting cluster with a master and two core instances."""
    return reach(emr.run(Instances={"InstanceCount": 3, "KeepJobFlowAliveWhenNoSteps": True}), "WAITING")


@pytest.mark.parametrize("count", [5, 1, 0, 2])
def test_group_gets_the_size_asked_for(emr: Caller, cluster: Cluster, count: int) -> None:
    _, core = cluster.groups

    emr.call("ModifyInstanceGroups", InstanceGroups=[resize(core, count)])

    wait_until(lambda: cluster.groups[core].state.value == "RUNNING")
    assert (cluster.running_count(core), cluster.groups[core].requested_count) == (count, count)


def test_cluster_may_be_named(emr: Caller, cluster: Cluster) -> None:
    _, core = cluster.groups

    emr.call("ModifyInstanceGroups", ClusterId=cluster.id, InstanceGroups=[resize(core, 4)])

    wait_until(lambda: cluster.running_count(core) == 4)


def test_change_without_a_count_resizes_nothing(emr: Caller, cluster: Cluster) -> None:
    _, core = cluster.groups

    emr.call("ModifyInstanceGroups", InstanceGroups=[{"InstanceGroupId": core}])

    assert cluster.groups[core].state.value == "RUNNING"


@pytest.mark.parametrize(
    ("role", "count", "message"),
    [
        ("MASTER", 2, "A master instance group cannot be resized."),
        ("CORE", -1, "The instance count of an instance group must not be negative."),
        ("CORE", 2000, "A cluster must not have more than 2000 instances."),
        (None, 2, "Instance group id 'ig-NONE' is not valid."),
    ],
)
def test_one_refused_change_resizes_none(
    emrsim: Emulator, emr: Caller, cluster: Cluster, role: str | None, count: int, message: str
) -> None:
    by_role = {group.request.role: group.id for group in cluster.groups.values()}
    changes = [resize(by_role["CORE"], 5), resize(by_role.get(role or "", "ig-NONE"), count)]

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, message, "ModifyInstanceGroups", InstanceGroups=changes
    )


def test_group_of_another_cluster_is_refused(
    emrsim: Emulator, emr: Caller, cluster: Cluster, reach: Reach
) -> None:
    _, core = cluster.groups
    other = reach(emr.run(), "WAITING")
    params = {"ClusterId": other.id, "InstanceGroups": [resize(core, 5)]}
    message = f"Instance group id '{core}' is not valid."

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "ModifyInstanceGroups", **params)


def test_launching_cluster_is_refused(slow_emrsim: Emulator, slow_emr: Caller) -> None:
    cluster_id = slow_emr.run(Instances={"InstanceCount": 3})
    _, core = slow_emrsim.running.state.clusters[cluster_id].groups
    message = "An instance group may only be modified when the cluster is running or waiting"
    changes = [resize(core, 5)]

    refused_call_changes_nothing(
        slow_emrsim, slow_emr, VALIDATION, message, "ModifyInstanceGroups", InstanceGroups=changes
    )


def test_ended_cluster_is_refused(emrsim: Emulator, emr: Caller, cluster: Cluster, reach: Reach) -> None:
    _, core = cluster.groups
    emr.call("TerminateJobFlows", JobFlowIds=[cluster.id])
    reach(cluster.id, "TERMINATED")
    changes = [resize(core, 5)]

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, ENDING, "ModifyInstanceGroups", InstanceGroups=changes
    )


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller, cluster: Cluster) -> None:
    _, core = cluster.groups
    params = {"ClusterId": "j-NONE", "InstanceGroups": [resize(core, 5)]}

    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "ModifyInstanceGroups", **params
    )


def test_unknown_group_is_refused_without_a_count_too(
    emrsim: Emulator, emr: Caller, cluster: Cluster
) -> None:
    message = "Instance group id 'ig-NONE' is not valid."
    changes = [{"InstanceGroupId": "ig-NONE"}]

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, message, "ModifyInstanceGroups", InstanceGroups=changes
    )


@pytest.mark.parametrize("is_named", [True, False])
def test_fleet_is_no_group(emrsim: Emulator, emr: Caller, reach: Reach, is_named: bool) -> None:
    cluster = reach(run_with_fleets(emr, fleet("CORE")), "WAITING")
    _, core = cluster.groups
    named = {"ClusterId": cluster.id} if is_named else {}
    message = mutually_exclusive("fleets", "ModifyInstanceGroups", "ModifyInstanceFleet")

    refused_call_changes_nothing(
        emrsim,
        emr,
        INVALID_REQUEST,
        message,
        "ModifyInstanceGroups",
        InstanceGroups=[resize(core, 5)],
        **named,
    )


def test_group_that_shrinks_and_grows_at_once_gets_no_instances_it_does_not_need(
    emrsim: Emulator, emr: Caller, cluster: Cluster
) -> None:
    _, core = cluster.groups

    emr.call("ModifyInstanceGroups", InstanceGroups=[resize(core, 1), resize(core, 2)])

    wait_until(lambda: cluster.groups[core].state.value == "RUNNING")
    assert len(list(cluster.instances_of(core))) == 2


def test_group_that_was_added_later_is_found_without_its_cluster(emr: Caller, cluster: Cluster) -> None:
    added = emr.call("AddInstanceGroups", JobFlowId=cluster.id, InstanceGroups=[group("TASK")])
    (task,) = added["InstanceGroupIds"]
    wait_until(lambda: cluster.groups[task].state.value == "RUNNING")

    emr.call("ModifyInstanceGroups", InstanceGroups=[resize(task, 3)])

    wait_until(lambda: cluster.running_count(task) == 3)
