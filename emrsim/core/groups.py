"""What `core.lifecycle` does to a cluster's instance groups and instances."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime

from emrsim.core import texts
from emrsim.core.events import InstancesLost, Resized, ResizeRequested
from emrsim.core.model import Change, Cluster, Instance, InstanceGroup, Reason
from emrsim.core.states import GROUP_MOVES, GroupMove, GroupState, InstanceState
from emrsim.core.transitions import after_move

# A resize may end while the group is being reconfigured, or once it has been.
_RESIZED_IN = frozenset({GroupState.RESIZING, GroupState.RECONFIGURING, GroupState.RUNNING})


def add_groups(cluster: Cluster, groups: Iterable[InstanceGroup], instances: Iterable[Instance]) -> None:
    """Give `cluster` new groups with their instances, all still to be provisioned."""
    for group in groups:
        cluster.groups[group.id] = group
        cluster.changes.append(Change("group", group.id, None, group.state.value))
    cluster.instances.update((instance.id, instance) for instance in instances)


def provision_groups(cluster: Cluster, now: datetime) -> None:
    """The machines of all groups are up."""
    for group_id in cluster.groups:
        move_group(cluster, group_id, GroupMove.MACHINES_UP, now)


def bootstrap_groups(cluster: Cluster, now: datetime) -> None:
    """All groups are ready for work, those too that were added in the meantime."""
    for group in cluster.groups.values():
        if group.state is GroupState.PROVISIONING:
            move_group(cluster, group.id, GroupMove.MACHINES_UP, now)
        move_group(cluster, group.id, GroupMove.READY, now)


def release_groups(cluster: Cluster, now: datetime) -> None:
    """The machines are gone."""
    for group_id in cluster.groups:
        move_group(cluster, group_id, GroupMove.RELEASE, now)


def is_resizable(group: InstanceGroup) -> bool:
    return (group.state, GroupMove.RESIZE) in GROUP_MOVES


def begin_resize(cluster: Cluster, event: ResizeRequested, now: datetime) -> None:
    """Ask for another number of instances; the running ones stay until the resize is done."""
    move_group(cluster, event.group_id, GroupMove.RESIZE, now)
    group = cluster.groups[event.group_id]
    group.reason = Reason()
    group.requested_count = event.count
    group.capacity = event.capacity
    cluster.instances.update((instance.id, instance) for instance in event.instances)


def finish_resize(cluster: Cluster, event: Resized, now: datetime) -> None:
    """Bring up what is new, let the youngest go that are too many.

    A resize that another one has overtaken changes nothing: the other's end will follow.
    """
    group = cluster.groups[event.group_id]
    if group.requested_count != event.count or group.state not in _RESIZED_IN:
        return
    living = cluster.living_instances_of(group.id)
    for surplus in _surplus(group, _in_order(living, event.first, event.last)):
        _end_instance(surplus, texts.instance_removed(), now)
    if group.state is GroupState.RESIZING:
        move_group(cluster, group.id, GroupMove.RESIZED, now)
    else:
        _make_ready(living, now)


def _in_order(living: list[Instance], first: Collection[str], last: Collection[str]) -> list[Instance]:
    """The instances in the order in which they stay: those to go first at the end, then the youngest."""

    def rank(instance: Instance) -> int:
        return 2 if instance.id in first else 0 if instance.id in last else 1

    return sorted(living, key=rank)


def lose_instances(cluster: Cluster, event: InstancesLost, now: datetime) -> None:
    """End those instances, and give the group what is to replace them."""
    for instance_id in event.instance_ids:
        _end_instance(cluster.instances[instance_id], event.reason, now)
    cluster.instances.update((instance.id, instance) for instance in event.replacements)


def _surplus(group: InstanceGroup, living: list[Instance]) -> list[Instance]:
    """The youngest instances that the group, or the fleet in either market, can do without."""
    if group.capacity is None:
        return living[group.requested_count :]
    targets = {"ON_DEMAND": group.capacity.on_demand, "SPOT": group.capacity.spot}
    return [one for market, target in targets.items() for one in _surplus_of_market(living, market, target)]


def _surplus_of_market(living: list[Instance], market: str, target: int) -> list[Instance]:
    bought = [one for one in living if one.kind.market == market]
    capacity = sum(one.kind.weight for one in bought)
    surplus = []
    for instance in reversed(bought):
        if capacity - instance.kind.weight >= target:
            capacity -= instance.kind.weight
            surplus.append(instance)
    return surplus


def move_group(cluster: Cluster, group_id: str, move: GroupMove, now: datetime) -> None:
    """Move a group and its instances along GROUP_MOVES."""
    group = cluster.groups[group_id]
    group.state = after_move(GROUP_MOVES, group.state, move, cluster, "group", group_id)
    instances = list(cluster.instances_of(group_id))
    if move is GroupMove.MACHINES_UP:
        group.started_at = now
        _move_instances(instances, InstanceState.PROVISIONING, InstanceState.BOOTSTRAPPING)
    elif move in {GroupMove.READY, GroupMove.RESIZED}:
        group.ready_at = group.ready_at or now
        _make_ready(instances, now)
    elif move is GroupMove.RELEASE:
        group.ended_at = now
        group.reason = texts.group_terminated()
        for instance in instances:
            _end_instance(instance, texts.instance_terminated(), now)


def _move_instances(instances: Iterable[Instance], before: InstanceState, after: InstanceState) -> None:
    for instance in instances:
        if instance.state is before:
            instance.state = after


def _make_ready(instances: Iterable[Instance], now: datetime) -> None:
    for instance in instances:
        if instance.state in {InstanceState.PROVISIONING, InstanceState.BOOTSTRAPPING}:
            instance.state = InstanceState.RUNNING
            instance.ready_at = now


def _end_instance(instance: Instance, reason: Reason, now: datetime) -> None:
    if instance.state is not InstanceState.TERMINATED:
        instance.state = InstanceState.TERMINATED
        instance.reason = reason
        instance.ended_at = now
