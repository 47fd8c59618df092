"""The auto-termination policy: a cluster that has waited for steps long enough ends."""

from __future__ import annotations

from datetime import timedelta

import pytest

from emrsim.core import events as ev
from emrsim.core.errors import EmrError
from emrsim.core.states import ClusterState
from tests.core.clusters import CONTINUE, Play, ready

# The clock of a Play goes a minute with each event.
TEN, TWENTY = timedelta(minutes=10), timedelta(minutes=20)


def time_out(play: Play, awaited: ev.Effect) -> Play:
    """Let the moment come that an effect waits for."""
    assert isinstance(awaited, ev.AwaitIdleTimeout)
    play.now = max(play.now, awaited.deadline)
    return play.happen(ev.IdleTimedOut(awaited.idle_since))


def test_idle_cluster_ends_by_its_timeout() -> None:
    play = ready(idle_timeout=TEN)
    (awaited,) = play.effects
    assert awaited == ev.AwaitIdleTimeout("j-PLAY", play.now, play.now + TEN)

    time_out(play, awaited)

    assert play.state is ClusterState.SHUTTING_DOWN
    assert play.happen(ev.Released()).state is ClusterState.TERMINATED
    assert play.cluster.reason.code == "USER_REQUEST"


def test_step_in_between_restarts_the_idle_time() -> None:
    play = ready(idle_timeout=TEN)
    (first,) = play.effects
    play.add(CONTINUE).finish("s-2")
    (second,) = play.effects

    assert time_out(play, first).state is ClusterState.WAITING
    assert time_out(play, second).state is ClusterState.SHUTTING_DOWN


def test_working_cluster_does_not_time_out() -> None:
    play = ready(idle_timeout=TEN)
    (first,) = play.effects
    play.add(CONTINUE)

    assert time_out(play, first).state is ClusterState.RUNNING


def test_removed_policy_lets_the_cluster_idle() -> None:
    play = ready(idle_timeout=TEN)
    (awaited,) = play.effects
    assert play.happen(ev.IdleTimeoutSet(None)).effects == []

    assert time_out(play, awaited).state is ClusterState.WAITING


def test_longer_timeout_overtakes_the_shorter_one() -> None:
    play = ready(idle_timeout=TEN)
    (first,) = play.effects
    (second,) = play.happen(ev.IdleTimeoutSet(TWENTY)).effects

    assert time_out(play, first).state is ClusterState.WAITING
    assert time_out(play, second).state is ClusterState.SHUTTING_DOWN


def test_policy_set_on_an_idle_cluster_counts_from_its_last_step() -> None:
    play = ready(CONTINUE).finish("s-2")
    idle_since = play.now
    play.now += TWENTY

    (awaited,) = play.happen(ev.IdleTimeoutSet(TEN)).effects

    assert awaited == ev.AwaitIdleTimeout("j-PLAY", idle_since, idle_since + TEN)


def test_policy_of_a_cluster_that_is_ending_cannot_be_set() -> None:
    play = ready().happen(ev.TerminationRequested())

    with pytest.raises(EmrError, match="may not be modified"):
        play.happen(ev.IdleTimeoutSet(TEN))
