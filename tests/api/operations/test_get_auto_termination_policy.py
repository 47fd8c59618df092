"""GetAutoTerminationPolicy."""

from __future__ import annotations

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.clusters import RELEASE
from tests.support.refusals import INVALID_REQUEST, UNKNOWN_CLUSTER, refused_call_changes_nothing


def test_cluster_without_a_policy_has_none(emr: Caller) -> None:
    assert emr.call("GetAutoTerminationPolicy", ClusterId=emr.run()) == {}


def test_policy_of_run_job_flow_is_shown(emr: Caller) -> None:
    policy = {"IdleTimeout": 120}
    cluster_id = emr.run(ReleaseLabel=RELEASE, AutoTerminationPolicy=policy)

    answer = emr.call("GetAutoTerminationPolicy", ClusterId=cluster_id)

    assert answer == {"AutoTerminationPolicy": policy}


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "GetAutoTerminationPolicy", ClusterId="j-NONE"
    )
