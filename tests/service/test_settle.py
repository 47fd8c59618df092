"""Answers held back while a better one is near: waiters of real clients return at their first look."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
import pytest

from emrsim import Emulator
from emrsim.boto2 import emr_connection
from emrsim.service.waiting_room import HELD_ANSWERS_MAX
from tests.support.calls import Caller
from tests.support.engines import CommandEngine, command_step, long_step
from tests.waiting import wait_until

KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
ENDS = {"InstanceCount": 1, "MasterInstanceType": "m1.small"}
STAYS = {**ENDS, "KeepJobFlowAliveWhenNoSteps": True}
FIRST_LOOK = {"MaxAttempts": 1}
A_MOMENT = command_step("sh", "-c", "sleep 0.3")
LONG = 30.0  # more than any test here takes, where nothing is held


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Any]:
    """`start(**options)`: an emulator that holds answers for long, with an engine for plain commands."""

    @contextmanager
    def start(**options: Any) -> Iterator[Emulator]:
        options = {"settle_seconds": LONG, "engines": [CommandEngine()], **options}
        with Emulator(tmp_path / "s3", **options) as emulator:
            yield emulator

    return start


@pytest.fixture
def emrsim(start: Callable[..., Any]) -> Iterator[Emulator]:
    with start() as emulator:
        yield emulator


@pytest.fixture
def emr(emrsim: Emulator) -> Any:
    return boto3.client("emr", endpoint_url=emrsim.url, **KEYS)


def seconds_of(call: Callable[[], Any]) -> float:
    started = time.monotonic()
    call()
    return time.monotonic() - started


def test_waiter_for_a_step_returns_at_its_first_look(emr: Any) -> None:
    cluster_id = emr.run_job_flow(Name="n", Instances=STAYS, Steps=[A_MOMENT, A_MOMENT])["JobFlowId"]
    last, _ = emr.list_steps(ClusterId=cluster_id)["Steps"]

    emr.get_waiter("step_complete").wait(ClusterId=cluster_id, StepId=last["Id"], WaiterConfig=FIRST_LOOK)


def test_waiter_for_the_end_of_a_cluster_returns_at_its_first_look(emr: Any) -> None:
    cluster_id = emr.run_job_flow(Name="n", Instances=ENDS, Steps=[A_MOMENT])["JobFlowId"]

    emr.get_waiter("cluster_terminated").wait(ClusterId=cluster_id, WaiterConfig=FIRST_LOOK)


def test_waiter_for_a_running_cluster_returns_at_its_first_look(start: Callable[..., Any]) -> None:
    with start(boot_seconds=0.4) as emulator:
        emr = boto3.client("emr", endpoint_url=emulator.url, **KEYS)
        cluster_id = emr.run_job_flow(Name="n", Instances=STAYS)["JobFlowId"]

        emr.get_waiter("cluster_running").wait(ClusterId=cluster_id, WaiterConfig=FIRST_LOOK)


def test_termination_is_waited_for_with_the_processes_it_stops(emr: Any) -> None:
    cluster_id = emr.run_job_flow(Name="n", Instances=STAYS, Steps=[long_step()])["JobFlowId"]
    wait_until(lambda: emr.list_steps(ClusterId=cluster_id, StepStates=["RUNNING"])["Steps"])

    emr.terminate_job_flows(JobFlowIds=[cluster_id])

    emr.get_waiter("cluster_terminated").wait(ClusterId=cluster_id, WaiterConfig=FIRST_LOOK)


def test_boto_2_sees_the_end_at_its_first_look(emrsim: Emulator) -> None:
    connection = emr_connection(emrsim.host, emrsim.port)
    job_flow_id = Caller(emrsim.port, "json").run(Instances=ENDS, Steps=[A_MOMENT])

    assert connection.describe_jobflow(job_flow_id).state == "COMPLETED"


def test_failure_is_waited_for_too(emr: Any) -> None:
    step = command_step("sh", "-c", "sleep 0.3; exit 3", on_failure="TERMINATE_CLUSTER")
    cluster_id = emr.run_job_flow(Name="n", Instances=STAYS, Steps=[step])["JobFlowId"]

    state = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"]

    assert state == "TERMINATED_WITH_ERRORS"


def test_nothing_is_held_for_longer_than_it_may(start: Callable[..., Any]) -> None:
    with start(settle_seconds=0.3) as emulator:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run(Steps=[long_step()])

        seconds = seconds_of(lambda: emr.call("DescribeCluster", ClusterId=cluster_id))

    assert 0.3 <= seconds < LONG / 2


@pytest.mark.parametrize(
    "name",
    [
        "a waiting cluster",
        "an ended cluster",
        "an ended step",
        "a list of steps",
        "all",
        "no cluster",
    ],
)
def test_look_at_what_is_at_rest_is_answered_at_once(emrsim: Emulator, name: str) -> None:
    emr = Caller(emrsim.port, "json")
    waiting, ended = emr.run(), emr.run(Instances=ENDS, Steps=[command_step("true")])
    for cluster_id in (waiting, ended):
        emr.call("DescribeCluster", ClusterId=cluster_id)
    (step,) = emr.call("ListSteps", ClusterId=ended)["Steps"]
    running = emr.run(Steps=[long_step()])
    looks: dict[str, Callable[[], Any]] = {
        "a waiting cluster": lambda: emr.call("DescribeCluster", ClusterId=waiting),
        "an ended cluster": lambda: emr.call("DescribeCluster", ClusterId=ended),
        "an ended step": lambda: emr.call("DescribeStep", ClusterId=ended, StepId=step["Id"]),
        "a list of steps": lambda: emr.call("ListSteps", ClusterId=running),
        "all": lambda: emr.call("DescribeJobFlows"),
        "no cluster": lambda: emr.answer("DescribeCluster", ClusterId="j-NONE"),
    }

    assert seconds_of(looks[name]) < LONG / 2


def test_distant_boot_is_not_waited_for(start: Callable[..., Any]) -> None:
    with start(boot_seconds=3600) as emulator:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run()

        assert seconds_of(lambda: emr.call("DescribeCluster", ClusterId=cluster_id)) < LONG / 2


def test_cluster_that_waits_for_a_first_step_can_be_looked_at_and_given_one(
    start: Callable[..., Any],
) -> None:
    """As mrjob does: were the look held until the cluster gives up, no step could be added."""
    with start(first_step_seconds=10) as emulator:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run(Instances=ENDS)

        emr.call("DescribeCluster", ClusterId=cluster_id)
        emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[A_MOMENT])

        status = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["Status"]
        assert status["StateChangeReason"]["Code"] == "ALL_STEPS_COMPLETED"


def test_step_that_a_manual_clock_holds_up_is_not_waited_for(start: Callable[..., Any]) -> None:
    with start(clock="manual") as emulator:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run(Steps=[command_step("true")])
        emulator.clock.advance("PT4M")
        (step,) = emr.call("ListSteps", ClusterId=cluster_id)["Steps"]

        look = seconds_of(lambda: emr.call("DescribeStep", ClusterId=cluster_id, StepId=step["Id"]))

        assert look < LONG / 2


@pytest.mark.parametrize("seconds", [0.05, 0])
def test_waiter_on_a_manual_clock_is_told_what_it_waits_for(
    start: Callable[..., Any],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    seconds: float,
) -> None:
    monkeypatch.setattr("emrsim.service.settle._WARN_AFTER_SECONDS", 0.1)
    said = ""
    with start(clock="manual", settle_seconds=seconds) as emulator:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run()

        def look() -> bool:
            nonlocal said
            emr.call("DescribeCluster", ClusterId=cluster_id)
            said += capfd.readouterr().err
            return bool(said)

        wait_until(look, "a warning")
        emr.call("DescribeCluster", ClusterId=cluster_id)

    assert said + capfd.readouterr().err == (
        f"emrsim: a client waits for {cluster_id}, which is STARTING: the clock is manual, and the start of "
        "its instances comes in PT2M: advance the clock\n"
    )


def test_step_that_hangs_is_not_waited_for_and_the_waiter_is_told(
    start: Callable[..., Any], capfd: pytest.CaptureFixture[str]
) -> None:
    said = ""
    with start(settle_seconds=0.2) as emulator:
        emulator.rules.add({"then": {"hang": True}})
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run(Steps=[command_step("true")])
        wait_until(lambda: emulator.running.held_up(cluster_id))
        (step,) = emr.call("ListSteps", ClusterId=cluster_id)["Steps"]

        def look() -> bool:
            nonlocal said
            emr.call("DescribeStep", ClusterId=cluster_id, StepId=step["Id"])
            said += capfd.readouterr().err
            return bool(said)

        wait_until(look, "a warning")

    assert f"step {step['Id']} hangs, as rule r-1 says: release it" in said


def test_lookers_do_not_keep_others_waiting(emrsim: Emulator) -> None:
    """There are more of them than are held; the rest is answered at once, and so is whoever works."""
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(Steps=[long_step()])
    lookers = HELD_ANSWERS_MAX + 4

    with ThreadPoolExecutor(lookers) as pool:
        looks = [pool.submit(emr.call, "DescribeCluster", ClusterId=cluster_id) for _ in range(lookers)]
        wait_until(lambda: sum(look.done() for look in looks) == 4, "the answers that are not held")
        working = seconds_of(lambda: emr.call("ListClusters"))
        emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])
        states = [look.result()["Cluster"]["Status"]["State"] for look in looks]

    assert working < LONG / 2
    assert sorted(states) == ["RUNNING"] * 4 + ["TERMINATED"] * HELD_ANSWERS_MAX


def test_held_answers_do_not_hold_up_the_end(start: Callable[..., Any]) -> None:
    with start() as emulator, ThreadPoolExecutor(1) as pool:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run(Steps=[long_step()])
        look = pool.submit(emr.answer, "DescribeCluster", ClusterId=cluster_id)
        wait_until(lambda: emulator.running.settle.held_count == 1)

        seconds = seconds_of(emulator.running.settle.close)

        assert look.result().status == 200
    assert seconds < LONG / 2


def test_nothing_is_held_unless_it_is_asked_for(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", engines=[CommandEngine()]) as emulator:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run(Steps=[long_step()])

        state = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["Status"]["State"]

        assert state in {"STARTING", "BOOTSTRAPPING", "RUNNING"}


GROUP = {"InstanceRole": "TASK", "InstanceType": "m1.small", "InstanceCount": 2}


@pytest.mark.parametrize("settle_seconds", [0.0, 5.0])
def test_no_answer_depends_on_a_race_of_our_own_threads(
    start: Callable[..., Any], settle_seconds: float
) -> None:
    """What takes no time by the clock has happened when the next answer is given, whoever asks for what."""
    action = {"Name": "a", "ScriptBootstrapAction": {"Path": "s3://not-there/a.sh"}}
    with start(settle_seconds=settle_seconds) as emulator:
        emr = boto3.client("emr", endpoint_url=emulator.url, **KEYS)
        emulator.rules.add({"match": {"step": "made up"}, "then": {"complete": True}})
        emulator.rules.add({"match": {"step": "hanging"}, "then": {"hang": True}})
        emulator.rules.add({"then": {"skip_bootstrap": True}})
        for _ in range(4):
            arguments = {"Instances": STAYS, "BootstrapActions": [action]}
            cluster_id = emr.run_job_flow(Name="n", **arguments)["JobFlowId"]
            groups = emr.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
            assert [one["Status"]["State"] for one in groups] == ["RUNNING"]

            emr.add_instance_groups(JobFlowId=cluster_id, InstanceGroups=[GROUP])
            instances = emr.list_instances(ClusterId=cluster_id)["Instances"]
            assert [one["Status"]["State"] for one in instances] == ["RUNNING"] * 3

            made_up = {**command_step("false"), "Name": "made up", "ActionOnFailure": "CONTINUE"}
            emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[made_up, {**made_up, "Name": "hanging"}])
            steps = emr.list_steps(ClusterId=cluster_id)["Steps"]
            assert [one["Status"]["State"] for one in steps] == ["RUNNING", "COMPLETED"]
            assert emr.list_clusters(ClusterStates=["RUNNING"])["Clusters"][0]["Id"] == cluster_id

            emr.terminate_job_flows(JobFlowIds=[cluster_id])
            assert emr.list_clusters(ClusterStates=["TERMINATING", "RUNNING", "WAITING"])["Clusters"] == []
            ended = emr.describe_job_flows(JobFlowIds=[cluster_id])["JobFlows"][0]
            assert ended["ExecutionStatusDetail"]["State"] == "TERMINATED"
