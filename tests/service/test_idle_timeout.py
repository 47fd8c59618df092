"""An idle cluster is ended by the clock, moved by hand here; its steps are real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.clusters import RELEASE
from tests.support.engines import CommandEngine, command_step

TEN_MINUTES = timedelta(minutes=10)
SECOND = timedelta(seconds=1)


class Stage:
    """A waiting cluster with an idle timeout of ten minutes, and the clock."""

    def __init__(self, emulator: Emulator) -> None:
        self.clock = emulator.clock
        self.emr = Caller(emulator.port, "json")
        policy = {"IdleTimeout": int(TEN_MINUTES.total_seconds())}
        self.cluster_id = self.emr.run(ReleaseLabel=RELEASE, AutoTerminationPolicy=policy)
        self.clock.advance(timedelta(minutes=4))
        assert self.state == "WAITING"

    @property
    def state(self) -> str:
        return str(self.emr.call("DescribeCluster", ClusterId=self.cluster_id)["Cluster"]["Status"]["State"])

    def run_step(self) -> None:
        """Add a step and let it end, which takes no time by the clock."""
        self.emr.call("AddJobFlowSteps", JobFlowId=self.cluster_id, Steps=[command_step("true")])
        self.clock.advance(0)
        (step,) = self.emr.call("ListSteps", ClusterId=self.cluster_id)["Steps"]
        assert step["Status"]["State"] == "COMPLETED"

    def put_policy(self, timeout: timedelta) -> None:
        policy = {"IdleTimeout": int(timeout.total_seconds())}
        self.emr.call("PutAutoTerminationPolicy", ClusterId=self.cluster_id, AutoTerminationPolicy=policy)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    options: dict[str, Any] = {
        "clock": "manual",
        "step_seconds": 0,
        "shutdown_seconds": 0,
        "engines": [CommandEngine()],
    }
    with Emulator(tmp_path / "s3", **options) as emulator:
        yield Stage(emulator)


def test_idle_cluster_ends_when_its_time_is_over_and_not_before(stage: Stage) -> None:
    stage.clock.advance(TEN_MINUTES - SECOND)
    assert stage.state == "WAITING"

    stage.clock.advance(SECOND)
    assert stage.state == "TERMINATED"


def test_step_in_between_restarts_the_idle_time(stage: Stage) -> None:
    stage.clock.advance(TEN_MINUTES - SECOND)
    stage.run_step()

    stage.clock.advance(TEN_MINUTES - SECOND)
    assert stage.state == "WAITING"

    stage.clock.advance(SECOND)
    assert stage.state == "TERMINATED"


def test_removed_policy_ends_nothing(stage: Stage) -> None:
    stage.emr.call("RemoveAutoTerminationPolicy", ClusterId=stage.cluster_id)

    stage.clock.advance(100 * TEN_MINUTES)

    assert stage.state == "WAITING"


@pytest.mark.parametrize("timeout", [TEN_MINUTES / 2, 2 * TEN_MINUTES])
def test_changed_policy_counts_from_the_beginning_of_the_idleness(stage: Stage, timeout: timedelta) -> None:
    stage.clock.advance(SECOND)
    stage.put_policy(timeout)

    stage.clock.advance(timeout - 2 * SECOND)
    assert stage.state == "WAITING"

    stage.clock.advance(SECOND)
    assert stage.state == "TERMINATED"


def test_policy_shorter_than_the_idleness_ends_the_cluster_at_once(stage: Stage) -> None:
    stage.clock.advance(TEN_MINUTES - SECOND)

    stage.put_policy(timedelta(minutes=1))
    stage.clock.advance(0)

    assert stage.state == "TERMINATED"
