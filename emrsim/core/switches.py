"""Events that set something of a cluster and move it nowhere."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from emrsim.core import errors
from emrsim.core import events as ev
from emrsim.core.model import Cluster
from emrsim.core.states import ENDED_CLUSTERS, READY_CLUSTERS


def reject_if_ending(cluster: Cluster) -> None:
    """Raise ValidationException for a cluster that is shutting down or has ended."""
    if cluster.is_ending:
        raise errors.cluster_is_ending()


def scale(cluster: Cluster) -> list[ev.Effect]:
    """What a ready cluster with managed scaling needs."""
    if cluster.managed_scaling is None or cluster.state not in READY_CLUSTERS:
        return []
    return [ev.Scale(cluster.id)]


def _protection_set(cluster: Cluster, event: ev.TerminationProtectionSet, now: datetime) -> list[ev.Effect]:
    reject_if_ending(cluster)
    cluster.termination_protected = event.protected
    return []


def _visibility_set(cluster: Cluster, event: ev.VisibilitySet, now: datetime) -> list[ev.Effect]:
    reject_if_ending(cluster)
    cluster.visible_to_all_users = event.visible
    return []


def _replacement_set(
    cluster: Cluster, event: ev.UnhealthyNodeReplacementSet, now: datetime
) -> list[ev.Effect]:
    reject_if_ending(cluster)
    cluster.unhealthy_node_replacement = event.replace
    return []


def _extended_support_set(cluster: Cluster, event: ev.ExtendedSupportSet, now: datetime) -> list[ev.Effect]:
    reject_if_ending(cluster)
    cluster.extended_support = event.extended
    return []


def _managed_scaling_set(cluster: Cluster, event: ev.ManagedScalingSet, now: datetime) -> list[ev.Effect]:
    reject_if_ending(cluster)
    cluster.managed_scaling = event.policy
    return scale(cluster)


def _auto_scaling_set(cluster: Cluster, event: ev.AutoScalingSet, now: datetime) -> list[ev.Effect]:
    reject_if_ending(cluster)
    cluster.groups[event.group_id].auto_scaling = event.policy
    return []


def _tags_added(cluster: Cluster, event: ev.TagsAdded, now: datetime) -> list[ev.Effect]:
    _reject_tags_if_ended(cluster)
    cluster.tags.update(event.tags)
    return []


def _tags_removed(cluster: Cluster, event: ev.TagsRemoved, now: datetime) -> list[ev.Effect]:
    _reject_tags_if_ended(cluster)
    for key in event.keys:
        cluster.tags.pop(key, None)
    return []


def _reject_tags_if_ended(cluster: Cluster) -> None:
    if cluster.state in ENDED_CLUSTERS:
        raise errors.tags_of_ended_cluster()


SWITCHES: dict[type, Callable[[Cluster, Any, datetime], list[ev.Effect]]] = {
    ev.TerminationProtectionSet: _protection_set,
    ev.VisibilitySet: _visibility_set,
    ev.UnhealthyNodeReplacementSet: _replacement_set,
    ev.ExtendedSupportSet: _extended_support_set,
    ev.ManagedScalingSet: _managed_scaling_set,
    ev.AutoScalingSet: _auto_scaling_set,
    ev.TagsAdded: _tags_added,
    ev.TagsRemoved: _tags_removed,
}
