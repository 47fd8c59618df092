"""SetKeepJobFlowAliveWhenNoSteps."""

from __future__ import annotations

from emrsim import Emulator
from tests.api.switches import Reach, refused_for_one_switches_none
from tests.support.calls import Caller
from tests.support.engines import long_step

OPERATION = "SetKeepJobFlowAliveWhenNoSteps"


def test_waiting_cluster_that_is_not_kept_alive_ends(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(), "WAITING")

    emr.call(OPERATION, JobFlowIds=[cluster.id], KeepJobFlowAliveWhenNoSteps=False)

    assert reach(cluster.id, "COMPLETED").reason.code == "ALL_STEPS_COMPLETED"


def test_running_cluster_shows_the_switch_and_goes_on(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(Steps=[long_step()]), "RUNNING")

    emr.call(OPERATION, JobFlowIds=[cluster.id], KeepJobFlowAliveWhenNoSteps=False)

    described = emr.call("DescribeCluster", ClusterId=cluster.id)["Cluster"]
    assert (described["AutoTerminate"], described["Status"]["State"]) == (True, "RUNNING")


def test_refused_call_switches_none(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    refused_for_one_switches_none(emrsim, emr, reach, OPERATION, KeepJobFlowAliveWhenNoSteps=False)
