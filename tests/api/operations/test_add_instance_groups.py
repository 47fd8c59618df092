"""AddInstanceGroups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import run_with_fleets
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    UNKNOWN_JOB_FLOW,
    VALIDATION,
    mutually_exclusive,
    refused_call_changes_nothing,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]


def task(count: int = 2, **more: Any) -> dict[str, Any]:
    return {"InstanceRole": "TASK", "InstanceType": "m1.small", "InstanceCount": count, **more}


def test_groups_are_answered_by_id_and_come_up(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(), "WAITING")

    answer = emr.call("AddInstanceGroups", JobFlowId=cluster.id, InstanceGroups=[task(1), task(3)])

    one, three = answer["InstanceGroupIds"]
    assert (answer["JobFlowId"], [*cluster.groups][1:]) == (cluster.id, [one, three])
    wait_until(lambda: (cluster.running_count(one), cluster.running_count(three)) == (1, 3))


def test_group_added_during_the_launch_comes_up_with_it(slow_emr: Caller, slow_emrsim: Emulator) -> None:
    cluster_id = slow_emr.run()

    answer = slow_emr.call("AddInstanceGroups", JobFlowId=cluster_id, InstanceGroups=[task()])

    groups = slow_emrsim.running.state.clusters[cluster_id].groups
    assert groups[answer["InstanceGroupIds"][0]].state.value == "PROVISIONING"


@pytest.mark.parametrize(
    ("group", "message"),
    [
        (task(0), "An instance group must have at least one instance"),
        (task(2000), "A cluster must not have more than 2000 instances."),
        (task(BidPrice="1"), "Attempted to set bid price for on demand instance group."),
        (
            task(1, InstanceRole="MASTER"),
            "Multiple master instance groups supplied, you must specify exactly one master instance group",
        ),
    ],
)
def test_refused_group_adds_none(
    emrsim: Emulator, emr: Caller, reach: Reach, group: dict[str, Any], message: str
) -> None:
    params = {"JobFlowId": emr.run(), "InstanceGroups": [task(1), group]}
    reach(str(params["JobFlowId"]), "WAITING")

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "AddInstanceGroups", **params)


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"JobFlowId": "j-NONE", "InstanceGroups": [task()]}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, UNKNOWN_JOB_FLOW, "AddInstanceGroups", **params)


def test_ended_cluster_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    params = {"JobFlowId": emr.run(Instances={"InstanceCount": 1}), "InstanceGroups": [task()]}
    reach(str(params["JobFlowId"]), "COMPLETED")

    refused_call_changes_nothing(emrsim, emr, VALIDATION, ENDING, "AddInstanceGroups", **params)


def test_cluster_with_fleets_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    params = {"JobFlowId": reach(run_with_fleets(emr), "WAITING").id, "InstanceGroups": [task()]}
    message = mutually_exclusive("fleets", "AddInstanceGroups", "AddInstanceFleet")

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, "AddInstanceGroups", **params)
