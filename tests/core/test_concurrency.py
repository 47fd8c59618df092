"""ModifyCluster's StepConcurrencyLevel: how many steps run side by side."""

from __future__ import annotations

import pytest

from emrsim.core import events as ev
from emrsim.core.errors import EmrError
from emrsim.core.states import ActionOnFailure, ClusterState
from tests.core.clusters import CONTINUE, bootstrapping, ready

WAIT = ActionOnFailure.CANCEL_AND_WAIT
TERMINATE = ActionOnFailure.TERMINATE_CLUSTER


def test_raised_level_starts_steps_at_once_first_in_first_out() -> None:
    play = ready(*[CONTINUE] * 4)

    play.happen(ev.StepConcurrencySet(3))

    assert play.effects == [ev.StartStep("j-PLAY", "s-3"), ev.StartStep("j-PLAY", "s-4")]
    assert play.step_states == ["RUNNING", "RUNNING", "RUNNING", "PENDING"]


def test_lowered_level_stops_nothing_and_starts_nothing_until_there_is_room() -> None:
    play = ready(*[CONTINUE] * 4, concurrency=3)

    assert play.happen(ev.StepConcurrencySet(1)).effects == []
    assert play.finish("s-3").effects == []
    assert play.finish("s-2").effects == []
    assert play.finish("s-4").effects == [ev.StartStep("j-PLAY", "s-5")]


def test_level_set_before_the_cluster_is_ready_counts_when_it_is() -> None:
    play = bootstrapping(CONTINUE, CONTINUE).happen(ev.StepConcurrencySet(2))

    assert play.effects == []
    assert play.happen(ev.Bootstrapped()).step_states == ["RUNNING", "RUNNING"]


def test_level_of_a_cluster_that_is_ending_cannot_be_set() -> None:
    play = ready().happen(ev.TerminationRequested())

    with pytest.raises(EmrError, match="may not be modified"):
        play.happen(ev.StepConcurrencySet(2))


@pytest.mark.parametrize("action", [WAIT, TERMINATE])
def test_failure_beside_other_steps_triggers_nothing(action: ActionOnFailure) -> None:
    play = ready(action, CONTINUE, CONTINUE).happen(ev.StepConcurrencySet(2))

    play.fail("s-2")

    assert (play.step_states, play.state) == (["FAILED", "RUNNING", "RUNNING"], ClusterState.RUNNING)


def test_cancel_and_wait_is_not_acted_on_until_the_lowered_level_is_reached() -> None:
    play = ready(WAIT, WAIT, CONTINUE).happen(ev.StepConcurrencySet(2), ev.StepConcurrencySet(1))

    play.fail("s-2")
    assert play.step_states == ["FAILED", "RUNNING", "PENDING"]

    play.fail("s-3")
    assert (play.step_states, play.state) == (["FAILED", "FAILED", "CANCELLED"], ClusterState.WAITING)


def test_terminating_action_is_acted_on_as_soon_as_the_level_is_lowered() -> None:
    play = ready(TERMINATE, CONTINUE).happen(ev.StepConcurrencySet(2), ev.StepConcurrencySet(1))

    play.fail("s-2")

    assert (play.state, play.effects) == (ClusterState.SHUTTING_DOWN, [ev.StopStep("j-PLAY", "s-3")])
