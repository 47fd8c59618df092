"""Time on demand: every state of a cluster held and looked at, by real boto 2 and boto3."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest

from emrsim import Emulator
from emrsim.boto2 import emr_connection
from emrsim.core.durations import BadDuration
from emrsim.core.pace import BadPace
from emrsim.service.clock import ClockMovedBackwards, ClockMovedTooFar, StillUnderWay
from tests.support.calls import Caller
from tests.support.clusters import RELEASE
from tests.support.engines import CommandEngine, command_step, long_step
from tests.waiting import wait_for_job_flow, wait_until

KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
ENDS = {"InstanceCount": 1, "MasterInstanceType": "m1.small"}
STAYS = {**ENDS, "KeepJobFlowAliveWhenNoSteps": True}


@pytest.fixture
def start(tmp_path: Path) -> Callable[..., Any]:
    """`start(clock, **options)`: an emulator with that clock and an engine for plain commands."""

    @contextmanager
    def start(clock: str, **options: Any) -> Iterator[Emulator]:
        with Emulator(tmp_path / "s3", clock=clock, engines=[CommandEngine()], **options) as emulator:
            yield emulator

    return start


@pytest.fixture
def manual(start: Callable[..., Any]) -> Iterator[Emulator]:
    with start("manual") as emulator:
        yield emulator


def states(emr: Any, cluster_id: str) -> list[str]:
    """The state of a cluster, and those of its steps in their order."""
    cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    steps = emr.list_steps(ClusterId=cluster_id)["Steps"]
    return [cluster["Status"]["State"], *(step["Status"]["State"] for step in reversed(steps))]


def client(emulator: Emulator) -> Any:
    return boto3.client("emr", endpoint_url=emulator.url, **KEYS)


def test_every_state_is_held_until_the_clock_moves_on(manual: Emulator) -> None:
    emr = client(manual)
    cluster_id = emr.run_job_flow(Name="n", Instances=ENDS, Steps=[command_step("true")])["JobFlowId"]
    seen = [states(emr, cluster_id)]

    for minutes in (2, 2, 1, 1):
        manual.clock.advance(timedelta(minutes=minutes))
        seen.append(states(emr, cluster_id))

    assert seen == [
        ["STARTING", "PENDING"],
        ["BOOTSTRAPPING", "PENDING"],
        ["RUNNING", "RUNNING"],
        ["TERMINATING", "COMPLETED"],
        ["TERMINATED", "COMPLETED"],
    ]


def test_boto_2_sees_the_job_flow_of_2010(manual: Emulator) -> None:
    connection = emr_connection(manual.host, manual.port)
    job_flow_id = connection.run_jobflow("n", keep_alive=True)

    manual.clock.advance("PT4M")
    assert connection.describe_jobflow(job_flow_id).state == "WAITING"
    connection.terminate_jobflow(job_flow_id)
    assert connection.describe_jobflow(job_flow_id).state == "SHUTTING_DOWN"
    manual.clock.advance("PT1M")

    job_flow = connection.describe_jobflow(job_flow_id)
    created, ended = (
        datetime.fromisoformat(text) for text in (job_flow.creationdatetime, job_flow.enddatetime)
    )
    assert (job_flow.state, ended - created) == ("TERMINATED", timedelta(minutes=5))


def test_hours_pass_in_their_order(manual: Emulator) -> None:
    """Boot, step, idleness and end are each where they would be, though it is one move."""
    emr = client(manual)
    cluster_id = emr.run_job_flow(
        Name="n",
        ReleaseLabel=RELEASE,
        Instances=STAYS,
        Steps=[command_step("true")],
        AutoTerminationPolicy={"IdleTimeout": 3600},
    )["JobFlowId"]

    manual.clock.advance("P1D")

    times = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["Timeline"]
    created = times["CreationDateTime"]
    assert times["ReadyDateTime"] - created == timedelta(minutes=4)
    assert times["EndDateTime"] - created == timedelta(hours=1, minutes=6)


def test_process_is_waited_for_and_takes_no_time_by_the_clock(manual: Emulator) -> None:
    emr = client(manual)
    step = command_step("sh", "-c", "sleep 0.3")
    cluster_id = emr.run_job_flow(Name="n", Instances=STAYS, Steps=[step])["JobFlowId"]

    manual.clock.advance("PT5M")

    (step,) = emr.list_steps(ClusterId=cluster_id)["Steps"]
    assert step["Status"]["State"] == "COMPLETED"
    times = step["Status"]["Timeline"]
    assert times["EndDateTime"] - times["StartDateTime"] == timedelta(minutes=1)


def test_process_that_does_not_end_is_warned_of_by_name(manual: Emulator) -> None:
    emr = client(manual)
    cluster_id = emr.run_job_flow(Name="n", Instances=STAYS, Steps=[long_step()])["JobFlowId"]
    (step,) = emr.list_steps(ClusterId=cluster_id)["Steps"]

    with pytest.warns(StillUnderWay, match=f"the process of {step['Id']}"):
        manual.clock.advance("PT5M", patience_seconds=0.1)

    assert states(emr, cluster_id) == ["RUNNING", "RUNNING"]


def test_step_that_is_cancelled_before_its_process_begins_never_runs(manual: Emulator) -> None:
    emr = client(manual)
    touch = command_step("touch", str(manual.root / "ran"))
    cluster_id = emr.run_job_flow(Name="n", ReleaseLabel=RELEASE, Instances=STAYS, Steps=[touch])["JobFlowId"]
    manual.clock.advance("PT4M")
    (step,) = emr.list_steps(ClusterId=cluster_id)["Steps"]

    emr.cancel_steps(ClusterId=cluster_id, StepIds=[step["Id"]])
    manual.clock.advance(0)

    assert states(emr, cluster_id) == ["WAITING", "CANCELLED"]
    assert not (manual.root / "ran").exists()


def test_explicit_waits_hold_on_a_manual_clock(start: Callable[..., Any]) -> None:
    with start("manual", boot_seconds=0, step_seconds=0, shutdown_seconds=30) as emulator:
        emr = client(emulator)
        cluster_id = emr.run_job_flow(Name="n", Instances=ENDS, Steps=[command_step("true")])["JobFlowId"]

        emulator.clock.advance(0)
        assert states(emr, cluster_id) == ["TERMINATING", "COMPLETED"]
        emulator.clock.advance(30)
        assert states(emr, cluster_id) == ["TERMINATED", "COMPLETED"]


def test_calls_without_a_wait_need_no_move_on_a_manual_clock(start: Callable[..., Any]) -> None:
    with start("manual", boot_seconds=0) as emulator:
        connection = emr_connection(emulator.host, emulator.port)

        job_flow_id = connection.run_jobflow("n", keep_alive=True)

        wait_for_job_flow(connection, job_flow_id, "WAITING")


def test_cluster_without_a_step_is_given_its_time_by_the_clock(start: Callable[..., Any]) -> None:
    with start("manual", boot_seconds=0) as emulator:
        emr = client(emulator)
        cluster_id = emr.run_job_flow(Name="n", Instances=ENDS)["JobFlowId"]

        emulator.clock.advance(4.9)
        assert states(emr, cluster_id) == ["BOOTSTRAPPING"]
        emulator.clock.advance(0.1)
        assert states(emr, cluster_id) == ["TERMINATING"]


def test_scaled_clock_boots_in_a_fraction_of_the_time_it_tells(start: Callable[..., Any]) -> None:
    with start("1000x") as emulator:
        emr = client(emulator)
        started = time.monotonic()
        cluster_id = emr.run_job_flow(Name="n", Instances=STAYS)["JobFlowId"]

        wait_until(lambda: states(emr, cluster_id) == ["WAITING"])

        assert time.monotonic() - started >= 240 / 1000
        times = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["Timeline"]
        assert times["ReadyDateTime"] - times["CreationDateTime"] >= timedelta(minutes=4)


@pytest.mark.parametrize("clock", ["instant", "1000x"])
def test_client_has_its_own_time_for_a_first_step_on_a_fast_clock(
    start: Callable[..., Any], clock: str
) -> None:
    with start(clock, first_step_seconds=30) as emulator:
        emr = client(emulator)
        cluster_id = emr.run_job_flow(Name="n", Instances=ENDS)["JobFlowId"]
        wait_until(lambda: states(emr, cluster_id) == ["BOOTSTRAPPING"])

        emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[command_step("true")])

        wait_until(lambda: states(emr, cluster_id) == ["TERMINATED", "COMPLETED"])


def test_instant_clock_takes_typical_time_and_none_of_the_machines(start: Callable[..., Any]) -> None:
    with start("instant") as emulator:
        emr = client(emulator)
        began = datetime.now(UTC)
        cluster_id = emr.run_job_flow(Name="n", Instances=ENDS, Steps=[command_step("true")])["JobFlowId"]

        wait_until(lambda: states(emr, cluster_id) == ["TERMINATED", "COMPLETED"])

        times = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["Timeline"]
        assert times["EndDateTime"] - times["CreationDateTime"] >= timedelta(minutes=6)
        assert datetime.now(UTC) - began < timedelta(minutes=1)


def test_instant_clock_does_not_cut_idleness_short(start: Callable[..., Any]) -> None:
    """The boot of a second cluster jumps minutes ahead, and the first has been idle for none."""
    with start("instant") as emulator:
        emr = client(emulator)
        policy = {"IdleTimeout": 60}
        first = emr.run_job_flow(
            Name="n", ReleaseLabel=RELEASE, Instances=STAYS, AutoTerminationPolicy=policy
        )["JobFlowId"]
        wait_until(lambda: states(emr, first) == ["WAITING"])

        second = emr.run_job_flow(Name="n", Instances=STAYS)["JobFlowId"]
        wait_until(lambda: states(emr, second) == ["WAITING"])

        assert states(emr, first) == ["WAITING"]
        emulator.clock.advance("PT1M")
        wait_until(lambda: states(emr, first) == ["TERMINATED"])


def test_real_clock_can_be_moved_on_too(start: Callable[..., Any]) -> None:
    with start("real") as emulator:
        emr = client(emulator)
        cluster_id = emr.run_job_flow(
            Name="n", ReleaseLabel=RELEASE, Instances=STAYS, AutoTerminationPolicy={"IdleTimeout": 3600}
        )["JobFlowId"]
        wait_until(lambda: states(emr, cluster_id) == ["WAITING"])

        emulator.clock.advance("PT1H")

        wait_until(lambda: states(emr, cluster_id) == ["TERMINATED"])
        assert emulator.clock.now() - datetime.now(UTC) > timedelta(minutes=59)


def test_pace_can_be_changed_meanwhile(manual: Emulator) -> None:
    emr = client(manual)
    cluster_id = emr.run_job_flow(Name="n", Instances=STAYS)["JobFlowId"]

    manual.clock.set_pace("instant")

    wait_until(lambda: states(emr, cluster_id) == ["WAITING"])


def test_what_comes_in_centuries_does_not_keep_the_clock_from_what_comes_first(
    start: Callable[..., Any],
) -> None:
    """On a clock this slow, the boot is 7,600 years of the machine's away."""
    with start("0.000001x", boot_seconds=480_000) as emulator:
        emr = client(emulator)
        emr.run_job_flow(Name="n", Instances=STAYS)
        wait_until(lambda: emulator.clock.awaited())

        emulator.clock.set_pace("instant")

        wait_until(lambda: emr.list_clusters(ClusterStates=["WAITING"])["Clusters"])


