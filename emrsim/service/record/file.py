"""The file of the record: SQLite in WAL mode, written under the emulator's lock, one transaction for a call.

A process that dies loses nothing that was committed; a power failure may lose the last moment, unless
`fsync`. Checkpoints, which wait for the disk, are made on a thread of their own.
"""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from emrsim.core import events as ev
from emrsim.core import lifecycle
from emrsim.core.model import Cluster
from emrsim.core.states import ENDED_CLUSTERS, ClusterState
from emrsim.service.record import FILE_NAME
from emrsim.service.record.checkpoints import Checkpoints
from emrsim.service.record.clusters import EndedCluster
from emrsim.service.record.codec import (
    PICTURED,
    Kind,
    Unreadable,
    decode,
    decode_changes,
    decode_cluster,
    decode_event,
    encode,
    encode_cluster,
    encode_event,
    encode_kept,
)
from emrsim.service.record.errors import RecordError, RecordUnavailable
from emrsim.service.stream import Happened
from emrsim.settings import __version__

VERSION = 1  # of the format: raised with every change, with a row in _MIGRATIONS

_EVENTS_PER_PICTURE = 1_000  # events that are replayed at most, for one cluster
HISTORY_EVENTS_MAX = 200_000  # events that are kept for the timelines, of all clusters
_TRIMMED_EVERY = 500  # events
_BUSY_SECONDS = 10.0

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE clusters (
    id TEXT PRIMARY KEY, created_at TEXT, state TEXT, region TEXT, group_ids TEXT, at INTEGER, picture BLOB
) WITHOUT ROWID;
CREATE TABLE events (
    number INTEGER PRIMARY KEY, cluster_id TEXT, time TEXT, kind TEXT, body BLOB,
    cause TEXT, cause_what TEXT, changes BLOB
);
CREATE INDEX events_of ON events (cluster_id, number);
CREATE TABLE kept (key TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;
CREATE TABLE requests (number INTEGER PRIMARY KEY, is_read INTEGER, body BLOB);
"""
_CREATED_AT = "SELECT value FROM meta WHERE key = 'created_at'"
# From the version before: statements that make it this one.
_MIGRATIONS: dict[int, str] = {}


@dataclass(frozen=True)
class PastEvent:
    """An event of a cluster's history, as the timeline shows it."""

    number: int
    time: datetime
    kind: str
    cause: str
    cause_what: str
    changes: tuple[Any, ...]


class RecordFile:
    """The record in `folder`. Raises RecordError for a file that cannot be read, or is of a newer version."""

    def __init__(self, folder: Path, fsync: bool = False) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / FILE_NAME
        self.path.touch(mode=0o600)  # requests and arguments are their user's business
        self._fsync = fsync
        self._since_picture: Counter[str] = Counter()
        self._since_trim = 0
        self._requests_added = 0
        try:
            self._db = self._open()
            _bring_up_to_date(self._db, self.path)
            self.since: str = self._db.execute(_CREATED_AT).fetchone()[0]  # in ISO 8601
            self.last_number: int = self._db.execute(
                "SELECT coalesce(max(number), 0) FROM events"
            ).fetchone()[0]
        except sqlite3.Error as error:
            raise RecordError(
                f"{self.path} cannot be read: {error}. Move it away, or start with --fresh, which removes it."
            ) from None
        self._checkpoints = Checkpoints(self.path)

    def _open(self) -> sqlite3.Connection:
        db = sqlite3.connect(self.path, check_same_thread=False, isolation_level=None, timeout=_BUSY_SECONDS)
        db.execute("PRAGMA journal_mode=WAL")
        db.execute(f"PRAGMA synchronous={'FULL' if self._fsync else 'NORMAL'}")
        db.execute("PRAGMA wal_autocheckpoint=0")
        return db

    @property
    def last_time(self) -> datetime | None:
        """The time of the last event that is still known."""
        found = self._db.execute("SELECT time FROM events ORDER BY number DESC LIMIT 1").fetchone()
        return None if found is None else datetime.fromisoformat(found[0])

    def encode(self, event: ev.Event) -> bytes:
        """Return an event as `write` takes it."""
        return encode_event(event)

    def encode_value(self, value: object) -> bytes:
        """Return one of `record.kept` as `write` takes it."""
        return encode_kept(value)

    def write(self, happenings: Sequence[tuple[Happened, bytes]], values: Mapping[str, bytes]) -> None:
        """Append events with their bodies, and keep values by name, all or nothing.

        Raises RecordUnavailable.
        """
        with self._transaction():
            rows = [_row(happened, body) for happened, body in happenings]
            self._db.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)
            for cluster, number in self._to_be_pictured([happened for happened, _ in happenings]):
                self._picture(cluster, number)
            if values:
                self._db.executemany("INSERT OR REPLACE INTO kept VALUES (?, ?)", values.items())
            self._trim(len(happenings))
        self._checkpoints.count()

    def picture_all(self, clusters: Iterable[Cluster], number: int) -> None:
        """Write pictures of clusters as they are after event `number`, so that nothing has to be replayed."""
        with self._transaction():
            for cluster in clusters:
                self._picture(cluster, number)

    def forget_all(self) -> None:
        """Remove everything but the numbering of events. Raises RecordUnavailable."""
        with self._transaction():
            for table in ("clusters", "events", "kept", "requests"):
                self._db.execute(f"DELETE FROM {table}")
        self._since_picture.clear()

    def known(self) -> Iterator[tuple[EndedCluster | Cluster, list[str]]]:
        """Yield all clusters with the ids of their groups: those that have ended unread, the others whole."""
        rows = self._db.execute("SELECT id, created_at, state, region, group_ids FROM clusters").fetchall()
        for cluster_id, created_at, state, region, group_ids in rows:
            if ClusterState(state) in ENDED_CLUSTERS:
                time = datetime.fromisoformat(created_at)
                ended = EndedCluster(cluster_id, ClusterState(state), time, region)
                yield ended, json.loads(group_ids)
            else:
                cluster = self.load(cluster_id)
                yield cluster, list(cluster.groups)

    def load(self, cluster_id: str) -> Cluster:
        """Return a cluster: its last picture, and the events since. Raises KeyError, RecordError."""
        found = self._db.execute("SELECT picture, at FROM clusters WHERE id = ?", (cluster_id,)).fetchone()
        if found is None:
            raise KeyError(cluster_id)
        picture, at = found
        rows = self._db.execute(
            "SELECT time, kind, body FROM events WHERE cluster_id = ? AND number > ? ORDER BY number",
            (cluster_id, at),
        ).fetchall()
        try:
            cluster = decode_cluster(picture)
            for time, kind, body in rows:
                lifecycle.apply(cluster, decode_event(kind, body), datetime.fromisoformat(time))
        except Exception as error:
            raise RecordError(f"{self.path}: cluster {cluster_id} cannot be read: {error}") from error
        self._since_picture[cluster_id] = len(rows)
        return cluster

    def history(self, cluster_id: str, most: int = 10_000) -> list[PastEvent]:
        """Return the last events of a cluster that are still known, oldest first."""
        rows = self._db.execute(
            "SELECT number, time, kind, cause, cause_what, changes FROM events"
            " WHERE cluster_id = ? ORDER BY number DESC LIMIT ?",
            (cluster_id, most),
        ).fetchall()
        return [
            PastEvent(number, datetime.fromisoformat(time), kind, cause, what, decode_changes(changes))
            for number, time, kind, cause, what, changes in reversed(rows)
        ]

    def add_requests(self, rows: Sequence[tuple[int, bool, bytes]], most: Mapping[bool, int]) -> None:
        """Append requests: number, whether it is a read, body. Raises RecordUnavailable.

        Of reads and of others `most` are kept, more or less.
        """
        with self._transaction():
            self._db.executemany("INSERT OR REPLACE INTO requests VALUES (?, ?, ?)", rows)
            self._requests_added += len(rows)
            if self._requests_added >= _TRIMMED_EVERY:
                self._requests_added = 0
                for is_read, number in most.items():
                    self._db.execute(
                        "DELETE FROM requests WHERE is_read = ? AND number <= (SELECT number FROM requests"
                        " WHERE is_read = ? ORDER BY number DESC LIMIT 1 OFFSET ?)",
                        (is_read, is_read, number),
                    )

    def requests(self) -> list[bytes]:
        """Return the bodies of the requests, oldest first."""
        return [body for (body,) in self._db.execute("SELECT body FROM requests ORDER BY number").fetchall()]

    def remove_requests(self) -> None:
        """Remove all requests. Raises RecordUnavailable."""
        with self._transaction():
            self._db.execute("DELETE FROM requests")

    @property
    def last_request(self) -> int:
        """The number of the last request."""
        number: int = self._db.execute("SELECT coalesce(max(number), 0) FROM requests").fetchone()[0]
        return number

    def kept_keys(self, prefix: str) -> list[str]:
        """Return the names, with that beginning, under which something is kept."""
        rows = self._db.execute("SELECT key FROM kept WHERE substr(key, 1, ?) = ?", (len(prefix), prefix))
        return [key for (key,) in rows.fetchall()]

    def kept(self, key: str) -> bytes | None:
        """Return the value that was kept under that name last."""
        found = self._db.execute("SELECT value FROM kept WHERE key = ?", (key,)).fetchone()
        return None if found is None else found[0]

    def kept_as(self, kind: type[Kind], key: str) -> Kind | None:
        """Return the value that was kept under that name last, decoded. Raises RecordError."""
        content = self.kept(key)
        try:
            return None if content is None else decode(kind, content)
        except Unreadable as error:
            raise RecordError(f"{self.path}: {key} cannot be read: {error}") from None

    def close(self) -> None:
        self._checkpoints.close()
        self._db.close()

    def _heal(self) -> None:
        """Write the file anew if it was removed while it is open: its content is there until it is closed."""
        if self.path.exists():
            return
        self._checkpoints.close()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._db.execute("VACUUM INTO ?", (str(self.path),))
        self._db.close()
        self.path.chmod(0o600)
        self._db = self._open()
        self._checkpoints = Checkpoints(self.path)

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._heal()
            self._db.execute("BEGIN IMMEDIATE")
            yield
            self._db.execute("COMMIT")
        except BaseException as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            if isinstance(error, sqlite3.Error):
                raise RecordUnavailable(f"{self.path} cannot be written: {error}") from None
            raise

    def _to_be_pictured(self, happenings: Sequence[Happened]) -> list[tuple[Cluster, int]]:
        """The clusters that a picture is due of, with the number of the last event in it."""
        due: dict[str, Cluster] = {}
        last: dict[str, int] = {}
        for happened in happenings:
            cluster = happened.cluster
            self._since_picture[cluster.id] += 1
            last[cluster.id] = happened.number
            has_many = self._since_picture[cluster.id] >= _EVENTS_PER_PICTURE
            if has_many or _begins_or_ends(happened):
                due[cluster.id] = cluster
        return [(cluster, last[id]) for id, cluster in due.items()]

    def _picture(self, cluster: Cluster, number: int) -> None:
        self._since_picture.pop(cluster.id, None)
        self._db.execute(
            "INSERT OR REPLACE INTO clusters VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                cluster.id,
                cluster.created_at.isoformat(),
                cluster.state.value,
                cluster.region,
                json.dumps(list(cluster.groups)),
                number,
                encode_cluster(cluster),
            ),
        )

    def _trim(self, added: int) -> None:
        """Remove the oldest events of the history, if there are too many, and no picture lacks them."""
        self._since_trim += added
        if self._since_trim < _TRIMMED_EVERY:
            return
        self._since_trim = 0
        self._db.execute(
            "DELETE FROM events WHERE number <= (SELECT max(number) FROM events) - ? AND number IN ("
            " SELECT number FROM events JOIN clusters ON clusters.id = cluster_id"
            " WHERE number <= at ORDER BY number LIMIT ?)",
            (HISTORY_EVENTS_MAX, 2 * _TRIMMED_EVERY),
        )


