"""DescribeStep."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.engines import COMMAND_JAR, command_step, long_step
from tests.support.refusals import INVALID_REQUEST, UNKNOWN_CLUSTER, refused_call_changes_nothing
from tests.waiting import wait_until

Finish = Callable[[str], None]


def add(emr: Caller, cluster_id: str, step: dict[str, Any]) -> str:
    return str(emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[step])["StepIds"][0])


def described(emr: Caller, cluster_id: str, step_id: str) -> dict[str, Any]:
    return dict(emr.call("DescribeStep", ClusterId=cluster_id, StepId=step_id)["Step"])


def test_step_that_succeeded_is_completed(emr: Caller, finish: Finish) -> None:
    cluster_id = emr.run()
    step_id = add(emr, cluster_id, command_step("true", name="my step"))
    finish(cluster_id)

    step = described(emr, cluster_id, step_id)

    timeline = step["Status"]["Timeline"]
    assert (step["Id"], step["Name"], step["ActionOnFailure"]) == (step_id, "my step", "CONTINUE")
    assert (step["Config"]["Jar"], step["Config"]["Args"]) == (COMMAND_JAR, ["true"])
    assert step["Status"]["State"] == "COMPLETED"
    assert "FailureDetails" not in step["Status"]
    assert timeline["CreationDateTime"] <= timeline["StartDateTime"] <= timeline["EndDateTime"]


def test_step_that_failed_says_why_and_where_to_read_more(emr: Caller, finish: Finish) -> None:
    cluster_id = emr.run()
    step_id = add(emr, cluster_id, command_step("sh", "-c", "echo no such thing >&2; exit 3"))
    finish(cluster_id)

    status = described(emr, cluster_id, step_id)["Status"]

    details = status["FailureDetails"]
    assert status["State"] == "FAILED"
    assert (details["Reason"], details["Message"]) == ("Unknown Error", "no such thing")
    assert Path(details["LogFile"]).read_text() == "no such thing\n"


def test_step_without_a_word_says_its_exit_code(emr: Caller, finish: Finish) -> None:
    cluster_id = emr.run()
    step_id = add(emr, cluster_id, command_step("sh", "-c", "exit 3"))
    finish(cluster_id)

    details = described(emr, cluster_id, step_id)["Status"]["FailureDetails"]

    assert details["Message"] == "The step ended with exit code 3."


def test_step_of_a_command_that_is_not_there_fails(emr: Caller, finish: Finish) -> None:
    cluster_id = emr.run()
    step_id = add(emr, cluster_id, command_step("/no/such/program"))
    finish(cluster_id)

    status = described(emr, cluster_id, step_id)["Status"]

    assert status["State"] == "FAILED"
    assert "/no/such/program" in status["FailureDetails"]["Message"]


def test_logs_are_there_before_the_end_is_visible(emr: Caller, emrsim: Emulator) -> None:
    (emrsim.root / "logs").mkdir()
    cluster_id = emr.run(LogUri="s3n://logs/a/")
    step_id = add(emr, cluster_id, command_step("sh", "-c", "echo out; echo err >&2"))

    wait_until(lambda: described(emr, cluster_id, step_id)["Status"]["State"] == "COMPLETED")

    folder = emrsim.root / "logs" / "a" / cluster_id / "steps" / step_id
    assert (folder / "stdout").read_text() == "out\n"
    assert (folder / "stderr").read_text() == "err\n"


def test_log_uri_that_cannot_be_written_to_does_not_fail_the_step(emr: Caller, finish: Finish) -> None:
    cluster_id = emr.run(LogUri="s3://no-such-bucket/logs")
    step_id = add(emr, cluster_id, command_step("true"))
    finish(cluster_id)

    assert described(emr, cluster_id, step_id)["Status"]["State"] == "COMPLETED"


def test_pending_step_has_no_times_but_its_creation(emr: Caller) -> None:
    cluster_id = emr.run(Steps=[long_step()])
    step_id = add(emr, cluster_id, command_step("true"))

    status = described(emr, cluster_id, step_id)["Status"]

    assert (status["State"], set(status["Timeline"])) == ("PENDING", {"CreationDateTime"})


def test_properties_come_back_as_a_map(emr_client: Any, emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run()
    step = command_step("true")
    step["HadoopJarStep"]["Properties"] = [{"Key": "a", "Value": "1"}]

    step_id = add(emr, cluster_id, step)

    described_step = emr_client.describe_step(ClusterId=cluster_id, StepId=step_id)["Step"]
    assert described_step["Config"]["Properties"] == {"a": "1"}


@pytest.mark.parametrize("known", [True, False])
def test_unknown_id_is_refused(emrsim: Emulator, emr: Caller, known: bool) -> None:
    cluster_id = emr.run(Steps=[long_step()]) if known else "j-NONE"
    wait_until(lambda: not known or emrsim.running.state.clusters[cluster_id].occupying_steps)
    message = "Step id 's-NONE' is not valid." if known else UNKNOWN_CLUSTER

    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, message, "DescribeStep", ClusterId=cluster_id, StepId="s-NONE"
    )
