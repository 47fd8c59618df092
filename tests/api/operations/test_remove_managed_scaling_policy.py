"""RemoveManagedScalingPolicy."""

from __future__ import annotations

from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import group, parts, run_with_groups
from tests.support.policies import limits
from tests.support.refusals import (
    ENDING,
    UNKNOWN_CLUSTER,
    VALIDATION,
    refused_call_changes_nothing,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]
OPERATION = "RemoveManagedScalingPolicy"


def test_removed_policy_is_gone_and_holds_nothing_any_more(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_groups(emr, group("CORE"), ManagedScalingPolicy=limits(1, 2)), "WAITING")

    assert emr.call(OPERATION, ClusterId=cluster.id) == {}

    assert emr.call("GetManagedScalingPolicy", ClusterId=cluster.id) == {}
    change = {"InstanceGroupId": parts(emr, cluster.id)["CORE"]["Id"], "InstanceCount": 5}
    emr.call("ModifyInstanceGroups", InstanceGroups=[change])
    wait_until(lambda: parts(emr, cluster.id)["CORE"]["RunningInstanceCount"] == 5)


def test_policy_that_is_not_there_may_be_removed(emr: Caller) -> None:
    assert emr.call(OPERATION, ClusterId=emr.run()) == {}


def test_unknown_and_ended_clusters_are_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    ended = reach(emr.run(Instances={"InstanceCount": 1}), "COMPLETED").id

    for cluster_id, codes, message in (
        ("j-NONE", VALIDATION, UNKNOWN_CLUSTER),
        (ended, VALIDATION, ENDING),
    ):
        refused_call_changes_nothing(emrsim, emr, codes, message, OPERATION, ClusterId=cluster_id)
