"""The emulator: all clusters, one lock, one way to change them (`post`); beside them, the account.

Whoever calls an operation holds the lock while it looks and changes; effects are queued in order and
carried out elsewhere (`service.effects`), so nothing waits under the lock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from random import Random
from threading import Condition, RLock
from typing import Any

from emrsim.core import events as ev
from emrsim.core import ids, lifecycle
from emrsim.core.account import Account
from emrsim.core.clock import Clock
from emrsim.core.errors import EmrError, unknown_cluster
from emrsim.core.machines import machines
from emrsim.core.model import (
    Cluster,
    ClusterRequest,
    GroupRequest,
    Instance,
    InstanceGroup,
    MachineKind,
    Step,
    StepRequest,
)
from emrsim.service.watchers import Found, Watcher
from emrsim.service.work import Work


class EmulatorState:
    """The clusters of an emulator, in the order they were requested, its account, and the lock over both."""

    def __init__(self, clock: Clock, region: str, strict: bool = False) -> None:
        """`strict` refuses what today's service would and that of 2010 did not (see `api.new_cluster`)."""
        self.clock = clock
        self.region = region
        self.strict = strict
        self.clusters: dict[str, Cluster] = {}
        self.account = Account(clock.now())
        self._cluster_ids: dict[str, str] = {}  # by the ids of their groups
        self._forgotten: set[str] = set()
        self._lock = RLock()
        self.changed = Condition(self._lock)  # told of every event, and of all work that is done
        self.work = Work(self.changed)
        self._random = Random()
        # Told of every event that has happened, under the lock; they must not wait.
        self.listeners: list[Callable[[Cluster, object], None]] = []
        self._carry_out: Callable[[ev.Effect], None] = _nobody_to_carry_out
        self._watchers: list[Watcher[Any]] = []
        self._closed = False

    def connect(self, carry_out: Callable[[ev.Effect], None]) -> None:
        """Name who carries out effects. It is called under the lock, in order, and must not wait."""
        self._carry_out = carry_out

    @contextmanager
    def locked(self) -> Iterator[EmulatorState]:
        """Everything in the block happens at one moment, for all other threads."""
        with self._lock:
            yield self

    def post(self, cluster_id: str, event: ev.Event) -> None:
        """Let `event` happen to a cluster. Raises EmrError, with nothing changed, if it is refused."""
        with self._lock:
            if cluster_id in self._forgotten:
                return
            cluster = self.clusters[cluster_id]
            effects = lifecycle.apply(cluster, event, self.clock.now())
            if isinstance(event, (ev.ClusterRequested, ev.GroupsAdded)):
                self._cluster_ids.update((group.id, cluster_id) for group in event.groups)
            for effect in effects:
                self._carry_out(effect)
            self._tell(cluster, event)
            self.changed.notify_all()
            for watcher in self._watchers:
                watcher.look()

    def wait_for(self, look: Callable[[], Found | None], seconds: float) -> Found | None:
        """What `look` returns, as soon as that is not None; None after `seconds`, of the machine's time.

        It is called under the lock, now and after every change, so it sees each state there is, however
        short; it must not wait. What it raises, this raises. Not to be called under the lock. Raises
        WatchOver as soon as the emulator is closed.
        """
        watcher = Watcher(look)
        with self._lock:
            watcher.look()
            self._watchers.append(watcher)
            if self._closed:
                watcher.end()
        try:
            return watcher.wait(seconds)
        finally:
            with self._lock:
                self._watchers.remove(watcher)

    def _tell(self, cluster: Cluster, event: object) -> None:
        for listener in self.listeners:
            listener(cluster, event)

    def forget_all(self) -> None:
        """Be as at the beginning. What is reported of the clusters there were means nothing from now on."""
        with self._lock:
            self._forgotten.update(self.clusters)
            self.clusters = {}
            self._cluster_ids = {}
            self.account = Account(self.clock.now())
            self.changed.notify_all()
            for watcher in self._watchers:
                watcher.look()

    def close(self) -> None:
        """Let go whoever waits, now and from now on."""
        with self._lock:
            self._closed = True
            for watcher in self._watchers:
                watcher.end()

    def adopt(self, clusters: Sequence[Cluster], effects: Iterable[ev.Effect]) -> None:
        """Let clusters that were made elsewhere be this emulator's, among the others by age."""
        with self._lock:
            self._forgotten.difference_update(cluster.id for cluster in clusters)
            everyone = [*self.clusters.values(), *clusters]
            everyone.sort(key=lambda cluster: cluster.created_at)
            self.clusters = {cluster.id: cluster for cluster in everyone}
            self._cluster_ids = {group_id: one.id for one in everyone for group_id in one.groups}
            for cluster in clusters:
                self._tell(cluster, cluster.story[-1][1])
            for effect in effects:
                self._carry_out(effect)
            self.changed.notify_all()

    def cluster(self, cluster_id: str, unknown: Callable[[], EmrError] | None = None) -> Cluster:
        """The cluster of that id; raises what `unknown` makes, else the newer operations' error."""
        cluster = self.clusters.get(cluster_id)
        if cluster is None:
            raise unknown() if unknown else unknown_cluster(cluster_id)
        return cluster

    def cluster_of_group(self, group_id: str) -> Cluster | None:
        """The cluster that a group or fleet belongs to, if there is such a group."""
        cluster_id = self._cluster_ids.get(group_id)
        return None if cluster_id is None else self.clusters[cluster_id]

    def request_cluster(self, request: ClusterRequest) -> Cluster:
        """A new cluster, STARTING, with ids for all its parts."""
        with self._lock:
            groups, instances = self.make_groups(request.groups)
            cluster = Cluster(
                id=ids.cluster_id(self._random),
                request=request,
                created_at=self.clock.now(),
                keep_alive=request.keep_alive,
                termination_protected=request.termination_protected,
                visible_to_all_users=request.visible_to_all_users,
                step_concurrency=request.step_concurrency,
                tags=dict(request.tags),
                unhealthy_node_replacement=request.unhealthy_node_replacement,
                idle_timeout=request.idle_timeout,
                managed_scaling=request.managed_scaling,
                extended_support=request.extended_support,
            )
            self.clusters[cluster.id] = cluster
            self.post(cluster.id, ev.ClusterRequested(self.make_steps(request.steps), groups, instances))
            return cluster

    def make_studio_id(self) -> str:
        """An id for a new studio."""
        return ids.studio_id(self._random)

    def make_steps(self, requests: tuple[StepRequest, ...]) -> tuple[Step, ...]:
        """Steps with ids, not yet any cluster's."""
        now = self.clock.now()
        return tuple(Step(ids.step_id(self._random), request, now) for request in requests)

    def make_groups(
        self, requests: tuple[GroupRequest, ...]
    ) -> tuple[tuple[InstanceGroup, ...], tuple[Instance, ...]]:
        """Groups with ids, and their instances, not yet any cluster's."""
        now = self.clock.now()
        groups = tuple(
            InstanceGroup(
                id=ids.fleet_id(self._random) if request.capacity else ids.group_id(self._random),
                request=request,
                created_at=now,
                requested_count=request.count,
                capacity=request.capacity,
                auto_scaling=request.auto_scaling,
            )
            for request in requests
        )
        instances = [
            one for group in groups for one in self.make_instances(group.id, machines(group.request))
        ]
        return groups, tuple(instances)

    def make_instances(self, group_id: str, kinds: Iterable[MachineKind]) -> tuple[Instance, ...]:
        """Instances with ids and addresses, not yet any cluster's."""
        now = self.clock.now()
        return tuple(
            Instance(
                id=ids.instance_id(self._random),
                ec2_id=ids.ec2_instance_id(self._random),
                group_id=group_id,
                kind=kind,
                address=ids.address(self._random),
                created_at=now,
            )
            for kind in kinds
        )


def _nobody_to_carry_out(effect: ev.Effect) -> None:
    raise RuntimeError(f"nobody is connected to carry out {effect}")
