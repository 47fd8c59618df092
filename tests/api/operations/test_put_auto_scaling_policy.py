"""PutAutoScalingPolicy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import RELEASE
from tests.support.calls import Caller
from tests.support.refusals import (
    VALIDATION,
    refused_call_changes_nothing,
    unknown_cluster_is_refused,
)

Reach = Callable[..., Cluster]


POLICY = {
    "Constraints": {"MinCapacity": 1, "MaxCapacity": 4},
    "Rules": [
        {
            "Name": "grow",
            "Action": {"SimpleScalingPolicyConfiguration": {"ScalingAdjustment": 1}},
            "Trigger": {
                "CloudWatchAlarmDefinition": {
                    "ComparisonOperator": "LESS_THAN",
                    "MetricName": "YARNMemoryAvailablePercentage",
                    "Period": 300,
                    "Threshold": 15.5,
                }
            },
        }
    ],
}


@pytest.fixture
def cluster(emr: Caller, reach: Reach) -> Cluster:
    """A waiting cluster with a master and a core group."""
    instances = {"InstanceCount": 2, "KeepJobFlowAliveWhenNoSteps": True}
    return reach(emr.run(ReleaseLabel=RELEASE, Instances=instances), "WAITING")


def test_policy_is_attached_to_the_group(emr: Caller, cluster: Cluster) -> None:
    _, core = cluster.groups
    params = {"ClusterId": cluster.id, "InstanceGroupId": core, "AutoScalingPolicy": POLICY}

    answer = emr.call("PutAutoScalingPolicy", **params)

    policy = answer["AutoScalingPolicy"]
    assert (answer["ClusterId"], answer["InstanceGroupId"]) == (cluster.id, core)
    assert policy["Constraints"] == POLICY["Constraints"]
    assert policy["Status"]["State"] == "ATTACHED"


@pytest.mark.parametrize(("low", "high"), [(-1, 4), (5, 4)])
def test_constraints_with_nothing_between_them_are_refused(
    emrsim: Emulator, emr: Caller, cluster: Cluster, low: int, high: int
) -> None:
    _, core = cluster.groups
    policy = {**POLICY, "Constraints": {"MinCapacity": low, "MaxCapacity": high}}
    params = {"ClusterId": cluster.id, "InstanceGroupId": core, "AutoScalingPolicy": policy}
    message = "MinCapacity must not be negative nor greater than MaxCapacity in an automatic scaling policy."

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "PutAutoScalingPolicy", **params)


def test_unknown_group_is_refused(emrsim: Emulator, emr: Caller, cluster: Cluster) -> None:
    params = {"ClusterId": cluster.id, "InstanceGroupId": "ig-NONE", "AutoScalingPolicy": POLICY}
    message = "Instance group id 'ig-NONE' is not valid."

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "PutAutoScalingPolicy", **params)


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"InstanceGroupId": "ig-1", "AutoScalingPolicy": POLICY}

    unknown_cluster_is_refused(emrsim, emr, "PutAutoScalingPolicy", **params)
