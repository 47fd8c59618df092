"""AddJobFlowSteps."""

from __future__ import annotations

import re
from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.engines import command_step, long_step
from tests.support.refusals import ENDING, UNKNOWN_JOB_FLOW, VALIDATION, refused_call_changes_nothing

Reach = Callable[..., Cluster]
TOO_MANY = (
    "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') for cluster exceeded."
)


def test_steps_are_answered_by_id_in_their_order(
    emr: Caller, emrsim: Emulator, finish: Callable[[str], None]
) -> None:
    cluster_id = emr.run()

    ids = emr.call(
        "AddJobFlowSteps", JobFlowId=cluster_id, Steps=[command_step("true", name=n) for n in "abc"]
    )["StepIds"]

    finish(cluster_id)
    steps = emrsim.running.state.clusters[cluster_id].steps
    assert [steps[step_id].request.name for step_id in ids] == ["a", "b", "c"]
    assert all(re.fullmatch(r"s-[0-9A-Z]{13}", step_id) for step_id in ids)


def test_step_added_to_a_waiting_cluster_runs(emr: Caller, emrsim: Emulator, reach: Reach) -> None:
    cluster_id = emr.run()
    reach(cluster_id, "WAITING")

    emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[long_step()])

    assert reach(cluster_id, "RUNNING").occupying_steps


def test_step_added_to_a_running_cluster_waits_for_its_turn(emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run(Steps=[long_step()])
    cluster = reach(cluster_id, "RUNNING")

    emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[command_step("true")])

    assert [step.state.value for step in cluster.steps.values()] == ["RUNNING", "PENDING"]


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, UNKNOWN_JOB_FLOW, "AddJobFlowSteps", JobFlowId="j-NONE", Steps=[long_step()]
    )


def test_ended_cluster_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run(Instances={"InstanceCount": 1})
    reach(cluster_id, "COMPLETED")

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, ENDING, "AddJobFlowSteps", JobFlowId=cluster_id, Steps=[long_step()]
    )


def test_more_than_256_active_steps_are_refused(
    emrsim: Emulator, slow_emrsim: Emulator, slow_emr: Caller
) -> None:
    cluster_id = slow_emr.run(Steps=[long_step()] * 255)
    one_more = {"JobFlowId": cluster_id, "Steps": [long_step()]}
    slow_emr.call("AddJobFlowSteps", **one_more)

    refused_call_changes_nothing(slow_emrsim, slow_emr, VALIDATION, TOO_MANY, "AddJobFlowSteps", **one_more)


def test_action_that_steps_side_by_side_do_not_allow_is_refused(
    emrsim: Emulator, emr: Caller, reach: Reach
) -> None:
    cluster_id = emr.run(StepConcurrencyLevel=2)
    reach(cluster_id, "WAITING")
    step = long_step(on_failure="CANCEL_AND_WAIT")

    refused_call_changes_nothing(
        emrsim,
        emr,
        VALIDATION,
        "Action on failure 'CANCEL_AND_WAIT' is invalid.",
        "AddJobFlowSteps",
        JobFlowId=cluster_id,
        Steps=[step],
    )


def test_one_bad_step_among_good_ones_adds_none(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run()
    reach(cluster_id, "WAITING")

    refused_call_changes_nothing(
        emrsim,
        emr,
        VALIDATION,
        "1 validation error detected: Value null at 'steps.2.member.hadoopJarStep.jar' failed to satisfy "
        "constraint: Member must not be null",
        "AddJobFlowSteps",
        JobFlowId=cluster_id,
        Steps=[long_step(), {"Name": "no jar", "HadoopJarStep": {"Args": ["x"]}}],
    )
