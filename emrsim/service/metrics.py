"""CloudWatch's metrics of clusters, worked out of what has happened to them when somebody asks.

A sample is made for every five minutes of the emulator's clock since a cluster was ready, as EMR does, and
for the moment of asking, so that nobody has to wait for the first (docs/facts/events.md#cloudwatch-metrics).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice

from emrsim.core.model import Cluster, Instance
from emrsim.service.emulator import EmulatorState

# What is worked out at most: the newest clusters, and the last day of each.
CLUSTERS_MAX = 200
_KEPT = timedelta(days=1)
_EVERY_SECONDS = 300

_COUNT, _NONE = "Count", "None"
_ROLES = {"CORE": "CoreNodes", "TASK": "TaskNodes"}
_NEVER = ("MRLostNodes", "MRUnhealthyNodes", "MRDecommissionedNodes", "MRRebootedNodes")


@dataclass(frozen=True, slots=True)
class Sample:
    """One value of a metric of a cluster, with CloudWatch's word for its unit."""

    cluster_id: str
    name: str
    value: float
    unit: str
    time: datetime


def samples(state: EmulatorState, region: str) -> list[Sample]:
    """All samples of the clusters in a region, oldest first of each cluster."""
    with state.locked():
        now = state.clock.now()
        there = (one for one in state.clusters.newest_first() if one.region == region)
        clusters = [state.clusters[one.id] for one in islice(there, CLUSTERS_MAX)]
        return [sample for cluster in clusters for sample in _of_cluster(cluster, now)]


def _of_cluster(cluster: Cluster, now: datetime) -> Iterator[Sample]:
    if cluster.ready_at is None:
        return
    end = min(now, cluster.ended_at or now)
    for time in _times(max(cluster.ready_at, now - _KEPT), end, is_over=cluster.ended_at is not None):
        for name, value, unit in _values(cluster, time):
            yield Sample(cluster.id, name, value, unit, time)


def _times(begin: datetime, end: datetime, is_over: bool) -> Iterator[datetime]:
    """Every full five minutes from `begin` to `end`, and the end itself for a cluster that goes on."""
    first = -(-begin.timestamp() // _EVERY_SECONDS)
    time = datetime.fromtimestamp(first * _EVERY_SECONDS, UTC)
    while time < end:
        yield time
        time += timedelta(seconds=_EVERY_SECONDS)
    if not is_over:
        yield end


def _values(cluster: Cluster, time: datetime) -> Iterator[tuple[str, float, str]]:
    """Name, value and unit of each metric of a cluster, as it was at a time."""
    busy = any(_lasts(step.started_at, step.ended_at, time) for step in cluster.steps.values())
    yield "IsIdle", float(not busy), _NONE
    total = 0
    for role, name in _ROLES.items():
        groups = {group.id for group in cluster.groups.values() if group.request.role == role}
        if not groups:
            continue
        nodes = [one for one in cluster.instances.values() if one.group_id in groups]
        running = sum(_lasts(one.ready_at, one.ended_at, time) for one in nodes)
        total += running
        yield f"{name}Running", running, _COUNT
        yield f"{name}Pending", sum(_is_pending(one, time) for one in nodes), _COUNT
    yield "MRTotalNodes", total, _COUNT
    yield "MRActiveNodes", total, _COUNT
    for name in _NEVER:
        yield name, 0, _COUNT


def _lasts(began: datetime | None, ended: datetime | None, time: datetime) -> bool:
    return began is not None and began <= time and (ended is None or time < ended)


def _is_pending(node: Instance, time: datetime) -> bool:
    until = node.ready_at or node.ended_at
    return node.created_at <= time and (until is None or time < until)
