"""SetTerminationProtection."""

from __future__ import annotations

import pytest

from emrsim import Emulator
from tests.api.switches import Reach, refused_for_one_switches_none, switches_all
from tests.support.calls import Caller, Refused
from tests.support.engines import command_step

OPERATION = "SetTerminationProtection"


@pytest.mark.parametrize("value", [True, False])
def test_all_clusters_are_switched(emr: Caller, value: bool) -> None:
    switches_all(emr, OPERATION, "TerminationProtected", TerminationProtected=value)


def test_protected_cluster_is_terminated_once_it_is_unlocked(emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run()
    emr.call(OPERATION, JobFlowIds=[cluster_id], TerminationProtected=True)
    with pytest.raises(Refused, match="termination protected"):
        emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    emr.call(OPERATION, JobFlowIds=[cluster_id], TerminationProtected=False)
    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    assert reach(cluster_id, "TERMINATED")


def test_protected_cluster_outlives_a_step_that_would_end_it(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(), "WAITING")
    emr.call(OPERATION, JobFlowIds=[cluster.id], TerminationProtected=True)
    steps = [command_step("false", on_failure="TERMINATE_CLUSTER"), command_step("true")]

    emr.call("AddJobFlowSteps", JobFlowId=cluster.id, Steps=steps)

    reach(cluster.id, "WAITING", "FAILED")
    assert [step.state.value for step in cluster.steps.values()] == ["FAILED", "CANCELLED"]
    assert cluster.state.value == "WAITING"


def test_refused_call_switches_none(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    refused_for_one_switches_none(emrsim, emr, reach, OPERATION, TerminationProtected=True)
