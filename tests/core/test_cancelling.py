"""CancelSteps: what it does to a step, and what it does not do to the rest."""

from __future__ import annotations

import pytest

from emrsim.core import events as ev
from emrsim.core.states import ActionOnFailure, ClusterState
from tests.core.clusters import CONTINUE, bootstrapping, ready

TERMINATE = ActionOnFailure.TERMINATE_CLUSTER
STOPPED = ev.StepEnd.STOPPED


def test_pending_step_is_cancelled_at_once_and_has_never_run() -> None:
    play = ready(CONTINUE, CONTINUE, CONTINUE)

    play.happen(ev.StepCancelRequested("s-4"))

    assert (play.effects, play.step_states) == ([], ["RUNNING", "PENDING", "CANCELLED"])
    step = play.cluster.steps["s-4"]
    assert (step.started_at, step.ended_at, step.reason.message) == (None, None, "Cancelled by user")


@pytest.mark.parametrize("force", [False, True])
def test_running_step_is_cancelled_once_its_process_is_gone(force: bool) -> None:
    play = ready(CONTINUE)

    play.happen(ev.StepCancelRequested("s-2", force))
    assert play.effects == [ev.StopStep("j-PLAY", "s-2", force)]
    assert (play.step_states, play.state) == (["CANCEL_PENDING"], ClusterState.RUNNING)

    play.finish("s-2", STOPPED)
    assert (play.step_states, play.state) == (["CANCELLED"], ClusterState.WAITING)
    assert play.cluster.steps["s-2"].ended_at == play.now


def test_next_step_starts_only_when_the_cancelled_one_is_gone() -> None:
    play = ready(CONTINUE, CONTINUE)

    play.happen(ev.StepCancelRequested("s-2"))
    assert play.step_states == ["CANCEL_PENDING", "PENDING"]

    play.finish("s-2", STOPPED)
    assert play.effects == [ev.StartStep("j-PLAY", "s-3")]


@pytest.mark.parametrize("action", ActionOnFailure)
def test_cancelled_step_does_not_trigger_its_action_on_failure(action: ActionOnFailure) -> None:
    play = ready(action, CONTINUE)

    play.happen(ev.StepCancelRequested("s-2")).finish("s-2", STOPPED)

    assert (play.step_states, play.state) == (["CANCELLED", "RUNNING"], ClusterState.RUNNING)


@pytest.mark.parametrize(
    ("end", "state"), [(ev.StepEnd.SUCCEEDED, "COMPLETED"), (ev.StepEnd.FAILED, "FAILED")]
)
def test_cancel_that_comes_too_late_leaves_the_end_to_the_step(end: ev.StepEnd, state: str) -> None:
    play = ready(CONTINUE)

    play.happen(ev.StepCancelRequested("s-2")).finish("s-2", end)

    assert play.step_states == [state]


def test_step_that_fails_before_its_cancel_is_seen_triggers_its_action_on_failure() -> None:
    play = ready(TERMINATE, CONTINUE)

    play.happen(ev.StepCancelRequested("s-2")).fail("s-2")

    assert (play.step_states, play.state) == (["FAILED", "CANCELLED"], ClusterState.SHUTTING_DOWN)


def test_cancelling_is_idempotent_but_may_grow_stronger() -> None:
    play = ready(CONTINUE).happen(ev.StepCancelRequested("s-2"))

    assert play.happen(ev.StepCancelRequested("s-2")).effects == []
    assert play.happen(ev.StepCancelRequested("s-2", force=True)).effects == [
        ev.StopStep("j-PLAY", "s-2", force=True)
    ]
    assert play.finish("s-2", STOPPED).happen(ev.StepCancelRequested("s-2", force=True)).effects == []
    assert play.step_states == ["CANCELLED"]


def test_cluster_whose_last_step_is_cancelled_ends_unless_it_is_kept_alive() -> None:
    ending = ready(CONTINUE, CONTINUE, keep_alive=False)
    ending.happen(ev.StepCancelRequested("s-3")).finish("s-2")

    assert (ending.state, ending.cluster.reason.message) == (ClusterState.SHUTTING_DOWN, "Steps completed")


def test_cluster_whose_steps_are_cancelled_before_it_is_ready_waits() -> None:
    play = bootstrapping(CONTINUE).happen(ev.StepCancelRequested("s-2"), ev.Bootstrapped())

    assert (play.state, play.step_states) == (ClusterState.WAITING, ["CANCELLED"])


def test_step_cancelled_while_its_cluster_is_terminated_is_interrupted() -> None:
    play = ready(CONTINUE).happen(ev.StepCancelRequested("s-2"), ev.TerminationRequested())

    play.finish("s-2", STOPPED)

    assert (play.step_states, play.effects) == (["INTERRUPTED"], [ev.Release("j-PLAY")])
