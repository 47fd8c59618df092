"""PutAutoScalingPolicy."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import group, parts, run_with_fleets, run_with_groups
from tests.support.policies import AUTO_SCALING, auto_scaling, limits
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    VALIDATION,
    mutually_exclusive,
    refused_call_changes_nothing,
)

Reach = Callable[..., Cluster]
OPERATION = "PutAutoScalingPolicy"
CONSTRAINTS = "MinCapacity must not be negative nor greater than MaxCapacity in an automatic scaling policy."
NOT_BOTH = "A cluster can have a managed scaling policy or automatic scaling policies, not both."


@pytest.fixture
def cluster(emr: Caller, reach: Reach) -> Cluster:
    """A waiting cluster with a master and a core group."""
    return reach(run_with_groups(emr, group("CORE")), "WAITING")


def test_policy_is_answered_and_shown_as_attached(emr: Caller, cluster: Cluster) -> None:
    _, core = cluster.groups

    answer = emr.call(OPERATION, ClusterId=cluster.id, InstanceGroupId=core, AutoScalingPolicy=AUTO_SCALING)

    policy = {"Status": {"State": "ATTACHED", "StateChangeReason": {}}, **deepcopy(AUTO_SCALING)}
    alarm = policy["Rules"][0]["Trigger"]["CloudWatchAlarmDefinition"]
    alarm["Dimensions"] = [{"Key": "JobFlowId", "Value": cluster.id}]
    assert answer.pop("ClusterArn").endswith(cluster.id)
    assert answer == {"ClusterId": cluster.id, "InstanceGroupId": core, "AutoScalingPolicy": policy}
    assert parts(emr, cluster.id)["CORE"]["AutoScalingPolicy"] == policy
    assert "AutoScalingPolicy" not in parts(emr, cluster.id)["MASTER"]


def test_policies_of_new_groups_are_shown(emr: Caller, cluster: Cluster) -> None:
    task = group("TASK", AutoScalingPolicy=AUTO_SCALING)

    emr.call("AddInstanceGroups", JobFlowId=cluster.id, InstanceGroups=[task])

    shown = parts(emr, cluster.id)["TASK"]["AutoScalingPolicy"]
    assert shown["Constraints"] == AUTO_SCALING["Constraints"]


@pytest.mark.parametrize(("low", "high"), [(3, 2), (-1, 2)])
def test_refused_constraints_change_nothing(
    emrsim: Emulator, emr: Caller, cluster: Cluster, low: int, high: int
) -> None:
    _, core = cluster.groups
    policy = auto_scaling(low, high)
    params = {"ClusterId": cluster.id, "InstanceGroupId": core, "AutoScalingPolicy": policy}
    task = group("TASK", AutoScalingPolicy=policy)
    added = {"JobFlowId": cluster.id, "InstanceGroups": [task]}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, CONSTRAINTS, OPERATION, **params)
    refused_call_changes_nothing(emrsim, emr, VALIDATION, CONSTRAINTS, "AddInstanceGroups", **added)


def test_cluster_with_managed_scaling_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_groups(emr, group("CORE"), ManagedScalingPolicy=limits(1, 2)), "WAITING")
    _, core = cluster.groups
    params = {"ClusterId": cluster.id, "InstanceGroupId": core, "AutoScalingPolicy": AUTO_SCALING}
    task = group("TASK", AutoScalingPolicy=AUTO_SCALING)
    added = {"JobFlowId": cluster.id, "InstanceGroups": [task]}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, NOT_BOTH, OPERATION, **params)
    refused_call_changes_nothing(emrsim, emr, VALIDATION, NOT_BOTH, "AddInstanceGroups", **added)


def test_cluster_with_fleets_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr), "WAITING")
    (master,) = cluster.groups
    message = mutually_exclusive("fleets", "PutAutoScalingPolicy", "PutManagedScalingPolicy")
    params = {"ClusterId": cluster.id, "InstanceGroupId": master, "AutoScalingPolicy": AUTO_SCALING}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, OPERATION, **params)


def test_unknown_parts_and_ended_clusters_are_refused(
    emrsim: Emulator, emr: Caller, cluster: Cluster, reach: Reach
) -> None:
    _, core = cluster.groups
    ended = reach(emr.run(Instances={"InstanceCount": 1}), "COMPLETED")
    (master,) = ended.groups
    unknown_group = "Instance group id 'ig-NONE' is not valid."

    for cluster_id, group_id, codes, message in (
        ("j-NONE", core, INVALID_REQUEST, UNKNOWN_CLUSTER),
        (cluster.id, "ig-NONE", VALIDATION, unknown_group),
        (ended.id, master, VALIDATION, ENDING),
    ):
        params = {"ClusterId": cluster_id, "InstanceGroupId": group_id, "AutoScalingPolicy": AUTO_SCALING}
        refused_call_changes_nothing(emrsim, emr, codes, message, OPERATION, **params)
