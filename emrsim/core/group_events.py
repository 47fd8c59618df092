"""Events about the instance groups and fleets of a cluster, which stays in its state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from emrsim.core import errors
from emrsim.core import events as ev
from emrsim.core.groups import add_groups, begin_resize, finish_resize, is_resizable, move_group
from emrsim.core.model import Cluster, InstanceGroup
from emrsim.core.states import GROUP_MOVES, LAUNCHING_CLUSTERS, READY_CLUSTERS, GroupMove, GroupState
from emrsim.core.switches import reject_if_ending, scale
from emrsim.core.transitions import InvalidTransition


def _groups_added(cluster: Cluster, event: ev.GroupsAdded, now: datetime) -> list[ev.Effect]:
    """Groups added before the cluster is ready come up with the others."""
    reject_if_ending(cluster)
    add_groups(cluster, event.groups, event.instances)
    if cluster.state in LAUNCHING_CLUSTERS:
        return []
    return [ev.ProvisionGroup(cluster.id, group.id) for group in event.groups]


def _group_provisioned(cluster: Cluster, event: ev.GroupProvisioned, now: datetime) -> list[ev.Effect]:
    move_group(cluster, event.group_id, GroupMove.MACHINES_UP, now)
    return [ev.BootstrapGroup(cluster.id, event.group_id)]


def _group_bootstrapped(cluster: Cluster, event: ev.GroupBootstrapped, now: datetime) -> list[ev.Effect]:
    move_group(cluster, event.group_id, GroupMove.READY, now)
    return scale(cluster)


def _resize_requested(cluster: Cluster, event: ev.ResizeRequested, now: datetime) -> list[ev.Effect]:
    check_resize(cluster, cluster.groups[event.group_id], event.count)
    begin_resize(cluster, event, now)
    return [ev.Resize(cluster.id, event.group_id, event.count, event.first, event.last)]


def _resized(cluster: Cluster, event: ev.Resized, now: datetime) -> list[ev.Effect]:
    finish_resize(cluster, event, now)
    return scale(cluster)


def _group_modified(cluster: Cluster, event: ev.GroupModified, now: datetime) -> list[ev.Effect]:
    group = cluster.groups[event.group_id]
    if event.reconfigures:
        check_reconfiguration(cluster, group)
    reject_if_ending(cluster)
    group.changed = {**group.changed, **event.members}
    if not event.reconfigures:
        return []
    group.configurations_version += 1
    move_group(cluster, group.id, GroupMove.RECONFIGURE, now)
    return [ev.Reconfigure(cluster.id, group.id, group.configurations_version)]


def _reconfigured(cluster: Cluster, event: ev.Reconfigured, now: datetime) -> list[ev.Effect]:
    """A reconfiguration that another one has overtaken changes nothing: the other's end will follow."""
    group = cluster.groups[event.group_id]
    if group.configurations_version != event.version:
        return []
    group.applied_configurations = group.configurations
    group.applied_version = event.version
    if group.state is GroupState.RECONFIGURING:
        move_group(cluster, group.id, GroupMove.RECONFIGURED, now)
    return []


def _group_stuck(cluster: Cluster, event: ev.GroupStuck, now: datetime) -> list[ev.Effect]:
    if cluster.state not in READY_CLUSTERS or event.group_id not in cluster.groups:
        raise InvalidTransition(cluster, event)
    move_group(cluster, event.group_id, GroupMove.ARREST if event.arrested else GroupMove.SUSPEND, now)
    cluster.groups[event.group_id].reason = event.reason
    return []


def check_reconfiguration(cluster: Cluster, group: InstanceGroup) -> None:
    """Raise the error that a reconfiguration of `group` is rejected with, if it is."""
    reject_if_ending(cluster)
    if cluster.state not in READY_CLUSTERS or (group.state, GroupMove.RECONFIGURE) not in GROUP_MOVES:
        raise errors.group_not_modifiable()


def check_resize(cluster: Cluster, group: InstanceGroup, count: int) -> None:
    """Raise the error that a resize of `group` to `count` instances is rejected with, if it is."""
    reject_if_ending(cluster)
    if cluster.state not in READY_CLUSTERS or not is_resizable(group):
        raise errors.group_not_modifiable()
    if group.request.role == "MASTER":
        raise errors.master_group_resize()
    if count < 0:
        raise errors.negative_group_size()


GROUP_EVENTS: dict[type, Callable[[Cluster, Any, datetime], list[ev.Effect]]] = {
    ev.GroupsAdded: _groups_added,
    ev.GroupProvisioned: _group_provisioned,
    ev.GroupBootstrapped: _group_bootstrapped,
    ev.ResizeRequested: _resize_requested,
    ev.Resized: _resized,
    ev.GroupModified: _group_modified,
    ev.Reconfigured: _reconfigured,
    ev.GroupStuck: _group_stuck,
}
