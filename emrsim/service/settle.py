"""Answers that may be better in a moment are held back for it.

Clients poll: boto3's waiters look once, then every 30 s. A look at a step whose process is about to end is
worth more a moment later. It waits for what happens anyway, without holding a lock, and changes nothing.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Container
from contextlib import suppress

from emrsim.core.model import Cluster
from emrsim.core.states import ACTIVE_STEPS, ENDED_CLUSTERS, ClusterState, StepState
from emrsim.service.clock import SteeredClock
from emrsim.service.emulator import EmulatorState
from emrsim.service.waiting_room import NoRoom, WaitingRoom

_WARN_AFTER_SECONDS = 5.0  # of polling before the warning, where no settle time is set

_DUE_SECONDS_MAX = 10.0  # more than what takes no time by the clock takes on a busy machine

_RESTING = ENDED_CLUSTERS | {ClusterState.WAITING}
_Near = Callable[[float], bool]  # whether something may change within so many seconds


class Settle:
    """Holds answers for up to `seconds`, with 0 none; warns on stderr of clients that wait for nothing."""

    def __init__(
        self,
        state: EmulatorState,
        clock: SteeredClock,
        held_up: Callable[[Cluster], str | None],
        seconds: float,
        waiting_room: WaitingRoom,
        waiters_seconds: float = 0.0,
    ) -> None:
        """`held_up` returns why nothing happens to a cluster (`service.held_up`).

        Answers for waiters of botocore's are held for up to `waiters_seconds`, if that is longer.
        """
        self._waiters_seconds = max(seconds, waiters_seconds)
        self._state = state
        self._clock = clock
        self._held_up = held_up
        self._seconds = seconds
        self._waiting_room = waiting_room
        self._closed = False
        self.held_count = 0
        self._seen_stuck: dict[str, tuple[int, float]] = {}  # by cluster: how far it was, since when

    def wait_for_step(self, cluster_id: str, step_id: str, is_waiter: bool = False) -> None:
        """Return once the step has ended, or nothing is near that could end it, or time is over."""
        cluster = self._state.clusters.get(cluster_id)
        if cluster and step_id in cluster.steps:
            self._wait([cluster], lambda left: self._step_is_near(cluster, step_id, left), is_waiter)

    def wait_for_clusters(self, cluster_ids: list[str], is_waiter: bool = False) -> None:
        """Return once each is waiting for steps or has ended, or nothing is near, or time is over."""
        found = [self._state.clusters[one] for one in cluster_ids if one in self._state.clusters]
        self._wait(found, lambda left: any(self._cluster_is_near(one, left) for one in found), is_waiter)

    def wait_for_what_is_due(self, cluster_ids: Container[str] | None = None) -> None:
        """Return once nothing is left to do that takes no time by the clock, of those clusters or of all.

        So what an answer says does not depend on which of emrsim's threads is faster. Processes of steps are
        not waited for: they take their own time.
        """

        def is_due(left: float) -> bool:
            work, clock = self._state.work, self._clock
            return work.is_brief_under_way(cluster_ids) or clock.has_due(cluster_ids)

        if self._is_near_now(is_due, _DUE_SECONDS_MAX):
            with suppress(NoRoom), self._waiting_room.place():
                self._hold(is_due, _DUE_SECONDS_MAX)

    def reset(self) -> None:
        """Forget who has looked. To be called under the emulator's lock."""
        self._seen_stuck.clear()

    def close(self) -> None:
        """Send all answers that are held, and hold none from now on."""
        with self._state.locked():
            self._closed = True
            self._state.changed.notify_all()

    def _wait(self, clusters: list[Cluster], is_near: _Near, is_waiter: bool) -> None:
        """Too many at once are not held: the answers of today are right, too."""
        seconds = self._waiters_seconds if is_waiter else self._seconds
        if seconds and self._is_near_now(is_near, seconds):
            with suppress(NoRoom), self._waiting_room.place():
                self._count(1)
                self._hold(is_near, seconds)
                self._count(-1)
        with self._state.locked():
            for cluster in clusters:
                self._warn_of_waiter(cluster)

    def _count(self, more: int) -> None:
        with self._state.locked():
            self.held_count += more

    def _is_near_now(self, is_near: _Near, seconds: float) -> bool:
        with self._state.locked():
            return not self._closed and is_near(seconds)

    def _hold(self, is_near: _Near, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        with self._state.changed:
            while (left := deadline - time.monotonic()) > 0 and not self._closed and is_near(left):
                self._state.changed.wait(left)

    def _step_is_near(self, cluster: Cluster, step_id: str, left: float) -> bool:
        step = cluster.steps[step_id]
        if step.state not in ACTIVE_STEPS:
            return False
        own = None if step.state is StepState.PENDING else step_id
        return self._is_near(cluster, own, left)

    def _cluster_is_near(self, cluster: Cluster, left: float) -> bool:
        return cluster.state not in _RESTING and self._is_near(cluster, None, left)

    def _is_near(self, cluster: Cluster, step_id: str | None, left: float) -> bool:
        under_way = self._state.work.is_under_way(cluster.id, step_id)
        return under_way or self._clock.seconds_until_machines(cluster.id) <= left

    def _warn_of_waiter(self, cluster: Cluster) -> None:
        """Print once why nothing happens, where a client polls a cluster that does not go on by itself."""
        reason = None if cluster.state in _RESTING else self._held_up(cluster)
        if reason is None or self._state.work.is_under_way(cluster.id):
            self._seen_stuck.pop(cluster.id, None)
            return
        now, far = time.monotonic(), len(cluster.story)
        seen = self._seen_stuck.get(cluster.id)
        if seen is None or seen[0] != far:
            self._seen_stuck[cluster.id] = (far, now)
        elif now - seen[1] >= (self._seconds or _WARN_AFTER_SECONDS):
            self._seen_stuck[cluster.id] = (far, float("inf"))  # said once
            print(
                f"emrsim: a client waits for {cluster.id}, which is {cluster.state}: {reason}",
                file=sys.stderr,
            )