def test_reset_ends_a_move_that_is_under_way(manual: Emulator) -> None:
    emr = client(manual)
    emr.run_job_flow(Name="n", Instances=STAYS, Steps=[long_step()])
    with pytest.warns(StillUnderWay):
        manual.clock.advance("PT5M", patience_seconds=0.1)
    moving = Thread(target=lambda: manual.clock.advance("P1D"))
    moving.start()
    wait_until(manual.clock._turn.locked)

    manual.reset()
    moving.join()

    assert abs(manual.clock.now() - datetime.now(UTC)) < timedelta(hours=1)


def test_clock_is_not_moved_backwards(manual: Emulator) -> None:
    before = manual.clock.now()

    with pytest.raises(ClockMovedBackwards, match="0:00:01"):
        manual.clock.advance(timedelta(seconds=-1))
    with pytest.raises(ClockMovedBackwards):
        manual.clock.advance("-PT1H")

    assert manual.clock.now() == before


def test_clock_is_not_moved_beyond_the_years_there_are(manual: Emulator) -> None:
    century = timedelta(days=36_525)
    while manual.clock.now().year <= 8_900:
        manual.clock.advance(century)
    before = manual.clock.now()

    with pytest.raises(ClockMovedTooFar, match="beyond the year 9000"):
        manual.clock.advance(century)

    assert manual.clock.now() == before


@pytest.mark.parametrize("text", ["1h", "PT", "P", "P1M", "PT1H1D", "", "PT1e3S", "P1Y", True, None])
def test_what_is_no_duration_is_told_what_one_is(manual: Emulator, text: Any) -> None:
    with pytest.raises(BadDuration, match="ISO 8601 such as 'PT1H'"):
        manual.clock.advance(text)


@pytest.mark.parametrize("pace", ["", "fast", "0x", "x", "-1x", "1e9x", "9999999x"])
def test_what_is_no_pace_is_told_what_one_is(pace: str) -> None:
    with pytest.raises(BadPace, match="invalid clock"):
        Emulator(clock=pace)


def test_many_clusters_move_together(manual: Emulator) -> None:
    emr = Caller(manual.port, "json")
    for _ in range(20):
        emr.run(Steps=[command_step("true")])

    manual.clock.advance("PT5M")

    found = emr.call("ListClusters")["Clusters"]
    assert [one["Status"]["State"] for one in found] == ["WAITING"] * 20
