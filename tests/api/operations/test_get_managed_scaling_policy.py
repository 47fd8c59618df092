"""GetManagedScalingPolicy."""

from __future__ import annotations

from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.policies import limits
from tests.support.refusals import ENDING, UNKNOWN_CLUSTER, VALIDATION, refused_call_changes_nothing


def test_cluster_without_a_policy_has_none(emr: Caller) -> None:
    assert emr.call("GetManagedScalingPolicy", ClusterId=emr.run()) == {}


def test_policy_is_shown_as_it_was_put_last(emr: Caller) -> None:
    cluster_id = emr.run(ManagedScalingPolicy=limits(1, 2))
    policy = limits(1, 3, MaximumOnDemandCapacityUnits=2, MaximumCoreCapacityUnits=1)

    emr.call("PutManagedScalingPolicy", ClusterId=cluster_id, ManagedScalingPolicy=policy)

    assert emr.call("GetManagedScalingPolicy", ClusterId=cluster_id) == {"ManagedScalingPolicy": policy}


def test_unknown_and_ended_clusters_are_rejected(
    emrsim: Emulator, emr: Caller, reach: Callable[..., Cluster]
) -> None:
    ended = reach(emr.run(Instances={"InstanceCount": 1}), "COMPLETED").id

    for cluster_id, message in (("j-NONE", UNKNOWN_CLUSTER), (ended, ENDING)):
        refused_call_changes_nothing(
            emrsim, emr, VALIDATION, message, "GetManagedScalingPolicy", ClusterId=cluster_id
        )
