"""The emulator: all clusters of all regions, one lock, one way to change them (`post`); beside them, the
account in each region (`post_to_account`). What one region sees of it is in `service.region`.

An operation holds the lock while it reads and changes clusters. What has happened in that time is committed
when the lock is released: first it is written to the record, if there is one, all or nothing; then effects
are queued in order, to be carried out elsewhere (`service.effects`), and listeners are called.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from random import Random
from threading import Condition, RLock
from typing import TYPE_CHECKING, Any, Protocol

from emrsim.core import events as ev
from emrsim.core import ids, lifecycle
from emrsim.core.clock import Clock
from emrsim.core.model import (
    Cluster,
    ClusterRequest,
)
from emrsim.core.states import ENDED_CLUSTERS
from emrsim.service.makers import Makers
from emrsim.service.record.clusters import Clusters, EndedCluster
from emrsim.service.record.codec import decode_account, encode
from emrsim.service.stream import Happened, Listener, current_cause
from emrsim.service.watchers import Found, Watcher
from emrsim.service.work import Work

if TYPE_CHECKING:
    from emrsim.core.account import Account
    from emrsim.core.account_events import AccountEvent


class Record(Protocol):
    """Where what happens is written before anything follows from it (`service.record.file`)."""

    def encode(self, event: ev.Event) -> bytes:
        """Return an event as it will be written. Called before it is applied."""

    def write(self, happenings: Sequence[tuple[Happened, bytes]], values: Mapping[str, bytes]) -> None:
        """Write events, and values to be kept, all or nothing. Raises RecordUnavailable."""

    def encode_value(self, value: object) -> bytes:
        """Return a value, a dataclass, as it will be written."""

    def load(self, cluster_id: str) -> Cluster:
        """Return a cluster as the record has it. Raises KeyError for one that it does not have."""

    def kept_keys(self, prefix: str) -> list[str]:
        """Return the names, with that beginning, under which something was written."""

    def kept(self, key: str) -> bytes | None:
        """Return the value that was written under that name last."""

    @property
    def since(self) -> str:
        """When it was begun, in ISO 8601."""

    def forget_all(self) -> None:
        """Remove all there is. Raises RecordUnavailable."""


class Keepable(Protocol):
    """Something beside the clusters that the record keeps as a whole."""

    @property
    def version(self) -> int:
        """A number that grows with every change."""

    def picture(self) -> object:
        """Return what is to be kept, as a dataclass."""


@dataclass
class _Tracked:
    key: str
    value: Keepable
    version: int = -1  # that was written last

    @property
    def has_changed(self) -> bool:
        return self.version != self.value.version


@dataclass(frozen=True)
class _Posted:
    """An event that has been applied and not yet been committed."""

    happened: Happened
    body: bytes
    effects: list[ev.Effect]


class EmulatorState(Makers):
    """The clusters of an emulator, in the order they were requested, its accounts, and the lock over both."""

    def __init__(self, clock: Clock, region: str, strict: bool = False, record: Record | None = None) -> None:
        """`region` is that of calls that name none, or an unknown one.

        `strict` rejects what today's service would and that of 2010 did not (see `api.new_cluster`).
        """
        self.clock = clock
        self.region = region
        self.strict = strict
        self._record = record
        self.clusters = Clusters(record.load) if record else Clusters()
        self._accounts: dict[str, Account] = {}  # by region, created or read when first used
        self._began_at = clock.now()
        self._cluster_ids: dict[str, str] = {}  # by the ids of their groups
        self._forgotten: set[str] = set()
        self._lock = RLock()
        self.changed = Condition(self._lock)  # notified of every event and finished work
        self.work = Work(self.changed)
        self._random = Random()
        self.listeners: list[Listener] = []
        # Called with a region and what has happened to the account there, under the lock; must not wait.
        self.account_listeners: list[Callable[[str, AccountEvent], None]] = []
        self._number = 0  # of the last event
        self._depth = 0  # of nested blocks of the thread that holds the lock
        self._posted: list[_Posted] = []
        self._posted_to_accounts: list[tuple[str, AccountEvent]] = []
        self._to_keep: dict[str, bytes] = {}
        self._tracked: list[_Tracked] = []
        self._frozen = False
        self._carry_out: Callable[[ev.Effect], None] = _nobody_to_carry_out
        self._watchers: list[Watcher[Any]] = []
        self._closed = False

    def connect(self, carry_out: Callable[[ev.Effect], None]) -> None:
        """Name who carries out effects. It is called under the lock, in order, and must not wait."""
        self._carry_out = carry_out

    @contextmanager
    def locked(self) -> Iterator[EmulatorState]:
        """Everything in the block happens at one moment, for all other threads.

        What was posted in it is committed at its end. Raises RecordUnavailable, with nothing changed, where
        the record cannot be written.
        """
        with self._lock:
            self._depth += 1
            try:
                yield self
            finally:
                try:
                    if self._depth == 1:
                        self._commit()
                finally:
                    self._depth -= 1

    def post(self, cluster_id: str, event: ev.Event) -> None:
        """Let `event` happen to a cluster. Raises EmrError, with nothing changed, if it is rejected."""
        with self.locked():
            if cluster_id in self._forgotten or self._frozen:
                return
            cluster = self.clusters[cluster_id]
            body = self._record.encode(event) if self._record else b""
            now = self.clock.now()
            effects = lifecycle.apply(cluster, event, now)
            self._number += 1
            changes = tuple(cluster.changes)
            happened = Happened(self._number, now, cluster, event, current_cause(), changes)
            self._posted.append(_Posted(happened, body, effects))
            if isinstance(event, (ev.ClusterRequested, ev.GroupsAdded)):
                self._cluster_ids.update((group.id, cluster_id) for group in event.groups)
            for watcher in self._watchers:
                watcher.look()

    def account(self, region: str) -> Account:
        """Return the account in a region. To be used under the lock."""
        if region not in self._accounts:
            from emrsim.core.account import new_account

            content = self._record.kept(_account_key(region)) if self._record else None
            self._accounts[region] = decode_account(content) if content else new_account(self._began_at)
        return self._accounts[region]

    def accounts(self) -> dict[str, Account]:
        """Return the accounts in which something was changed, by region. To be used under the lock."""
        for key in self._record.kept_keys(_ACCOUNT) if self._record else ():
            self.account(key.removeprefix(_ACCOUNT))
        from emrsim.core.account import new_account

        untouched = new_account(self._began_at)
        return {region: account for region, account in self._accounts.items() if account != untouched}

    def set_account(self, region: str, account: Account) -> None:
        """Replace the account in a region."""
        with self.locked():
            self._accounts[region] = account
            if self._record:
                self.keep(_account_key(region), encode(account))

    def post_to_account(self, region: str, event: AccountEvent) -> None:
        """Let `event` happen to the account in a region. Raises EmrError, with nothing changed."""
        with self.locked():
            if self._frozen:
                return
            account = self.account(region)
            account.apply(event)
            self._posted_to_accounts.append((region, event))
            if self._record:
                self.keep(_account_key(region), encode(account))

    def keep(self, key: str, value: bytes) -> None:
        """Have a value written to the record under that name, with what is posted in the same block."""
        if self._record and not self._frozen:
            with self.locked():
                self._to_keep[key] = value

    def track(self, key: str, value: Keepable) -> None:
        """Write a value to the record under that name, now and in each block in which it has changed."""
        if self._record:
            with self.locked():
                self._tracked.append(_Tracked(key, value))

    def _has_to_keep(self) -> bool:
        return bool(self._to_keep) or any(one.has_changed for one in self._tracked)

    def _commit(self) -> None:
        """Write what has been posted, and let follow what follows from it. Listeners may post, too."""
        while self._posted or self._posted_to_accounts or self._has_to_keep():
            posted, self._posted = self._posted, []
            of_accounts, self._posted_to_accounts = self._posted_to_accounts, []
            if self._record:
                self._write(self._record, posted)
            for one in posted:
                for effect in one.effects:
                    self._carry_out(effect)
            for one in posted:
                for listener in self.listeners:
                    listener(one.happened)
            for region, event in of_accounts:
                for listener_of_accounts in self.account_listeners:
                    listener_of_accounts(region, event)
            self.changed.notify_all()

    def _write(self, record: Record, posted: Sequence[_Posted]) -> None:
        values, self._to_keep = self._to_keep, {}
        changed = [(one, one.value.version) for one in self._tracked if one.has_changed]
        try:
            values |= {one.key: record.encode_value(one.value.picture()) for one, _ in changed}
            record.write([(one.happened, one.body) for one in posted], values)
        except Exception:
            self._number -= len(posted)
            self._accounts = {}  # they are read again, as the record has them
            for cluster_id in {one.happened.cluster.id for one in posted}:
                self._undo(record, cluster_id)
            raise
        for one, version in changed:
            one.version = version
        for cluster_id in {one.happened.cluster.id for one in posted}:
            cluster = self.clusters[cluster_id]
            if cluster.state in ENDED_CLUSTERS:
                self.clusters.retire(cluster)

    def _undo(self, record: Record, cluster_id: str) -> None:
        """Reload a cluster from the record: what was applied since could not be written."""
        try:
            self.clusters[cluster_id] = record.load(cluster_id)
        except KeyError:
            del self.clusters[cluster_id]

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

    def forget_all(self) -> None:
        """Be as at the beginning. What is reported of the clusters there were means nothing from now on."""
        with self.locked():
            if self._record:
                self._record.forget_all()
                for one in self._tracked:
                    one.version = -1
            self._forgotten.update(self.clusters)
            self.clusters = Clusters(self._record.load) if self._record else Clusters()
            self._cluster_ids = {}
            self._accounts = {}
            self._began_at = self.clock.now()
            self.changed.notify_all()
            for watcher in self._watchers:
                watcher.look()

    def revive(self, known: Iterable[tuple[Cluster | EndedCluster, Sequence[str]]], last_number: int) -> None:
        """Add the clusters of the record, with the ids of their groups. No effect is carried out."""
        with self._lock:
            self._number = last_number
            found = list(known)
            self.clusters.add(cluster for cluster, _ in found)
            for cluster, group_ids in found:
                self._cluster_ids.update(dict.fromkeys(group_ids, cluster.id))

    @property
    def durable_since(self) -> str | None:
        """When the record was begun, in ISO 8601; None where state is in memory only."""
        return self._record.since if self._record else None

    @property
    def last_number(self) -> int:
        """The number of the last event."""
        return self._number

    def carry_out(self, effects: Iterable[ev.Effect]) -> None:
        """Have effects carried out that belong to no event, as after a restart."""
        with self._lock:
            for effect in effects:
                self._carry_out(effect)

    def freeze(self) -> None:
        """Ignore all further events: what runs is about to be stopped; the next start deals with it."""
        with self._lock:
            self._frozen = True
            self._tracked.clear()

    def close(self) -> None:
        """Release all waiting threads, now and from now on."""
        with self._lock:
            self._closed = True
            for watcher in self._watchers:
                watcher.end()

    def adopt(self, clusters: Sequence[Cluster], effects: Sequence[ev.Effect]) -> None:
        """Add clusters that were made elsewhere, in the order of their creation."""
        with self.locked():
            self._forgotten.difference_update(cluster.id for cluster in clusters)
            self.clusters.add(clusters)
            effects_of: defaultdict[str, list[ev.Effect]] = defaultdict(list)
            for effect in effects:
                effects_of[effect.cluster_id].append(effect)
            for cluster in clusters:
                self._cluster_ids.update(dict.fromkeys(cluster.groups, cluster.id))
                self._number += 1
                now, event = cluster.story[-1]
                changes = tuple(cluster.changes)
                happened = Happened(self._number, now, cluster, event, current_cause(), changes)
                self._posted.append(_Posted(happened, b"", effects_of[cluster.id]))

    def cluster_of_group(self, group_id: str) -> Cluster | None:
        """The cluster that a group or fleet belongs to, if there is such a group."""
        cluster_id = self._cluster_ids.get(group_id)
        return None if cluster_id is None else self.clusters[cluster_id]

    def request_cluster(self, request: ClusterRequest) -> Cluster:
        """A new cluster, STARTING, with ids for all its parts."""
        with self.locked():
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


def _nobody_to_carry_out(effect: ev.Effect) -> None:
    raise RuntimeError(f"no effects are connected to carry out {effect}")


_ACCOUNT = "account in "


def _account_key(region: str) -> str:
    return f"{_ACCOUNT}{region}"
