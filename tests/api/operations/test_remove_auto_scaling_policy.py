"""RemoveAutoScalingPolicy."""

from __future__ import annotations

from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import group, parts, run_with_groups
from tests.support.policies import AUTO_SCALING, limits
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    VALIDATION,
    refused_call_changes_nothing,
)

Reach = Callable[..., Cluster]
OPERATION = "RemoveAutoScalingPolicy"


def test_removed_policy_is_gone_and_makes_room_for_managed_scaling(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_groups(emr, group("CORE", AutoScalingPolicy=AUTO_SCALING)), "WAITING")
    _, core = cluster.groups

    assert emr.call(OPERATION, ClusterId=cluster.id, InstanceGroupId=core) == {}

    assert "AutoScalingPolicy" not in parts(emr, cluster.id)["CORE"]
    emr.call("PutManagedScalingPolicy", ClusterId=cluster.id, ManagedScalingPolicy=limits(1, 2))


def test_policy_that_is_not_there_may_be_removed(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(), "WAITING")
    (master,) = cluster.groups

    assert emr.call(OPERATION, ClusterId=cluster.id, InstanceGroupId=master) == {}


def test_unknown_parts_and_ended_clusters_are_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    living = reach(emr.run(), "WAITING").id
    ended = reach(emr.run(Instances={"InstanceCount": 1}), "COMPLETED")
    (master,) = ended.groups

    for cluster_id, group_id, codes, message in (
        ("j-NONE", master, INVALID_REQUEST, UNKNOWN_CLUSTER),
        (living, "ig-NONE", VALIDATION, "Instance group id 'ig-NONE' is not valid."),
        (ended.id, master, VALIDATION, ENDING),
    ):
        params = {"ClusterId": cluster_id, "InstanceGroupId": group_id}
        refused_call_changes_nothing(emrsim, emr, codes, message, OPERATION, **params)
