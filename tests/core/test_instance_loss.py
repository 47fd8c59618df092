"""Instances that a cluster loses, and what becomes of it."""

from __future__ import annotations

import pytest

from emrsim.core import events as ev
from emrsim.core import texts
from emrsim.core.states import ActionOnFailure
from emrsim.core.transitions import InvalidTransition
from tests.core.clusters import Play, ready, starting

LOST = texts.instance_failed()


def with_task_group(size: int = 3) -> tuple[Play, str, list[str]]:
    """A waiting cluster, the id of its task group and those of the group's instances."""
    play = ready()
    group, instances = play.group("TASK", size)
    play.happen(ev.GroupsAdded((group,), instances))
    play.happen(ev.GroupProvisioned(group.id), ev.GroupBootstrapped(group.id))
    return play, group.id, [one.id for one in instances]


def test_lost_instance_is_replaced() -> None:
    play, group_id, (first, *_) = with_task_group()
    (new,) = play.instances(group_id, 1)

    play.happen(ev.InstancesLost(group_id, (first,), LOST, (new,)))

    cluster = play.cluster
    assert play.effects == [ev.Resize(cluster.id, group_id, 3)]
    assert (cluster.groups[group_id].state.value, cluster.running_count(group_id)) == ("RESIZING", 2)
    assert (cluster.instances[first].state.value, cluster.instances[first].reason) == ("TERMINATED", LOST)
    play.happen(ev.Resized(group_id, 3))
    assert (cluster.groups[group_id].state.value, cluster.running_count(group_id)) == ("RUNNING", 3)
    assert cluster.instances[first].ended_at is not None


def test_instances_without_replacement_stay_missing() -> None:
    play, group_id, (first, second, _) = with_task_group()

    play.happen(ev.InstancesLost(group_id, (first, second), texts.spot_interrupted()))

    assert (play.effects, play.cluster.running_count(group_id)) == ([], 1)
    assert play.cluster.groups[group_id].requested_count == 3
    assert play.state.value == "WAITING"


def test_cluster_without_master_fails_and_stops_its_steps() -> None:
    play = ready(ActionOnFailure.CONTINUE, ActionOnFailure.CONTINUE)
    master = play.cluster.master
    assert master is not None

    play.happen(ev.InstancesLost(master.group_id, (master.id,), LOST))

    assert play.effect_kinds == [ev.StopStep]
    assert (play.cluster.reason.code, play.cluster.reason.message) == (
        "INSTANCE_FAILURE",
        "The master node was terminated",
    )
    play.finish(play.cluster.occupying_steps[0].id, ev.StepEnd.STOPPED).happen(ev.Released())
    assert (play.state.value, play.step_states) == ("FAILED", ["CANCELLED", "CANCELLED"])


def test_cluster_that_launches_has_no_instances_to_lose() -> None:
    play = starting()

    with pytest.raises(InvalidTransition):
        play.happen(ev.InstancesLost(next(iter(play.cluster.groups)), (), LOST))


def test_remark_on_a_step_is_its_reason() -> None:
    play = ready(ActionOnFailure.CONTINUE)
    (step_id,) = play.cluster.steps

    play.happen(ev.StepFinished(step_id, ev.StepEnd.SUCCEEDED, remark="so they say"))

    assert play.cluster.steps[step_id].reason.message == "so they say"
