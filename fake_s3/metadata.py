"""What S3 knows of an object and a file does not: headers, tags, checksums, parts. One SQLite file.

The directory is the truth. A row counts only while the file still is the one it was written for: same
inode, size and modification time (its `stamp`). Whoever edits a file by hand makes its row void.

Safe for many threads and for many processes: each borrows a connection of its own, and SQLite's
write-ahead log orders the writers.
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (
    bucket TEXT, key TEXT, stamp TEXT, etag TEXT NOT NULL, details TEXT NOT NULL,
    PRIMARY KEY (bucket, key, stamp)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settings (
    bucket TEXT, name TEXT, value TEXT NOT NULL,
    PRIMARY KEY (bucket, name)
) WITHOUT ROWID;
"""
_WAIT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Checksum:
    """A checksum as S3 words it: `CRC32`, base64, `FULL_OBJECT` or `COMPOSITE`."""

    algorithm: str
    value: str
    kind: str = "FULL_OBJECT"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of an object that came by multipart upload."""

    number: int
    size_bytes: int
    checksum: str | None = None


@dataclass(frozen=True, slots=True)
class Details:
    """All that a client may say of an object beside its bytes. Header names are lower case."""

    headers: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    checksum: Checksum | None = None
    parts: tuple[Part, ...] = ()
    settings: Mapping[str, str] = field(default_factory=dict)

    def dump(self) -> str:
        """The details as JSON, empty ones left out."""
        record: dict[str, object] = {}
        for name in ("headers", "tags", "settings"):
            if value := getattr(self, name):
                record[name] = dict(value)
        if self.checksum:
            record["checksum"] = [self.checksum.algorithm, self.checksum.value, self.checksum.kind]
        if self.parts:
            record["parts"] = [[part.number, part.size_bytes, part.checksum] for part in self.parts]
        return json.dumps(record, separators=(",", ":"))

    @staticmethod
    def load(text: str) -> Details:
        """The details that `dump` wrote."""
        record = json.loads(text)
        return Details(
            headers=record.get("headers", {}),
            tags=record.get("tags", {}),
            checksum=Checksum(*record["checksum"]) if "checksum" in record else None,
            parts=tuple(Part(*part) for part in record.get("parts", ())),
            settings=record.get("settings", {}),
        )


def file_stamp(status: os.stat_result) -> str:
    """What tells one version of a file from another without reading it."""
    return f"{status.st_ino:x}.{status.st_size:x}.{status.st_mtime_ns:x}"


def folder_stamp(status: os.stat_result) -> str:
    """The same for the folder of a key `x/`, which stays itself while files come and go in it."""
    return f"{status.st_ino:x}/"


class Metadata:
    """The rows of all objects of a root, in the file `path`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._idle: list[sqlite3.Connection] = []
        with self.connection() as connection:
            connection.executescript(_SCHEMA)

    def close(self) -> None:
        """Closes the connections at rest; those at work are closed by nobody, so stop the server first."""
        while self._idle:
            self._idle.pop().close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """A connection for this thread alone; statements commit one by one."""
        connection = self._idle.pop() if self._idle else self._connect()
        try:
            yield connection
        finally:
            self._idle.append(connection)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a write transaction: committed at the end, undone by an exception."""
        with self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def find(self, bucket: str, key: str, stamp: str) -> tuple[str, Details] | None:
        """The ETag and details written for exactly this version of the file, if any were."""
        query = "SELECT etag, details FROM objects WHERE bucket = ? AND key = ? AND stamp = ?"
        with self.connection() as connection:
            row = connection.execute(query, (bucket, key, stamp)).fetchone()
        return (row[0], Details.load(row[1])) if row else None

    def etags(self, bucket: str, first: str, last: str) -> dict[tuple[str, str], str]:
        """The ETags of all rows from key `first` to key `last`, by key and stamp."""
        query = "SELECT key, stamp, etag FROM objects WHERE bucket = ? AND key BETWEEN ? AND ?"
        with self.connection() as connection:
            return {(row[0], row[1]): row[2] for row in connection.execute(query, (bucket, first, last))}

    def store(
        self, bucket: str, key: str, stamp: str, etag: str, details: Details, keep: str | None = None
    ) -> None:
        """Writes the row of a version; rows of the key's other versions go, except that of stamp `keep`.

        A writer calls this before its rename, with the stamp of the file it is about to replace: whichever
        of the two a reader has open, its row is there.
        """
        with self.transaction() as connection:
            connection.execute(
                "DELETE FROM objects WHERE bucket = ? AND key = ? AND stamp IS NOT ?", (bucket, key, keep)
            )
            connection.execute(
                "INSERT OR REPLACE INTO objects VALUES (?, ?, ?, ?, ?)",
                (bucket, key, stamp, etag, details.dump()),
            )

    def remember_etags(self, bucket: str, etags: Mapping[tuple[str, str], str]) -> None:
        """Keeps ETags that were computed from the files, by key and stamp."""
        rows = [(bucket, key, stamp, etag, Details().dump()) for (key, stamp), etag in etags.items()]
        with self.transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO objects VALUES (?, ?, ?, ?, ?)", rows)

    def forget(self, bucket: str, key: str) -> None:
        """Drops all rows of a key."""
        with self.connection() as connection:
            connection.execute("DELETE FROM objects WHERE bucket = ? AND key = ?", (bucket, key))

    def forget_bucket(self, bucket: str) -> None:
        """Drops all rows of a bucket."""
        with self.transaction() as connection:
            connection.execute("DELETE FROM objects WHERE bucket = ?", (bucket,))
            connection.execute("DELETE FROM settings WHERE bucket = ?", (bucket,))

    def setting(self, bucket: str, name: str) -> str | None:
        """A setting of a bucket, e.g. the document that was put to its `?policy`."""
        query = "SELECT value FROM settings WHERE bucket = ? AND name = ?"
        with self.connection() as connection:
            row = connection.execute(query, (bucket, name)).fetchone()
        return row[0] if row else None

    def set(self, bucket: str, name: str, value: str | None) -> None:
        """Writes a setting of a bucket; None drops it."""
        with self.connection() as connection:
            if value is None:
                query = "DELETE FROM settings WHERE bucket = ? AND name = ?"
                connection.execute(query, (bucket, name))
            else:
                connection.execute("INSERT OR REPLACE INTO settings VALUES (?, ?, ?)", (bucket, name, value))

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        # A crash of the process loses nothing; one of the machine at most the last rows, never the file.
        connection.execute("PRAGMA synchronous = NORMAL")
        return connection
