"""Nothing waits where others wait: what one cluster does holds up no other."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.service import master, runs
from emrsim.service.workers import Workers
from tests.support.calls import Caller
from tests.support.engines import CommandEngine, command_step
from tests.waiting import wait_until

ENDS = {"InstanceCount": 1, "MasterInstanceType": "m1.small", "KeepJobFlowAliveWhenNoSteps": False}
STAYS = {**ENDS, "KeepJobFlowAliveWhenNoSteps": True}


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Any, str, Callable[..., bool]], Any]]:
    """`held(owner, name, holds)`: calls of a function for which `holds` is true take until the test's end."""
    go_on = threading.Event()

    def hold(owner: Any, name: str, holds: Callable[..., bool]) -> threading.Event:
        original, reached = getattr(owner, name), threading.Event()

        def slow(*arguments: Any, **options: Any) -> Any:
            if holds(*arguments):
                reached.set()
                assert go_on.wait(60)
            return original(*arguments, **options)

        monkeypatch.setattr(owner, name, slow)
        hold.go_on = go_on  # type: ignore[attr-defined]
        return reached

    yield hold
    go_on.set()


@pytest.fixture
def emrsim(tmp_path: Path) -> Iterator[Emulator]:
    with Emulator(tmp_path / "s3", engines=[CommandEngine()], first_step_seconds=0) as emulator:
        yield emulator


def assert_others_go_on(emrsim: Emulator, cluster_id: str) -> None:
    """A step of another cluster runs, and so does a whole new cluster."""
    emr = Caller(emrsim.port, "json")
    (step_id,) = emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[command_step("true")])["StepIds"]
    assert emrsim.wait(step_id, timeout=30) == "COMPLETED"
    assert emrsim.wait(emr.run(Instances=ENDS, Steps=[command_step("true")]), timeout=30) == "COMPLETED"


def test_removing_the_folders_of_a_cluster_keeps_nobody_waiting(emrsim: Emulator, held: Any) -> None:
    emr = Caller(emrsim.port, "json")
    ending, other = emr.run(Instances=STAYS), emr.run(Instances=STAYS)
    for one in (ending, other):
        emrsim.wait(one, "WAITING")
    reached = held(shutil, "rmtree", lambda path, *_: ending in str(path))

    emr.call("TerminateJobFlows", JobFlowIds=[ending])

    assert reached.wait(30)
    assert_others_go_on(emrsim, other)
    held.go_on.set()
    emrsim.wait(ending, "TERMINATED")


def test_looking_for_processes_of_a_cluster_keeps_nobody_waiting(emrsim: Emulator, held: Any) -> None:
    emr = Caller(emrsim.port, "json")
    ending, other = emr.run(Instances=STAYS), emr.run(Instances=STAYS)
    for one in (ending, other):
        emrsim.wait(one, "WAITING")
    reached = held(runs, "kill_leftovers", lambda path: ending in str(path))

    emr.call("TerminateJobFlows", JobFlowIds=[ending])

    assert reached.wait(30)
    assert_others_go_on(emrsim, other)
    held.go_on.set()
    emrsim.wait(ending, "TERMINATED")


def test_making_the_files_of_a_cluster_keeps_nobody_waiting(emrsim: Emulator, held: Any) -> None:
    emr = Caller(emrsim.port, "json")
    other = emr.run(Instances=STAYS)
    emrsim.wait(other, "WAITING")
    reached = held(master.MasterFiles, "make", lambda files: bool(files.configurations))

    configurations = [{"Classification": "core-site", "Properties": {"a": "b"}}]
    slow = emr.run(Instances=STAYS, ReleaseLabel="emr-5.36.0", Configurations=configurations)

    assert reached.wait(30)
    assert_others_go_on(emrsim, other)
    held.go_on.set()
    emrsim.wait(slow, "WAITING")


def test_making_the_folders_of_a_step_keeps_nobody_waiting(emrsim: Emulator, held: Any) -> None:
    emr = Caller(emrsim.port, "json")
    slow, other = emr.run(Instances=STAYS), emr.run(Instances=STAYS)
    for one in (slow, other):
        emrsim.wait(one, "WAITING")
    reached = held(runs, "make_folders", lambda job: job.cluster_id == slow)

    step_ids = emr.call("AddJobFlowSteps", JobFlowId=slow, Steps=[command_step("true")])["StepIds"]

    assert reached.wait(30)
    assert_others_go_on(emrsim, other)
    held.go_on.set()
    assert emrsim.wait(step_ids[0]) == "COMPLETED"


def test_an_emulator_waits_for_what_it_still_removes(emrsim: Emulator, tmp_path: Path) -> None:
    emr = Caller(emrsim.port, "json")
    ids = [emr.run(Instances=STAYS) for _ in range(10)]
    for one in ids:
        emrsim.wait(one, "WAITING")
    emr.call("TerminateJobFlows", JobFlowIds=ids)

    emrsim.close()

    clusters = tmp_path / "s3" / ".emrsim" / "clusters"
    assert [path for one in ids for path in (clusters / one).iterdir()] == []


@pytest.fixture
def no_threads(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """No thread of emrsim's own can be started, as at the limit of processes."""
    start = threading.Thread.start

    def refuse(thread: threading.Thread) -> None:
        if thread.name.startswith("emrsim-"):
            raise RuntimeError("can't start new thread")
        start(thread)

    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", refuse)
        yield


def test_a_step_without_a_thread_fails_and_says_why(emrsim: Emulator, request: pytest.FixtureRequest) -> None:
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Instances=STAYS)
    emrsim.wait(cluster_id, "WAITING")
    request.getfixturevalue("no_threads")

    (step_id,) = emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[command_step("true")])["StepIds"]

    assert emrsim.wait(step_id, timeout=30) == "FAILED"
    step = emr.call("DescribeStep", ClusterId=cluster_id, StepId=step_id)["Step"]
    assert "could not start a thread" in step["Status"]["FailureDetails"]["Message"]


def test_clusters_end_and_emulators_close_without_threads(
    emrsim: Emulator, request: pytest.FixtureRequest
) -> None:
    emr = Caller(emrsim.port, "json")
    one, other = emr.run(Instances=STAYS), emr.run(Instances=STAYS, Steps=[command_step("sleep", "600")])
    emrsim.wait(one, "WAITING")
    emrsim.wait(other, "RUNNING")
    request.getfixturevalue("no_threads")

    emr.call("TerminateJobFlows", JobFlowIds=[one])
    assert emrsim.wait(one, timeout=30) == "TERMINATED"
    failed = emr.run(Instances=STAYS)
    assert emrsim.wait(failed, timeout=30) == "FAILED"

    emrsim.close()


def test_workers_do_all_work_whatever_becomes_of_some() -> None:
    bugs: list[BaseException] = []
    workers = Workers(bugs.append)
    done: list[int] = []

    def work(number: int) -> None:
        if number == 3:
            raise ValueError("three")
        done.append(number)

    for number in range(50):
        workers.do(lambda number=number: work(number))  # type: ignore[misc]
    workers.wait()

    assert sorted(done) == [number for number in range(50) if number != 3]
    assert [str(bug) for bug in bugs] == ["three"]
    wait_until(lambda: not any(one.name == "emrsim-worker" for one in threading.enumerate()))
