"""A cluster that is to end with its last step, and was asked for without any."""

from __future__ import annotations

import pytest

from emrsim.core import events as ev
from emrsim.core.states import ActionOnFailure
from emrsim.core.transitions import InvalidTransition
from tests.core.clusters import Play, bootstrapping

CONTINUE = ActionOnFailure.CONTINUE


def bootstrapped() -> Play:
    return bootstrapping(keep_alive=False).happen(ev.Bootstrapped())


def test_it_stays_bootstrapping_and_asks_for_time() -> None:
    play = bootstrapped()

    assert (play.state.value, play.effect_kinds) == ("BOOTSTRAPPING", [ev.AwaitFirstStep])


def test_its_first_step_runs_at_once() -> None:
    play = bootstrapped().add(CONTINUE)

    assert (play.state.value, play.step_states) == ("RUNNING", ["RUNNING"])
    assert play.cluster.ready_at == play.now
    assert play.happen(ev.FirstStepTimedOut()).effects == []


def test_no_step_at_all_does_not_make_it_ready() -> None:
    assert bootstrapped().add().state.value == "BOOTSTRAPPING"


def test_it_waits_on_once_it_is_kept_alive() -> None:
    assert bootstrapped().happen(ev.KeepAliveSet(True)).state.value == "WAITING"


def test_it_ends_when_its_time_is_over() -> None:
    play = bootstrapped().happen(ev.FirstStepTimedOut())

    assert (play.state.value, play.cluster.reason.code) == ("SHUTTING_DOWN", "ALL_STEPS_COMPLETED")


def test_it_can_be_terminated_meanwhile() -> None:
    play = bootstrapped().happen(ev.TerminationRequested())

    assert play.state.value == "SHUTTING_DOWN"
    assert play.happen(ev.FirstStepTimedOut()).effects == []


@pytest.mark.parametrize("event", [ev.Bootstrapped(), ev.Provisioned()])
def test_it_is_not_bootstrapped_twice(event: ev.Event) -> None:
    with pytest.raises(InvalidTransition):
        bootstrapped().happen(event)
