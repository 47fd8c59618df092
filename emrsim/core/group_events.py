"""Events about the instance groups and fleets of a cluster, which stays in its state."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from emrsim.core import errors
from emrsim.core import events as ev
from emrsim.core.groups import add_groups, begin_resize, finish_resize, is_resizable, move_group
from emrsim.core.model import Cluster, InstanceGroup
from emrsim.core.states import LAUNCHING_CLUSTERS, READY_CLUSTERS, GroupMove
from emrsim.core.switches import refuse_if_ending, scale


def _groups_added(cluster: Cluster, event: ev.GroupsAdded, now: datetime) -> list[ev.Effect]:
    """Groups added before the cluster is ready come up with the others."""
    refuse_if_ending(cluster)
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
    return [ev.Resize(cluster.id, event.group_id, event.count)]


def _resized(cluster: Cluster, event: ev.Resized, now: datetime) -> list[ev.Effect]:
    finish_resize(cluster, event, now)
    return scale(cluster)


def check_resize(cluster: Cluster, group: InstanceGroup, count: int) -> None:
    """Raise what a resize of `group` to `count` instances is refused with, if it is."""
    refuse_if_ending(cluster)
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
}
