"""AddInstanceFleet."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import fleet, parts, run_with_fleets
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
OPERATION = "AddInstanceFleet"


def test_added_fleet_has_an_id_and_comes_up(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr, fleet("CORE")), "WAITING")

    answer = emr.call(
        OPERATION, ClusterId=cluster.id, InstanceFleet=fleet("TASK", 4, 2, weight=2, Name="more")
    )

    assert re.fullmatch(r"if-[0-9A-Z]{13}", answer["InstanceFleetId"])
    assert (answer["ClusterId"], answer["ClusterArn"][-len(cluster.id) :]) == (cluster.id, cluster.id)
    wait_until(lambda: parts(emr, cluster.id)["TASK"]["Status"]["State"] == "RUNNING")
    task = parts(emr, cluster.id)["TASK"]
    assert (task["Id"], task["Name"]) == (answer["InstanceFleetId"], "more")
    assert (task["ProvisionedOnDemandCapacity"], task["ProvisionedSpotCapacity"]) == (4, 2)
    instances = emr.call("ListInstances", ClusterId=cluster.id, InstanceFleetId=task["Id"])["Instances"]
    assert sorted(one["Market"] for one in instances) == ["ON_DEMAND", "ON_DEMAND", "SPOT"]


def test_fleet_added_during_the_launch_comes_up_with_the_others(slow_emr: Caller) -> None:
    cluster_id = run_with_fleets(slow_emr, fleet("CORE"))

    slow_emr.call(OPERATION, ClusterId=cluster_id, InstanceFleet=fleet("TASK"))

    assert parts(slow_emr, cluster_id)["TASK"]["Status"]["State"] == "PROVISIONING"


EMPTY = (
    "The instance fleet (null) should have a value of one or greater for either targetOnDemandCapacity or "
    "targetSpotCapacity."
)
TOO_MANY = "A cluster must not have more than 2000 instances."


@pytest.mark.parametrize(
    ("added", "message"),
    [
        (fleet("CORE"), "A cluster can have only one core instance fleet."),
        (fleet("MASTER"), "A cluster can have only one master instance fleet."),
        (fleet("TASK", 0), EMPTY),
        (fleet("TASK", InstanceTypeConfigs=[]), "An instance fleet must have at least one instance type."),
        (fleet("TASK", 1999), TOO_MANY),
        (fleet("TASK", 1, 2_000_000_000), TOO_MANY),
    ],
)
def test_refused_fleet_changes_nothing(
    emrsim: Emulator, emr: Caller, reach: Reach, added: dict[str, Any], message: str
) -> None:
    cluster = reach(run_with_fleets(emr, fleet("CORE")), "WAITING")
    params = {"ClusterId": cluster.id, "InstanceFleet": added}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, OPERATION, **params)


def test_cluster_with_groups_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    message = mutually_exclusive("groups", "AddInstanceFleet", "AddInstanceGroups")
    params = {"ClusterId": reach(emr.run(), "WAITING").id, "InstanceFleet": fleet("TASK")}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, OPERATION, **params)


def test_unknown_and_ended_clusters_are_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    ended = run_with_fleets(emr)
    emr.call("TerminateJobFlows", JobFlowIds=[ended])
    reach(ended, "TERMINATED")

    for cluster_id, message in (("j-NONE", UNKNOWN_CLUSTER), (ended, ENDING)):
        params = {"ClusterId": cluster_id, "InstanceFleet": fleet("TASK")}
        refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, OPERATION, **params)
