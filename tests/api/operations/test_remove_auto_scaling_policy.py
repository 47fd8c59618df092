"""RemoveAutoScalingPolicy."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import RELEASE
from tests.support.calls import Caller
from tests.support.refusals import (
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


def test_policy_is_gone_and_removing_none_is_no_error(emr: Caller, cluster: Cluster) -> None:
    _, core = cluster.groups
    group = {"ClusterId": cluster.id, "InstanceGroupId": core}
    emr.call("PutAutoScalingPolicy", **group, AutoScalingPolicy=POLICY)

    for _ in range(2):
        assert emr.call("RemoveAutoScalingPolicy", **group) == {}

    assert cluster.groups[core].auto_scaling is None


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"InstanceGroupId": "ig-1"}

    unknown_cluster_is_refused(emrsim, emr, "RemoveAutoScalingPolicy", **params)
