"""RemoveAutoTerminationPolicy."""

from __future__ import annotations

from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import RELEASE
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    VALIDATION,
    refused_call_changes_nothing,
)

Reach = Callable[..., Cluster]


def test_removed_policy_is_gone(emr: Caller) -> None:
    cluster_id = emr.run(ReleaseLabel=RELEASE, AutoTerminationPolicy={"IdleTimeout": 60})

    assert emr.call("RemoveAutoTerminationPolicy", ClusterId=cluster_id) == {}

    assert emr.call("GetAutoTerminationPolicy", ClusterId=cluster_id) == {}


def test_policy_that_is_not_there_may_be_removed(emr: Caller) -> None:
    assert emr.call("RemoveAutoTerminationPolicy", ClusterId=emr.run()) == {}


def test_unknown_and_ended_clusters_are_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    ended = reach(emr.run(Instances={"InstanceCount": 1}), "COMPLETED").id

    for cluster_id, codes, message in (
        ("j-NONE", INVALID_REQUEST, UNKNOWN_CLUSTER),
        (ended, VALIDATION, ENDING),
    ):
        refused_call_changes_nothing(
            emrsim, emr, codes, message, "RemoveAutoTerminationPolicy", ClusterId=cluster_id
        )