def _begins_or_ends(happened: Happened) -> bool:
    return isinstance(happened.event, PICTURED) or any(
        one.part == "cluster" and one.after in ENDED_CLUSTERS for one in happened.changes
    )


def _row(happened: Happened, body: bytes) -> tuple[Any, ...]:
    return (
        happened.number,
        happened.cluster.id,
        happened.time.isoformat(),
        type(happened.event).__name__,
        body,
        happened.cause.kind,
        happened.cause.what,
        encode(list(happened.changes)),
    )


def _bring_up_to_date(db: sqlite3.Connection, path: Path) -> None:
    """Make the tables, or migrate those of an older version. Raises RecordError for a newer one."""
    db.execute("BEGIN EXCLUSIVE")
    try:
        _migrate(db, path)
        db.execute("COMMIT")
    except BaseException:
        db.execute("ROLLBACK")
        raise


def _migrate(db: sqlite3.Connection, path: Path) -> None:
    if not db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
        for statement in _statements(_SCHEMA):
            db.execute(statement)
        now = datetime.now(UTC).isoformat(timespec="seconds")
        db.execute("INSERT INTO meta VALUES ('created_at', ?)", (now,))
        version = VERSION
    else:
        meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
        version = int(meta["version"])
        if version > VERSION:
            raise RecordError(
                f"{path} was written by emrsim {meta['written_by']} in format {version}; this is emrsim"
                f" {__version__}, which reads formats up to {VERSION}. Use that version, or start with"
                " --fresh, which removes the file."
            )
    for older in range(version, VERSION):
        for statement in _statements(_MIGRATIONS[older]):
            db.execute(statement)
    db.execute("INSERT OR REPLACE INTO meta VALUES ('version', ?)", (str(VERSION),))
    db.execute("INSERT OR REPLACE INTO meta VALUES ('written_by', ?)", (__version__,))


def _statements(script: str) -> list[str]:
    return [one for one in script.split(";") if one.strip()]
