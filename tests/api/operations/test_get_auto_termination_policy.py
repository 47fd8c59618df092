"""GetAutoTerminationPolicy."""

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


def test_cluster_without_a_policy_has_none(emr: Caller) -> None:
    assert emr.call("GetAutoTerminationPolicy", ClusterId=emr.run()) == {}


def test_policy_of_run_job_flow_is_shown(emr: Caller) -> None:
    policy = {"IdleTimeout": 120}
    cluster_id = emr.run(ReleaseLabel=RELEASE, AutoTerminationPolicy=policy)

    answer = emr.call("GetAutoTerminationPolicy", ClusterId=cluster_id)

    assert answer == {"AutoTerminationPolicy": policy}


def test_ended_cluster_is_rejected(emrsim: Emulator, emr: Caller, reach: Callable[..., Cluster]) -> None:
    ended = reach(emr.run(Instances={"InstanceCount": 1}, ReleaseLabel="emr-5.36.0"), "COMPLETED").id

    refused_call_changes_nothing(emrsim, emr, VALIDATION, ENDING, "GetAutoTerminationPolicy", ClusterId=ended)


def test_release_without_such_policies_says_so(
    emrsim: Emulator, emr: Caller, reach: Callable[..., Cluster]
) -> None:
    cluster_id = reach(emr.run(ReleaseLabel="emr-5.29.0"), "WAITING").id
    message = "Auto-termination is not available for this account when using this release of EMR."

    for operation in ("GetAutoTerminationPolicy", "RemoveAutoTerminationPolicy"):
        refused_call_changes_nothing(emrsim, emr, VALIDATION, message, operation, ClusterId=cluster_id)


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "GetAutoTerminationPolicy", ClusterId="j-NONE"
    )
