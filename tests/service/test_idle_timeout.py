"""An idle cluster is ended by the clock, moved by hand here; its steps are real."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from emrsim.core import events as ev
from emrsim.core.model import Cluster, ClusterRequest, GroupRequest, StepRequest
from emrsim.core.states import ActionOnFailure
from emrsim.service.bugs import Bugs
from emrsim.service.effects import Effects
from emrsim.service.emulator import EmulatorState
from emrsim.settings import Settings
from emrsim.storage import DirectoryStorage
from tests.support.engines import COMMAND_JAR, CommandEngine
from tests.waiting import wait_until

NONE = timedelta(0)
TEN_MINUTES = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
STEP = StepRequest("a step", COMMAND_JAR, ActionOnFailure.CONTINUE, args=("true",))


class HandClock:
    """A clock that stands still until a test moves it on."""

    def __init__(self) -> None:
        self._now = datetime(2021, 8, 30, tzinfo=UTC)
        self.calls: list[tuple[datetime, Callable[[], None]]] = []

    def now(self) -> datetime:
        """See `core.clock.Clock.now`."""
        return self._now

    def call_later(self, delay: timedelta, call: Callable[[], None]) -> None:
        """See `core.clock.Clock.call_later`."""
        self.calls.append((self._now + delay, call))

    def move(self, by: timedelta) -> None:
        """Let time pass, and what is due by then happen."""
        self._now += by
        due = [entry for entry in self.calls if entry[0] <= self._now]
        for entry in due:
            self.calls.remove(entry)
            entry[1]()

    def awaits(self, moment: datetime) -> bool:
        """Whether a call is to come at that moment."""
        return any(when == moment for when, _ in self.calls)


class Stage:
    """A waiting cluster with an idle timeout of ten minutes, and the clock."""

    def __init__(self, state: EmulatorState, clock: HandClock) -> None:
        self.state = state
        self.clock = clock
        master = GroupRequest("MASTER", "m4.large", 1)
        request = ClusterRequest("idle", (master,), keep_alive=True, idle_timeout=TEN_MINUTES)
        self.cluster: Cluster = state.request_cluster(request)
        self.reach("WAITING")
        self.until_awaited(TEN_MINUTES)

    def reach(self, state: str) -> None:
        """Wait until what needs no time has brought the cluster into that state."""

        def look() -> bool:
            self.clock.move(NONE)
            return self.cluster.state.value == state

        wait_until(look, state)

    def until_awaited(self, timeout: timedelta) -> None:
        """Wait until the clock knows of the timeout."""
        assert self.cluster.idle_since is not None
        deadline = self.cluster.idle_since + timeout
        wait_until(lambda: self.clock.awaits(deadline), "the timeout's call")

    def run_step(self) -> None:
        """Add a step and wait until it has ended."""
        (step,) = self.state.make_steps((STEP,))
        self.state.post(self.cluster.id, ev.StepsAdded((step,)))
        self.reach("WAITING")
        assert step.state.value == "COMPLETED"


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    clock, bugs = HandClock(), Bugs()
    state = EmulatorState(clock, "us-east-1")
    settings = Settings(root=tmp_path / "s3", data=tmp_path / "data")
    effects = Effects(state, [CommandEngine()], DirectoryStorage(settings.root), settings, bugs)
    yield Stage(state, clock)
    effects.close()
    assert bugs.found == []


def test_idle_cluster_ends_when_its_time_is_over_and_not_before(stage: Stage) -> None:
    stage.clock.move(TEN_MINUTES - SECOND)
    assert stage.cluster.state.value == "WAITING"

    stage.clock.move(SECOND)
    stage.reach("TERMINATED")


def test_step_in_between_restarts_the_idle_time(stage: Stage) -> None:
    stage.clock.move(TEN_MINUTES - SECOND)
    stage.run_step()
    stage.until_awaited(TEN_MINUTES)

    stage.clock.move(TEN_MINUTES - SECOND)
    assert stage.cluster.state.value == "WAITING"

    stage.clock.move(SECOND)
    stage.reach("TERMINATED")


def test_removed_policy_ends_nothing(stage: Stage) -> None:
    stage.state.post(stage.cluster.id, ev.IdleTimeoutSet(None))

    stage.clock.move(100 * TEN_MINUTES)

    assert stage.cluster.state.value == "WAITING"


@pytest.mark.parametrize("timeout", [TEN_MINUTES / 2, 2 * TEN_MINUTES])
def test_changed_policy_counts_from_the_beginning_of_the_idleness(stage: Stage, timeout: timedelta) -> None:
    stage.clock.move(SECOND)
    stage.state.post(stage.cluster.id, ev.IdleTimeoutSet(timeout))
    stage.until_awaited(timeout)

    stage.clock.move(timeout - 2 * SECOND)
    assert stage.cluster.state.value == "WAITING"

    stage.clock.move(SECOND)
    stage.reach("TERMINATED")


def test_policy_shorter_than_the_idleness_ends_the_cluster_at_once(stage: Stage) -> None:
    stage.clock.move(TEN_MINUTES - SECOND)

    stage.state.post(stage.cluster.id, ev.IdleTimeoutSet(timedelta(minutes=1)))

    stage.reach("TERMINATED")
