"""GetManagedScalingPolicy."""

from __future__ import annotations

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.policies import limits
from tests.support.refusals import INVALID_REQUEST, UNKNOWN_CLUSTER, refused_call_changes_nothing


def test_cluster_without_a_policy_has_none(emr: Caller) -> None:
    assert emr.call("GetManagedScalingPolicy", ClusterId=emr.run()) == {}


def test_policy_is_shown_as_it_was_put_last(emr: Caller) -> None:
    cluster_id = emr.run(ManagedScalingPolicy=limits(1, 2))
    policy = limits(1, 3, MaximumOnDemandCapacityUnits=2, MaximumCoreCapacityUnits=1)

    emr.call("PutManagedScalingPolicy", ClusterId=cluster_id, ManagedScalingPolicy=policy)

    assert emr.call("GetManagedScalingPolicy", ClusterId=cluster_id) == {"ManagedScalingPolicy": policy}


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "GetManagedScalingPolicy", ClusterId="j-NONE"
    )
