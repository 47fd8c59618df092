"""Listeners hear of every event, in order, with its cause and the changes of state it has made."""

from __future__ import annotations

from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.events import StepFinished
from emrsim.service.stream import Cause, Happened

STEP = {"Name": "s", "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["true"]}}


@pytest.fixture
def heard(emrsim: Emulator) -> list[Happened]:
    listened: list[Happened] = []
    emrsim.running.state.listeners.append(listened.append)
    return listened


def changes_of(heard: list[Happened]) -> list[tuple[str, str | None, str]]:
    return [(one.part, one.before, one.after) for happened in heard for one in happened.changes]


def test_every_change_of_state_is_told_in_order(
    emrsim: Emulator, emr_client: Any, heard: list[Happened]
) -> None:
    cluster_id = emr_client.run_job_flow(Name="n", Instances={"InstanceCount": 1}, Steps=[STEP])["JobFlowId"]
    emrsim.wait(cluster_id, "COMPLETED")

    of_cluster = [change for change in changes_of(heard) if change[0] == "cluster"]
    assert [after for _, _, after in of_cluster] == [
        "STARTING", "BOOTSTRAPPING", "RUNNING", "SHUTTING_DOWN", "COMPLETED",
    ]  # fmt: skip
    assert [change for change in changes_of(heard) if change[0] == "step"] == [
        ("step", None, "PENDING"),
        ("step", "PENDING", "RUNNING"),
        ("step", "RUNNING", "COMPLETED"),
    ]
    assert [happened.number for happened in heard] == list(range(1, len(heard) + 1))


def test_call_is_the_cause_of_what_it_does(emrsim: Emulator, emr_client: Any, heard: list[Happened]) -> None:
    emr_client.run_job_flow(Name="n", Instances={"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True})

    assert heard[0].cause == Cause("request", "RunJobFlow")


def test_process_is_the_cause_of_the_end_of_its_step(
    emrsim: Emulator, emr_client: Any, heard: list[Happened]
) -> None:
    answer = emr_client.run_job_flow(Name="n", Instances={"InstanceCount": 1}, Steps=[STEP])
    emrsim.wait(answer["JobFlowId"], "COMPLETED")

    ends = [happened for happened in heard if isinstance(happened.event, StepFinished)]
    assert [(end.cause.kind, end.cause.what) for end in ends] == [("process", ends[0].event.step_id)]


def test_rejected_call_is_not_told(emrsim: Emulator, emr_client: Any, heard: list[Happened]) -> None:
    with pytest.raises(emr_client.exceptions.ClientError):
        emr_client.add_tags(ResourceId="j-NOSUCHCLUSTER", Tags=[{"Key": "k", "Value": "v"}])

    assert not [happened for happened in heard if happened.cause.kind == "request"]
