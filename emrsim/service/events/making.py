"""From what has happened to a cluster to AWS's events of it."""

from __future__ import annotations

from collections.abc import Iterator

from emrsim.core.events import AutoScalingSet, Restored
from emrsim.core.model import Change
from emrsim.core.states import GroupState
from emrsim.service.events.clusters import of_cluster, of_step
from emrsim.service.events.event import Told
from emrsim.service.events.groups import of_group
from emrsim.service.events.policies import of_group_that_is_up, of_new_group, of_policy
from emrsim.service.stream import Happened


def told_of(happened: Happened) -> Iterator[Told]:
    """What there is to tell, in order. A cluster that a seed or snapshot puts there tells nothing of it."""
    if isinstance(happened.event, Restored):
        return
    for change in happened.changes:
        yield from _of_change(happened, change)
    if isinstance(happened.event, AutoScalingSet):
        yield from of_policy(happened.cluster, happened.event, happened.time)


def _of_change(happened: Happened, change: Change) -> Iterator[Told]:
    cluster, now = happened.cluster, happened.time
    if change.part == "group":
        group = cluster.groups[change.id]
        if change.before is None:
            yield from of_new_group(cluster, group, now)
        yield from of_group(cluster, change, happened.cause, now)
        if change.before == GroupState.BOOTSTRAPPING and change.after == GroupState.RUNNING:
            yield from of_group_that_is_up(cluster, group, now)
        return
    told = (of_step if change.part == "step" else of_cluster)(cluster, change, now)
    if told is not None:
        yield told
