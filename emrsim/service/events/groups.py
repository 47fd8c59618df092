"""Events of instance groups and fleets (source: docs/facts/events.md#when-severity-message).

A group that comes up with its cluster, or goes with it, has none; a fleet tells that it is there.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from emrsim.core.events import GroupModified, InstancesLost, ResizeRequested
from emrsim.core.model import Change, Cluster, InstanceGroup
from emrsim.core.states import GroupState
from emrsim.service.events.clusters import named
from emrsim.service.events.event import ERROR, FLEET, GROUP, INFO, Told, minute, minutes_between
from emrsim.service.stream import Cause

_STUCK = frozenset({GroupState.SUSPENDED, GroupState.ARRESTED})


def of_group(cluster: Cluster, change: Change, cause: Cause, now: datetime) -> Iterator[Told]:
    """The events of a group's or fleet's change of state, in order."""
    group = cluster.groups[change.id]
    if group.request.capacity is not None:
        for state, severity, message in _of_fleet(cluster, group, change, cause, now):
            yield Told(FLEET, _fleet_detail(cluster, group, state, severity, message))
    else:
        for state, severity, message in _of_group(cluster, group, change, cause, now):
            yield Told(GROUP, _group_detail(cluster, group, state, severity, message))


# The state that an event names, its severity and its message.
_Said = tuple[str, str, str]
_OfGroup = ResizeRequested | InstancesLost | GroupModified
_RESIZES = (ResizeRequested, InstancesLost)


def _of_group(
    cluster: Cluster, group: InstanceGroup, change: Change, cause: Cause, now: datetime
) -> Iterator[_Said]:
    who = f"instance group {group.id} in Amazon EMR cluster {named(cluster)}"
    before, after, count = change.before, GroupState(change.after), cluster.running_count(group.id)
    if after is GroupState.RESIZING:
        yield "RUNNING", INFO, _initiated(who, cause, now)
        sizes = f"It is resizing from an instance count of {count} to {group.requested_count}."
        yield after, INFO, f"A resize for {who} started at {minute(now)}. {sizes}"
    elif after is GroupState.RUNNING and before == GroupState.RESIZING:
        has = f"It now has an instance count of {count}."
        took = _took(cluster, group, _RESIZES, now)
        message = f"The resizing operation for {who} is complete. {has} The resize {took} to complete."
        yield after, INFO, message
    elif after in _STUCK:
        yield after, ERROR, _arrested(who, group.reason.message, now)
    else:
        yield from _of_reconfiguration(cluster, group, change, now)


def _of_reconfiguration(
    cluster: Cluster, group: InstanceGroup, change: Change, now: datetime
) -> Iterator[_Said]:
    who = f"instance group {group.id} in the Amazon EMR cluster {named(cluster)}"
    when, version, wanted = minute(now), group.applied_version, group.configurations_version
    if change.after == GroupState.RECONFIGURING:
        asked = f"Version of requested configuration is {wanted}."
        yield "RUNNING", INFO, f"A reconfiguration for {who} was initiated by user at {when}. {asked}"
        versions = f"It is configuring from version number {version} to version number {wanted}."
        yield change.after, INFO, f"A reconfiguration for {who} started at {when}. {versions}"
    elif change.after == GroupState.RUNNING and change.before == GroupState.RECONFIGURING:
        took = f"The reconfiguration {_took(cluster, group, (GroupModified,), now)} to complete."
        has = f"Current configuration version is {version}."
        yield change.after, INFO, f"The reconfiguration operation for {who} is complete. {took} {has}"


def _of_fleet(
    cluster: Cluster, fleet: InstanceGroup, change: Change, cause: Cause, now: datetime
) -> Iterator[_Said]:
    """The state of a fleet that is up is called WAITING in events."""
    who = f"instance fleet {fleet.id} in Amazon EMR cluster {named(cluster)}"
    before, after = change.before, GroupState(change.after)
    on_demand, spot, wanted_on_demand, wanted_spot = _capacities(cluster, fleet)
    has = f"The instance fleet now has On-Demand capacity of {on_demand} and Spot capacity of {spot}."
    target = f"Target On-Demand capacity was {wanted_on_demand}"
    if after is GroupState.RUNNING and before == GroupState.BOOTSTRAPPING:
        took = f"Provisioning {_began_and_took(fleet.created_at, now)}."
        message = f"Provisioning for {who} is complete. {took} {has} {target}, and target Spot"
        yield "WAITING", INFO, f"{message} capacity was {wanted_spot}."
    elif after is GroupState.RESIZING:
        yield "WAITING", INFO, _initiated(who, cause, now)
        of_on_demand = f"from an On-Demand capacity of {on_demand} to a target of {wanted_on_demand}"
        of_spot = f"from a Spot capacity of {spot} to a target of {wanted_spot}"
        sizes = f"The instance fleet is resizing {of_on_demand}, and {of_spot}."
        yield after, INFO, f"A resize for {who} started at {minute(now)}. {sizes}"
    elif after is GroupState.RUNNING and before == GroupState.RESIZING:
        took = f"The resize {_took(cluster, fleet, _RESIZES, now)}."
        message = f"The resizing operation for {who} is complete. {took} {has} {target} and target Spot"
        yield "WAITING", INFO, f"{message} capacity was {wanted_spot}."
    elif after in _STUCK:
        yield after, ERROR, _arrested(who, fleet.reason.message, now)


def _arrested(who: str, reason: str, now: datetime) -> str:
    what = f"{who[0].upper()}{who[1:]} was arrested at {minute(now)}"
    return f"{what} for the following reason: {reason.rstrip('.')}."


def _initiated(who: str, cause: Cause, now: datetime) -> str:
    """Who is named is not documented: a user for a call, else the service (assumed)."""
    entity = "user" if cause.kind in {"request", "control"} else "Amazon EMR"
    return f"A resize for {who} was initiated by {entity} at {minute(now)}."


def _took(cluster: Cluster, group: InstanceGroup, kinds: tuple[type[_OfGroup], ...], now: datetime) -> str:
    """When the last event of these kinds happened to a group, and how long ago that is."""
    for when, event in reversed(cluster.story):
        if isinstance(event, kinds) and event.group_id == group.id:
            return _began_and_took(when, now)
    return _began_and_took(now, now)


def _began_and_took(began: datetime, now: datetime) -> str:
    return f"started at {minute(began)} and took {minutes_between(began, now)} minutes"


def _capacities(cluster: Cluster, fleet: InstanceGroup) -> tuple[int, int, int, int]:
    """On-Demand and Spot capacity that a fleet has, then those that it is to have."""
    target = fleet.capacity or fleet.request.capacity
    assert target is not None
    has = [cluster.running_capacity(fleet.id, market) for market in ("ON_DEMAND", "SPOT")]
    return has[0], has[1], target.on_demand, target.spot


def _group_detail(
    cluster: Cluster, group: InstanceGroup, state: str, severity: str, message: str
) -> Mapping[str, Any]:
    """Counts are integers, as in the schema registry; AWS's sample has them as text."""
    request = group.request
    return {
        "market": request.market,
        "severity": severity,
        "requestedInstanceCount": group.requested_count,
        "instanceType": request.instance_type,
        "instanceGroupType": request.role,
        "instanceGroupId": group.id,
        "clusterId": cluster.id,
        "runningInstanceCount": cluster.running_count(group.id),
        **({"bidPrice": request.bid_price} if request.bid_price else {}),
        "state": str(state),
        "message": message,
    }


def _fleet_detail(
    cluster: Cluster, fleet: InstanceGroup, state: str, severity: str, message: str
) -> Mapping[str, Any]:
    on_demand, spot, wanted_on_demand, wanted_spot = _capacities(cluster, fleet)
    return {
        "severity": severity,
        "instanceFleetType": fleet.request.role,
        "instanceFleetId": fleet.id,
        "clusterId": cluster.id,
        "provisionedOnDemandCapacity": on_demand,
        "targetOnDemandCapacity": wanted_on_demand,
        "provisionedSpotCapacity": spot,
        "targetSpotCapacity": wanted_spot,
        "state": str(state),
        "message": message,
    }
