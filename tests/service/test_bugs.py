"""When emrsim itself fails: the step ends, says whose fault it was, and the test that did it hears of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.core import events as ev
from emrsim.core.model import Step
from emrsim.core.ports import Command, Job
from emrsim.core.transitions import InvalidTransition
from tests.support.calls import Caller
from tests.support.engines import CommandEngine, command_step
from tests.waiting import wait_until


class BrokenEngine:
    """Takes every step and fails to make a command of it."""

    def accepts(self, job: Job) -> bool:
        return True

    def command(self, job: Job) -> Command:
        raise ZeroDivisionError("a bug")


def step_of_a_new_cluster(emulator: Emulator) -> Step:
    """The only step of a cluster, once it has ended."""
    emr = Caller(emulator.port, "json")
    cluster = emulator.running.state.clusters[emr.run(Steps=[command_step("true")])]
    wait_until(lambda: cluster.steps and not cluster.active_steps)
    (step,) = cluster.steps.values()
    return step


@pytest.mark.usefixtures("capfd")
def test_step_of_a_broken_engine_fails_and_the_bug_is_reported(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path / "s3", engines=[BrokenEngine()]).start()

    step = step_of_a_new_cluster(emulator)
    with pytest.raises(BaseExceptionGroup) as reported:
        emulator.close()

    assert (step.state.value, step.reason.message) == (
        "FAILED",
        "emrsim failed, not the step: ZeroDivisionError('a bug')",
    )
    assert [type(bug) for bug in reported.value.exceptions] == [ZeroDivisionError]


@pytest.mark.usefixtures("capfd")
def test_cluster_that_cannot_have_its_folders_fails_and_the_bug_is_reported(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path / "s3", data=tmp_path / "data", engines=[CommandEngine()]).start()
    (tmp_path / "data" / "clusters").write_text("in the way")

    cluster_id = Caller(emulator.port, "json").run(Steps=[command_step("true")])
    cluster = emulator.running.state.clusters[cluster_id]
    wait_until(lambda: cluster.state.value == "FAILED")
    with pytest.raises(BaseExceptionGroup):
        emulator.close()

    assert cluster.reason.code == "INTERNAL_ERROR"
    assert "emrsim failed, not the cluster" in cluster.reason.message
    assert [step.state.value for step in cluster.steps.values()] == ["CANCELLED"]


@pytest.mark.usefixtures("capfd")
def test_step_that_cannot_have_its_folders_fails_and_the_bug_is_reported(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path / "s3", data=tmp_path / "data", engines=[CommandEngine()]).start()
    emr = Caller(emulator.port, "json")
    cluster = emulator.running.state.clusters[emr.run()]
    wait_until(lambda: cluster.state.value == "WAITING")
    (tmp_path / "data" / "clusters" / cluster.id / "steps").write_text("in the way")

    emr.call("AddJobFlowSteps", JobFlowId=cluster.id, Steps=[command_step("true")])
    (step,) = cluster.steps.values()
    wait_until(lambda: not cluster.active_steps)
    with pytest.raises(BaseExceptionGroup):
        emulator.close()

    assert step.state.value == "FAILED"
    assert "emrsim failed, not the step" in step.reason.message


@pytest.mark.usefixtures("capfd")
def test_event_that_cannot_be_is_reported_with_the_story(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path / "s3").start()
    cluster_id = Caller(emulator.port, "json").run()
    state = emulator.running.state
    wait_until(lambda: state.clusters[cluster_id].state.value == "WAITING")

    with pytest.raises(InvalidTransition, match=r"(?s)is WAITING.*ClusterRequested.*Bootstrapped"):
        state.post(cluster_id, ev.Bootstrapped())

    emulator.close()
