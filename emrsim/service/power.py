"""The master's power: a program of a cluster may switch it off, at once or later."""

from __future__ import annotations

import itertools
from datetime import timedelta

from emrsim.core import events as ev
from emrsim.core import texts
from emrsim.core.clock import Awaited
from emrsim.core.model import Cluster
from emrsim.core.states import READY_CLUSTERS
from emrsim.service.emulator import EmulatorState


class Power:
    """Shutdowns that programs of clusters have asked for; to be called from any thread."""

    def __init__(self, state: EmulatorState) -> None:
        self._state = state
        self._numbers = itertools.count(1)
        self._awaited: dict[str, int] = {}  # the number of the shutdown that counts, by cluster

    def switch_off(self, cluster_id: str, delay: timedelta = timedelta(0)) -> None:
        """End a cluster after `delay`, as one ends whose master is gone; an earlier request is replaced.

        Raises KeyError if there is no such cluster.
        """
        with self._state.locked():
            self._state.clusters[cluster_id]
            number = self._awaited[cluster_id] = next(self._numbers)
        if not delay:
            self._end(cluster_id, number)
            return
        awaited = Awaited("the shutdown of its master", cluster_id)
        self._state.clock.call_later(delay, lambda: self._end(cluster_id, number), awaited)

    def cancel(self, cluster_id: str) -> bool:
        """Take back what was asked for; whether anything was."""
        with self._state.locked():
            return self._awaited.pop(cluster_id, None) is not None

    def _end(self, cluster_id: str, number: int) -> None:
        with self._state.locked():
            if self._awaited.get(cluster_id) != number:
                return
            del self._awaited[cluster_id]
            cluster = self._state.clusters.get(cluster_id)
            if cluster is not None and not cluster.is_ending:
                self._state.post(cluster_id, _loss(cluster))


def _loss(cluster: Cluster) -> ev.InstancesLost | ev.ClusterFailed:
    """What happens to a cluster when its master goes; before it is ready, it has failed to start."""
    reason = texts.master_lost()
    master = cluster.master
    if master is None or cluster.state not in READY_CLUSTERS:
        return ev.ClusterFailed(reason.code, reason.message)
    group_id = next(group.id for group in cluster.groups.values() if group.request.role == "MASTER")
    return ev.InstancesLost(group_id, (master.id,), texts.instance_failed())
