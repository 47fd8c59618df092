"""The rows of what to do on waking: one for each state, and none that lies about what ran."""

from __future__ import annotations

from enum import Enum

import pytest

from emrsim.core import events as ev
from emrsim.core.states import ActionOnFailure, ClusterState, GroupState, StepState
from emrsim.core.waking import CLUSTERS, GROUPS, STEPS, waking
from tests.core.clusters import ready


@pytest.mark.parametrize(
    ("table", "states"), [(CLUSTERS, ClusterState), (STEPS, StepState), (GROUPS, GroupState)]
)
def test_there_is_a_row_for_every_state(table: dict[Enum, object], states: type[Enum]) -> None:
    assert set(table) == set(states)


def test_no_step_is_completed_by_waking() -> None:
    for state in StepState:
        play = ready(ActionOnFailure.CONTINUE)
        step = next(iter(play.cluster.steps.values()))
        step.state = state
        ends = [event.end for event in waking(play.cluster).events if isinstance(event, ev.StepFinished)]
        assert ev.StepEnd.SUCCEEDED not in ends


def test_step_that_is_to_run_again_is_not_failed() -> None:
    play = ready(ActionOnFailure.CONTINUE)
    step = next(one for one in play.cluster.steps.values() if one.state is StepState.RUNNING)

    assert waking(play.cluster, [step.id]).events == [ev.StepRequeued(step.id)]


def test_reconfiguration_that_was_under_way_is_carried_out() -> None:
    play = ready(ActionOnFailure.CONTINUE)
    group = next(iter(play.cluster.groups.values()))
    group.state, group.configurations_version = GroupState.RECONFIGURING, 3

    effects = waking(play.cluster).effects

    assert ev.Reconfigure(play.cluster.id, group.id, 3) in effects
    assert ev.Resize(play.cluster.id, group.id, group.requested_count) in effects
