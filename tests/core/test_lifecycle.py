"""The lifecycle of a cluster: which event moves it where, and which cannot happen at all."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from itertools import product

import pytest

from emrsim.core import events as ev
from emrsim.core.errors import EmrError
from emrsim.core.lifecycle import LATE, RELEASES
from emrsim.core.limits import ACTIVE_STEPS_MAX
from emrsim.core.model import Reason
from emrsim.core.states import (
    CLUSTER_MOVES,
    CLUSTER_STATE_NAMES,
    ENDED_CLUSTERS,
    ENDED_STEPS,
    ENDING_CLUSTERS,
    GROUP_MOVES,
    READY_CLUSTERS,
    STEP_MOVES,
    ActionOnFailure,
    ClusterMove,
    ClusterState,
    GroupMove,
    GroupState,
    StepMove,
    StepState,
)
from emrsim.core.transitions import InvalidTransition, after_move
from tests.core.clusters import (
    CONTINUE,
    START,
    Play,
    bootstrapping,
    in_state,
    new_cluster,
    ready,
    starting,
)

S = ClusterState
TERMINATE = ActionOnFailure.TERMINATE_CLUSTER
TERMINATE_OLD = ActionOnFailure.TERMINATE_JOB_FLOW
WAIT = ActionOnFailure.CANCEL_AND_WAIT
LIVING = frozenset(S) - ENDING_CLUSTERS - {S.NEW}


def events_by_kind(play: Play) -> dict[type, ev.Event]:
    """An event of each kind, as fitting to the cluster as can be."""
    group, machines = play.group()
    master = next(iter(play.cluster.groups), "ig-none")
    occupying = [step.id for step in play.cluster.occupying_steps]
    made: list[ev.Event] = [
        ev.ClusterRequested((), (group,), machines),
        ev.Restored(S.WAITING, (), (group,), machines),
        ev.Provisioned(),
        ev.Bootstrapped(),
        ev.FirstStepTimedOut(),
        ev.ClusterFailed("INTERNAL_ERROR", "An internal error occurred."),
        ev.StepsAdded(play.steps(CONTINUE)),
        ev.StepFinished(occupying[0] if occupying else "s-none", ev.StepEnd.SUCCEEDED),
        ev.TerminationRequested(),
        ev.Released(),
        ev.TerminationProtectionSet(True),
        ev.VisibilitySet(False),
        ev.KeepAliveSet(True),
        ev.TagsAdded((("k", "v"),)),
        ev.TagsRemoved(("k",)),
        ev.GroupsAdded((group,), machines),
        ev.GroupProvisioned(master),
        ev.GroupBootstrapped(master),
        ev.ResizeRequested(master, 1),
        ev.Resized(master, 1),
        ev.InstancesLost(master, (), Reason("INSTANCE_FAILURE", "Instance failed")),
        ev.StepCancelRequested(occupying[0] if occupying else "s-none"),
        ev.IdleTimedOut(START),
        ev.StepConcurrencySet(2),
        ev.IdleTimeoutSet(timedelta(hours=1)),
        ev.UnhealthyNodeReplacementSet(True),
        ev.ExtendedSupportSet(True),
        ev.ManagedScalingSet({}),
        ev.AutoScalingSet(master, {}),
    ]
    return {type(event): event for event in made}


CALLS = {
    ev.StepsAdded,
    ev.TerminationProtectionSet,
    ev.VisibilitySet,
    ev.KeepAliveSet,
    ev.TagsAdded,
    ev.TagsRemoved,
    ev.GroupsAdded,
    ev.ResizeRequested,
    ev.StepConcurrencySet,
    ev.IdleTimeoutSet,
    ev.UnhealthyNodeReplacementSet,
    ev.ExtendedSupportSet,
    ev.ManagedScalingSet,
    ev.AutoScalingSet,
}
# Where each kind of event has an effect, besides the calls: these are refused, never impossible.
HAPPENS_IN: dict[type, frozenset[ClusterState]] = {
    ev.ClusterRequested: frozenset({S.NEW}),
    ev.Restored: frozenset({S.NEW}),
    ev.Provisioned: frozenset({S.STARTING}),
    ev.Bootstrapped: frozenset({S.BOOTSTRAPPING}),
    ev.FirstStepTimedOut: READY_CLUSTERS,  # of one that has had its step, which changes nothing
    ev.ClusterFailed: LIVING,
    ev.StepFinished: frozenset({S.RUNNING}),
    ev.TerminationRequested: LIVING,
    ev.Released: frozenset({S.SHUTTING_DOWN}),
    ev.GroupProvisioned: frozenset({S.STARTING}),
    ev.GroupBootstrapped: frozenset({S.BOOTSTRAPPING}),
    ev.StepCancelRequested: frozenset({S.RUNNING}),
    ev.IdleTimedOut: LIVING,  # of an idleness long past, which changes nothing
    ev.InstancesLost: READY_CLUSTERS,
    ev.Resized: LIVING,  # of a group that is not being resized: an overtaken one, which changes nothing
}
KINDS = [*events_by_kind(new_cluster())]


@pytest.mark.parametrize(
    ("state", "kind"), [*product(S, KINDS)], ids=lambda value: getattr(value, "__name__", value)
)
def test_every_pair_of_state_and_event_happens_is_late_is_refused_or_cannot_be(
    state: ClusterState, kind: type
) -> None:
    play = in_state(state)
    before = deepcopy(play.cluster)
    event = events_by_kind(play)[kind]

    if (state, kind) in LATE:
        assert play.happen(event).effects == []
        assert play.cluster == before
    elif state in HAPPENS_IN.get(kind, frozenset()) or (kind in CALLS and state is not S.NEW):
        happens_or_is_refused(play, event)
    else:
        with pytest.raises(InvalidTransition):
            play.happen(event)


def happens_or_is_refused(play: Play, event: ev.Event) -> None:
    """Either it is in the story, or the client gets an error and nothing has changed."""
    before = deepcopy(play.cluster)
    try:
        play.happen(event)
    except EmrError:
        assert play.cluster == before
    else:
        assert play.cluster.story[-1] == (play.now, event)


@pytest.mark.parametrize(
    ("table", "states", "moves"),
    [
        (CLUSTER_MOVES, S, ClusterMove),
        (STEP_MOVES, StepState, StepMove),
        (GROUP_MOVES, GroupState, GroupMove),
    ],
)
def test_pair_that_is_in_no_table_raises_with_the_story(table: dict, states: type, moves: type) -> None:  # type: ignore[type-arg]
    cluster = ready(CONTINUE).cluster
    missing = [pair for pair in product(states, moves) if pair not in table]  # type: ignore[call-overload]

    assert missing
    for state, move in missing:
        with pytest.raises(InvalidTransition, match=r"j-PLAY is RUNNING.*(?s:.)*Provisioned\(\)"):
            after_move(table, state, move, cluster, "cluster", cluster.id)


def test_every_move_leads_somewhere_from_somewhere() -> None:
    assert {move for _, move in CLUSTER_MOVES} == set(ClusterMove)
    assert {move for _, move in STEP_MOVES} == set(StepMove)
    assert {move for _, move in GROUP_MOVES} == set(GroupMove)


def test_every_state_is_left_unless_it_is_an_end() -> None:
    assert {state for state, _ in CLUSTER_MOVES} == set(S) - ENDED_CLUSTERS
    assert {state for state, _ in STEP_MOVES} == set(StepState) - ENDED_STEPS


def test_every_state_but_the_first_is_entered() -> None:
    assert set(CLUSTER_MOVES.values()) == set(S) - {S.NEW}
    assert set(STEP_MOVES.values()) == set(StepState)  # PENDING after a restart
    assert set(GROUP_MOVES.values()) == set(GroupState) - {GroupState.PROVISIONING}


def test_every_beginning_of_an_end_has_its_release() -> None:
    beginnings = {move for (_, move), target in CLUSTER_MOVES.items() if target is S.SHUTTING_DOWN}

    assert set(RELEASES) == beginnings


def test_every_state_a_client_can_see_has_a_name_in_the_newer_interface() -> None:
    assert set(CLUSTER_STATE_NAMES) == set(S) - {S.NEW}


def test_cluster_goes_through_every_state_in_turn() -> None:
    play = starting(CONTINUE, keep_alive=False)
    (step_id,) = play.cluster.steps
    seen = [play.state]
    for event in (
        ev.Provisioned(),
        ev.Bootstrapped(),
        ev.StepFinished(step_id, ev.StepEnd.SUCCEEDED),
        ev.Released(),
    ):
        seen.append(play.happen(event).state)

    assert seen == [S.STARTING, S.BOOTSTRAPPING, S.RUNNING, S.SHUTTING_DOWN, S.COMPLETED]


def test_each_part_of_the_launch_asks_for_the_next() -> None:
    play = starting(CONTINUE)
    (step_id,) = play.cluster.steps

    assert play.effects == [ev.Provision("j-PLAY")]
    assert play.happen(ev.Provisioned()).effects == [ev.Bootstrap("j-PLAY")]
    assert play.happen(ev.Bootstrapped()).effects == [ev.StartStep("j-PLAY", step_id)]


@pytest.mark.parametrize(
    ("keep_alive", "state", "message"),
    [(True, S.WAITING, "Waiting for steps to run"), (False, S.SHUTTING_DOWN, "Steps completed")],
)
def test_cluster_without_a_step_waits_only_if_it_is_kept_alive(
    keep_alive: bool, state: ClusterState, message: str
) -> None:
    play = ready(keep_alive=keep_alive)

    assert (play.state, play.cluster.reason.message) == (state, message)


def test_step_added_to_a_waiting_cluster_runs() -> None:
    play = ready().add(CONTINUE)
    (step_id,) = play.cluster.steps

    assert play.state is S.RUNNING
    assert play.effects == [ev.StartStep("j-PLAY", step_id)]


def test_step_added_while_bootstrapping_runs_when_that_is_done() -> None:
    play = bootstrapping().add(CONTINUE)
    assert play.effects == []

    play.happen(ev.Bootstrapped())

    assert (play.state, play.step_states) == (S.RUNNING, ["RUNNING"])


def test_steps_run_first_in_first_out_one_at_a_time() -> None:
    play = ready(CONTINUE, CONTINUE, CONTINUE)
    order = list(play.cluster.steps)

    for number, step_id in enumerate(order):
        assert play.step_states == ["COMPLETED"] * number + ["RUNNING"] + ["PENDING"] * (2 - number)
        play.finish(step_id)

    assert play.state is S.WAITING


def test_steps_run_side_by_side_up_to_the_level_of_concurrency() -> None:
    play = ready(*[CONTINUE] * 4, concurrency=2)
    assert play.step_states == ["RUNNING", "RUNNING", "PENDING", "PENDING"]

    second = list(play.cluster.steps)[1]
    play.finish(second)

    assert play.step_states == ["RUNNING", "COMPLETED", "RUNNING", "PENDING"]


def test_failed_step_ends_nothing_where_steps_run_side_by_side() -> None:
    play = ready(TERMINATE, TERMINATE, TERMINATE, concurrency=2)

    play.fail(next(iter(play.cluster.steps)))

    assert (play.state, play.step_states) == (S.RUNNING, ["FAILED", "RUNNING", "RUNNING"])


ENDS = (S.SHUTTING_DOWN, "CANCELLED", "STEP_FAILURE", "Shut down as step failed")
STOPS = (S.WAITING, "CANCELLED", "", "Waiting after step failed")
STOPS_AND_ENDS = (S.SHUTTING_DOWN, "CANCELLED", "STEP_FAILURE", "Steps completed with errors")
GOES_ON = (S.RUNNING, "RUNNING", "", "Running step")


@pytest.mark.parametrize(
    ("action", "keep_alive", "protected", "expected"),
    [
        (TERMINATE, True, False, ENDS),
        (TERMINATE, False, False, ENDS),
        (TERMINATE, True, True, STOPS),
        (TERMINATE, False, True, ENDS),
        (TERMINATE_OLD, True, False, ENDS),
        (TERMINATE_OLD, False, False, ENDS),
        (TERMINATE_OLD, True, True, STOPS),
        (TERMINATE_OLD, False, True, ENDS),
        (WAIT, True, False, STOPS),
        (WAIT, False, False, STOPS_AND_ENDS),
        (WAIT, True, True, STOPS),
        (WAIT, False, True, STOPS_AND_ENDS),
        (CONTINUE, True, False, GOES_ON),
        (CONTINUE, False, False, GOES_ON),
        (CONTINUE, True, True, GOES_ON),
        (CONTINUE, False, True, GOES_ON),
    ],
)
def test_action_on_failure_decides_on_the_rest(
    action: ActionOnFailure, keep_alive: bool, protected: bool, expected: tuple[ClusterState, str, str, str]
) -> None:
    play = ready(action, CONTINUE, keep_alive=keep_alive, protected=protected)
    first, second = play.cluster.steps.values()

    play.fail(first.id)

    reason = play.cluster.reason
    assert first.state is StepState.FAILED
    assert (play.state, second.state.value, reason.code, reason.message) == expected


@pytest.mark.parametrize(
    ("action", "keep_alive", "state", "code"),
    [
        (TERMINATE, False, S.FAILED, "STEP_FAILURE"),
        (WAIT, False, S.COMPLETED, "STEP_FAILURE"),
        (CONTINUE, False, S.COMPLETED, "STEP_FAILURE"),
    ],
)
def test_cluster_of_a_failed_step_keeps_its_reason_to_the_end(
    action: ActionOnFailure, keep_alive: bool, state: ClusterState, code: str
) -> None:
    play = ready(action, keep_alive=keep_alive)

    play.fail(next(iter(play.cluster.steps))).happen(ev.Released())

    assert (play.state, play.cluster.reason.code) == (state, code)


def test_failed_step_tells_what_the_engine_said_of_it() -> None:
    play = ready(CONTINUE)
    (step,) = play.cluster.steps.values()

    play.fail(step.id)

    assert (step.failure is not None, step.reason.message) == (True, "it did not work")


@pytest.mark.parametrize(
    ("release_label", "message"),
    [
        (None, "Waiting after step completed"),
        ("emr-5.36.0", "Cluster ready after last step completed."),
    ],
)
def test_waiting_cluster_says_how_its_last_step_ended(release_label: str | None, message: str) -> None:
    options = {"release_label": release_label} if release_label else {}
    play = ready(CONTINUE, CONTINUE, **options)
    first, second = play.cluster.steps

    play.fail(first).finish(second)

    assert play.cluster.reason.message == message


@pytest.mark.parametrize(
    ("release_label", "messages"),
    [
        (
            None,
            ["Starting instances", "Running bootstrap actions", "Waiting for steps to run", "Running step"],
        ),
        (
            "emr-5.36.0",
            [
                "Provisioning Amazon EC2 capacity",
                "Configuring cluster software",
                "Cluster ready to run steps.",
                "Running step",
            ],
        ),
    ],
)
def test_each_era_words_its_states_in_its_own_way(release_label: str | None, messages: list[str]) -> None:
    play = starting(**{"release_label": release_label} if release_label else {})
    seen = [play.cluster.reason]
    for event in (ev.Provisioned(), ev.Bootstrapped(), ev.StepsAdded(play.steps(CONTINUE))):
        seen.append(play.happen(event).cluster.reason)

    assert [reason.message for reason in seen] == messages
    assert {reason.code for reason in seen} == {""}


def test_termination_stops_what_runs_and_drops_what_waits() -> None:
    play = ready(CONTINUE, CONTINUE)
    running, pending = play.cluster.steps.values()

    play.happen(ev.TerminationRequested())

    assert play.effects == [ev.StopStep("j-PLAY", running.id)]
    assert (running.state, pending.state) == (StepState.RUNNING, StepState.CANCELLED)
    assert (pending.reason.message, pending.started_at, pending.ended_at) == ("Job terminated", None, None)


def test_release_comes_only_after_the_last_process_is_gone() -> None:
    play = ready(CONTINUE, CONTINUE, concurrency=2).happen(ev.TerminationRequested())
    first, second = play.cluster.steps

    assert play.finish(first, ev.StepEnd.STOPPED).effects == []
    assert play.finish(second, ev.StepEnd.STOPPED).effects == [ev.Release("j-PLAY")]


def test_release_before_the_last_process_is_gone_cannot_be() -> None:
    play = ready(CONTINUE).happen(ev.TerminationRequested())

    with pytest.raises(InvalidTransition):
        play.happen(ev.Released())


@pytest.mark.parametrize(
    ("event", "state"),
    [
        (ev.TerminationRequested(), StepState.INTERRUPTED),
        (ev.ClusterFailed("INSTANCE_FAILURE", "The master node was terminated"), StepState.CANCELLED),
    ],
)
def test_stopped_step_is_called_by_what_ended_its_cluster(event: ev.Event, state: StepState) -> None:
    play = ready(CONTINUE).happen(event)
    (step,) = play.cluster.steps.values()

    play.finish(step.id, ev.StepEnd.STOPPED)

    assert (step.state, step.ended_at) == (state, play.now)


def test_step_that_succeeds_while_its_cluster_ends_is_completed() -> None:
    play = ready(CONTINUE).happen(ev.TerminationRequested())

    play.finish(next(iter(play.cluster.steps)))

    assert (play.step_states, play.state) == (["COMPLETED"], S.SHUTTING_DOWN)


@pytest.mark.parametrize("state", sorted(LIVING))
def test_termination_ends_a_cluster_in_any_living_state(state: ClusterState) -> None:
    play = in_state(state).happen(ev.TerminationRequested())

    reason = play.cluster.reason
    assert play.state is S.SHUTTING_DOWN
    assert (reason.code, reason.message) == ("USER_REQUEST", "Terminated by user request")


def test_protected_cluster_refuses_to_be_terminated() -> None:
    play = ready(protected=True)

    with pytest.raises(EmrError, match="termination protected"):
        play.happen(ev.TerminationRequested())

    assert play.state is S.WAITING


def test_protection_does_not_hold_up_a_cluster_out_of_steps() -> None:
    play = ready(CONTINUE, keep_alive=False, protected=True)

    play.finish(next(iter(play.cluster.steps)))

    assert play.state is S.SHUTTING_DOWN


def test_cluster_that_fails_before_it_is_ready_has_no_time_of_readiness() -> None:
    play = bootstrapping(CONTINUE)

    play.happen(ev.ClusterFailed("BOOTSTRAP_FAILURE", "bootstrap action 1 failed"), ev.Released())

    assert (play.state, play.cluster.ready_at, play.step_states) == (S.FAILED, None, ["CANCELLED"])
    assert play.cluster.reason.code == "BOOTSTRAP_FAILURE"


def test_waiting_cluster_ends_when_it_is_no_longer_kept_alive() -> None:
    play = ready().happen(ev.KeepAliveSet(False))
    assert play.state is S.SHUTTING_DOWN

    play.happen(ev.Released())

    assert (play.state, play.cluster.reason.code) == (S.COMPLETED, "ALL_STEPS_COMPLETED")


def test_running_cluster_that_is_no_longer_kept_alive_ends_after_its_steps() -> None:
    play = ready(CONTINUE)
    (step_id,) = play.cluster.steps

    states = [play.happen(ev.KeepAliveSet(False)).state, play.finish(step_id).state]

    assert states == [S.RUNNING, S.SHUTTING_DOWN]


def test_ending_cluster_may_not_be_modified() -> None:
    play = in_state(S.SHUTTING_DOWN)

    for event in (
        ev.StepsAdded(()),
        ev.TerminationProtectionSet(True),
        ev.VisibilitySet(True),
        ev.KeepAliveSet(True),
    ):
        with pytest.raises(EmrError, match="shutting down, terminated, or finished may not be modified"):
            play.happen(event)


def test_tags_can_be_changed_until_the_cluster_has_ended() -> None:
    play = in_state(S.SHUTTING_DOWN).happen(ev.TagsAdded((("k", "v"), ("l", ""))), ev.TagsRemoved(("k", "z")))
    assert play.cluster.tags == {"l": ""}

    play.happen(ev.Released())

    with pytest.raises(EmrError, match="Tags cannot be modified on terminated clusters"):
        play.happen(ev.TagsAdded((("k", "v"),)))


def test_no_more_than_256_steps_are_active() -> None:
    play = ready(*[CONTINUE] * ACTIVE_STEPS_MAX)

    with pytest.raises(EmrError, match="Maximum number of active steps"):
        play.add(CONTINUE)

    play.finish(next(iter(play.cluster.steps))).add(CONTINUE)
    assert len(play.cluster.active_steps) == ACTIVE_STEPS_MAX


def test_times_are_those_of_the_events() -> None:
    play = starting(CONTINUE, CONTINUE, keep_alive=False)
    assert play.cluster.created_at == START
    play.happen(ev.Provisioned(), ev.Bootstrapped())
    became_ready = play.now
    first, second = play.cluster.steps.values()

    play.finish(first.id)
    changed_over = play.now
    play.finish(second.id).happen(ev.Released())

    assert play.cluster.ready_at == first.started_at == became_ready
    assert first.ended_at == second.started_at == changed_over
    assert play.cluster.ended_at == play.now > second.ended_at > changed_over  # type: ignore[operator]


def test_event_after_the_first_is_needed_for_a_cluster_to_exist() -> None:
    with pytest.raises(InvalidTransition):
        new_cluster().happen(ev.TagsAdded((("k", "v"),)))


def test_end_of_a_step_nobody_knows_cannot_be() -> None:
    with pytest.raises(InvalidTransition, match="s-unknown"):
        ready(CONTINUE).finish("s-unknown")
