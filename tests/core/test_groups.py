"""Instance groups: how they come up, change their size and go."""

from __future__ import annotations

import pytest

from emrsim.core import events as ev
from emrsim.core.errors import EmrError
from emrsim.core.states import GroupState, InstanceState
from emrsim.core.transitions import InvalidTransition
from tests.core.clusters import Play, bootstrapping, ready, starting

G = GroupState


def with_task_group(size: int = 2) -> tuple[Play, str]:
    """A waiting cluster with a task group that runs."""
    play = ready()
    group, machines = play.group(size=size)
    play.happen(ev.GroupsAdded((group,), machines))
    play.happen(ev.GroupProvisioned(group.id), ev.GroupBootstrapped(group.id))
    return play, group.id


def living(play: Play, group_id: str) -> list[str]:
    return [
        one.id for one in play.cluster.instances_of(group_id) if one.state is not InstanceState.TERMINATED
    ]


def test_groups_come_up_with_their_cluster() -> None:
    play = starting()
    (group,) = play.cluster.groups.values()
    seen = [group.state]
    for event in (ev.Provisioned(), ev.Bootstrapped(), ev.TerminationRequested(), ev.Released()):
        play.happen(event)
        seen.append(group.state)

    assert seen == [G.PROVISIONING, G.BOOTSTRAPPING, G.RUNNING, G.RUNNING, G.TERMINATED]
    assert (group.reason.code, group.reason.message) == ("CLUSTER_TERMINATED", "Job flow terminated")


def test_instances_tell_that_their_cluster_was_terminated() -> None:
    play = ready().happen(ev.TerminationRequested(), ev.Released())

    (instance,) = play.cluster.instances.values()

    assert (instance.state, instance.ended_at) == (InstanceState.TERMINATED, play.now)
    assert (instance.reason.code, instance.reason.message) == (
        "CLUSTER_TERMINATED",
        "Cluster was terminated.",
    )


def test_group_added_to_a_ready_cluster_comes_up_on_its_own() -> None:
    play = ready()
    group, machines = play.group()

    assert play.happen(ev.GroupsAdded((group,), machines)).effects == [ev.ProvisionGroup("j-PLAY", group.id)]
    assert play.happen(ev.GroupProvisioned(group.id)).effects == [ev.BootstrapGroup("j-PLAY", group.id)]
    assert play.happen(ev.GroupBootstrapped(group.id)).effects == []
    assert (group.state, play.cluster.running_count(group.id)) == (G.RUNNING, 1)


@pytest.mark.parametrize("launch", [starting, bootstrapping])
def test_group_added_during_the_launch_comes_up_with_the_others(launch: object) -> None:
    play = launch()  # type: ignore[operator]
    group, machines = play.group()
    rest = [ev.Bootstrapped()] if launch is bootstrapping else [ev.Provisioned(), ev.Bootstrapped()]

    assert play.happen(ev.GroupsAdded((group,), machines)).effects == []
    play.happen(*rest)

    assert (group.state, play.cluster.running_count(group.id)) == (G.RUNNING, 1)


def test_growing_group_keeps_its_instances_while_it_grows() -> None:
    play, group_id = with_task_group(2)

    play.happen(ev.ResizeRequested(group_id, 3, play.instances(group_id, 1)))
    group = play.cluster.groups[group_id]
    assert (group.state, group.requested_count, play.cluster.running_count(group_id)) == (G.RESIZING, 3, 2)

    play.happen(ev.Resized(group_id, 3))
    assert (group.state, play.cluster.running_count(group_id)) == (G.RUNNING, 3)


def test_shrinking_group_lets_its_youngest_go() -> None:
    play, group_id = with_task_group(3)
    oldest, *youngest = play.cluster.instances_of(group_id)

    play.happen(ev.ResizeRequested(group_id, 1), ev.Resized(group_id, 1))

    assert living(play, group_id) == [oldest.id]
    assert {one.reason.message for one in youngest} == {"Instance was removed by a resize of its group"}


def test_resize_that_was_overtaken_changes_nothing() -> None:
    play, group_id = with_task_group(1)
    play.happen(ev.ResizeRequested(group_id, 3, play.instances(group_id, 2)), ev.ResizeRequested(group_id, 2))

    play.happen(ev.Resized(group_id, 3))
    assert play.cluster.groups[group_id].state is G.RESIZING

    play.happen(ev.Resized(group_id, 2))
    assert (play.cluster.groups[group_id].state, len(living(play, group_id))) == (G.RUNNING, 2)


def test_group_that_shrinks_and_grows_again_ends_with_the_size_last_asked_for() -> None:
    play, group_id = with_task_group(5)
    play.happen(ev.ResizeRequested(group_id, 2), ev.ResizeRequested(group_id, 5, play.instances(group_id, 3)))

    play.happen(ev.Resized(group_id, 2), ev.Resized(group_id, 5))

    assert len(living(play, group_id)) == play.cluster.running_count(group_id) == 5


def test_group_may_be_resized_only_when_the_cluster_is_ready() -> None:
    play = bootstrapping()
    group, machines = play.group()
    play.happen(ev.GroupsAdded((group,), machines))

    with pytest.raises(EmrError, match="only be modified when the cluster is running or waiting"):
        play.happen(ev.ResizeRequested(group.id, 2))


def test_master_group_cannot_be_resized() -> None:
    play = ready()

    with pytest.raises(EmrError, match="master"):
        play.happen(ev.ResizeRequested(next(iter(play.cluster.groups)), 2))


def test_group_cannot_be_ready_twice() -> None:
    play, group_id = with_task_group()

    with pytest.raises(InvalidTransition, match=group_id):
        play.happen(ev.GroupBootstrapped(group_id))
