"""`wait`: on the thing itself, for any state there is."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Thread
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core import events as ev
from emrsim.helpers.waiting import NotReached
from tests.support.calls import Caller
from tests.support.control import attempt
from tests.support.engines import command_step, long_step
from tests.waiting import wait_until


@pytest.fixture
def emr(emrsim: Emulator) -> Caller:
    return Caller(emrsim.port, "json")


def only_step(emr: Caller, cluster_id: str) -> str:
    return str(emr.call("ListSteps", ClusterId=cluster_id)["Steps"][0]["Id"])


def test_end_of_a_cluster_is_what_is_waited_for_when_nothing_is_said(emrsim: Emulator, emr: Caller) -> None:
    cluster_id = emr.run(Instances={"InstanceCount": 1}, Steps=[command_step("true")])

    assert emrsim.wait(cluster_id) == "COMPLETED"


def test_either_name_of_a_state_is_understood(emrsim: Emulator, emr: Caller) -> None:
    cluster_id = emr.run(Instances={"InstanceCount": 1}, Steps=[command_step("true")])

    assert emrsim.wait(cluster_id, "TERMINATED") == "COMPLETED"
    assert emrsim.wait(cluster_id, "COMPLETED") == "COMPLETED"


def test_one_of_several_states_is_enough(emrsim: Emulator, emr: Caller) -> None:
    assert emrsim.wait(emr.run(), ["RUNNING", "WAITING"]) == "WAITING"


def test_step_is_waited_for_by_its_id(emrsim: Emulator, emr: Caller) -> None:
    cluster_id = emr.run(Steps=[long_step()])
    step_id = only_step(emr, cluster_id)

    assert emrsim.wait(step_id, "RUNNING") == "RUNNING"
    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])
    assert emrsim.wait(step_id) in {"INTERRUPTED", "CANCELLED"}


def test_state_that_lasts_no_time_is_seen(emrsim: Emulator) -> None:
    """BOOTSTRAPPING is left by an event that follows at once: whoever polls would hardly ever see it."""
    with Emulator(boot_seconds=7200) as slow:
        cluster_id = Caller(slow.port, "json").run()
        state = slow.running.state
        seen: list[str] = []
        waiting = Thread(target=lambda: seen.append(slow.wait(cluster_id, "BOOTSTRAPPING")))
        waiting.start()
        while not state._watchers:
            pass

        with state.locked():
            state.post(cluster_id, ev.Provisioned())
            state.post(cluster_id, ev.Bootstrapped())
        waiting.join()

    assert seen == ["BOOTSTRAPPING"]


def test_state_that_cannot_come_any_more_is_an_error_at_once(emrsim: Emulator, emr: Caller) -> None:
    step = command_step("sh", "-c", "exit 3", on_failure="TERMINATE_CLUSTER")
    cluster_id = emr.run(Steps=[step])

    with pytest.raises(NotReached) as lost:
        emrsim.wait(cluster_id, "WAITING", timeout=60)

    assert "not WAITING, a state that it can no longer reach" in str(lost.value)
    assert "StepFinished(step_id=s-" in str(lost.value)


def test_failed_step_ends_a_wait_for_its_completion(emrsim: Emulator, emr: Caller) -> None:
    cluster_id = emr.run(Steps=[command_step("false")])

    with pytest.raises(NotReached, match="is FAILED, not COMPLETED, a state that it can no longer reach"):
        emrsim.wait(only_step(emr, cluster_id), "COMPLETED", timeout=60)


def test_timeout_tells_what_was_waited_for_and_the_story(emrsim: Emulator, emr: Caller) -> None:
    cluster_id = emr.run()
    emrsim.wait(cluster_id, "WAITING")

    with pytest.raises(NotReached) as late:
        emrsim.wait(cluster_id, "RUNNING", timeout=0.01)

    assert f"{cluster_id} is WAITING, not RUNNING, after 0.01 seconds" in str(late.value)
    assert "Bootstrapped()" in str(late.value)


def test_nobody_is_left_waiting(emrsim: Emulator, emr: Caller) -> None:
    emrsim.wait(emr.run(), "WAITING")

    assert emrsim.running.state._watchers == []


@pytest.mark.parametrize(
    ("end", "why"),
    [
        (lambda emulator: emulator.reset(), "has been forgotten by a reset"),
        (lambda emulator: emulator.running.state.close(), "the emulator has been closed"),
    ],
)
def test_wait_for_what_is_gone_is_over_at_once(
    emrsim: Emulator, emr: Caller, end: Callable[[Emulator], None], why: str
) -> None:
    cluster_id = emr.run()
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(emrsim.wait, cluster_id, "TERMINATED", timeout=3600)
        wait_until(lambda: emrsim.running.state._watchers)

        end(emrsim)

        with pytest.raises(NotReached, match=f"{cluster_id} is .*, not .*, and {why}"):
            waiting.result(timeout=60)


def test_close_does_not_wait_for_those_that_wait() -> None:
    emulator = Emulator().start()
    cluster_id = Caller(emulator.port, "json").run()
    with ThreadPoolExecutor(1) as pool:
        state = emulator.running.state
        waiting = pool.submit(attempt, emulator, "GET", f"wait?id={cluster_id}&state=TERMINATED&timeout=300")
        wait_until(lambda: state._watchers)

        emulator.close()

        status, answer = waiting.result(timeout=60)
    assert status == 409
    assert "the emulator has been closed" in answer["error"]


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (("j-NONE",), KeyError, "unknown cluster 'j-NONE'"),
        (("s-NONE",), KeyError, "unknown step 's-NONE'"),
    ],
)
def test_unknown_id_is_an_error(
    emrsim: Emulator, arguments: tuple[Any, ...], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        emrsim.wait(*arguments)


def test_unknown_state_is_an_error_that_lists_those_there_are(emrsim: Emulator, emr: Caller) -> None:
    with pytest.raises(
        ValueError, match=r"unknown state 'DONE': expected one of BOOTSTRAPPING, .*TERMINATED_WITH_ERRORS"
    ):
        emrsim.wait(emr.run(), "DONE")


def test_no_state_at_all_is_an_error(emrsim: Emulator, emr: Caller) -> None:
    with pytest.raises(ValueError, match="states: an empty list"):
        emrsim.wait(emr.run(), [])
