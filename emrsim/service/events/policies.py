"""Events of auto-scaling policies (source: docs/facts/events.md#when-severity-message)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from emrsim.core.events import AutoScalingSet
from emrsim.core.model import Cluster, InstanceGroup
from emrsim.core.states import GroupState
from emrsim.service.events.clusters import named
from emrsim.service.events.event import INFO, POLICY, Told, minute

# States of a group that has its machines.
_UP = frozenset({GroupState.RUNNING, GroupState.RESIZING, GroupState.RECONFIGURING})


def of_new_group(cluster: Cluster, group: InstanceGroup, now: datetime) -> Iterator[Told]:
    """The policy that a group was asked for with is attached once the group is up."""
    if group.auto_scaling is not None:
        yield _pending(cluster, group.id, is_update=False, now=now)


def of_group_that_is_up(cluster: Cluster, group: InstanceGroup, now: datetime) -> Iterator[Told]:
    """See `of_new_group`."""
    if group.auto_scaling is not None:
        yield _attached(cluster, group.id, now)


def of_policy(cluster: Cluster, event: AutoScalingSet, now: datetime) -> Iterator[Told]:
    """The events of PutAutoScalingPolicy and RemoveAutoScalingPolicy."""
    had_one = _had_one(cluster, event)
    if event.policy is None:
        if had_one:
            when = f"{_policy_of(cluster, event.group_id)} was detached at {minute(now)}."
            yield _told(cluster, event.group_id, "DETACHED", f"The {when}")
        return
    yield _pending(cluster, event.group_id, had_one, now)
    if cluster.groups[event.group_id].state in _UP:
        yield _attached(cluster, event.group_id, now)


def _had_one(cluster: Cluster, event: AutoScalingSet) -> bool:
    """Whether the group had a policy before this event, which is in the cluster's story already."""
    settings = (one for _, one in reversed(cluster.story) if isinstance(one, AutoScalingSet))
    earlier = (one for one in settings if one is not event and one.group_id == event.group_id)
    last = next(earlier, None)
    if last is not None:
        return last.policy is not None
    return cluster.groups[event.group_id].request.auto_scaling is not None


def _pending(cluster: Cluster, group_id: str, is_update: bool, now: datetime) -> Told:
    if is_update:
        message = f"The {_policy_of(cluster, group_id)} was updated at {minute(now)}."
    else:
        where = f"instance group {group_id} in Amazon EMR cluster {named(cluster)}"
        message = f"An Auto Scaling policy was added to {where} at {minute(now)}."
    return _told(cluster, group_id, "PENDING", f"{message} The policy is pending attachment.")


def _attached(cluster: Cluster, group_id: str, now: datetime) -> Told:
    message = f"The {_policy_of(cluster, group_id)} was attached at {minute(now)}."
    return _told(cluster, group_id, "ATTACHED", message)


def _policy_of(cluster: Cluster, group_id: str) -> str:
    return f"Auto Scaling policy for instance group {group_id} in Amazon EMR cluster {named(cluster)}"


def _told(cluster: Cluster, group_id: str, state: str, message: str) -> Told:
    return Told(
        POLICY,
        {
            "resourceId": group_id,
            "clusterId": cluster.id,
            "state": state,
            "message": message,
            "scalingResourceType": "INSTANCE_GROUP",
            "severity": INFO,
        },
    )
