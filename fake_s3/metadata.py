"""What S3 knows of an object and a file does not: headers, tags, checksums, parts. One SQLite file.

The directory is the truth. A row counts only while the file still is the one it was written for: same
inode, size and modification time (its `stamp`). Editing a file by hand makes its row invalid.

Safe for many threads and for many processes: each borrows its own connection, and SQLite's
write-ahead log orders the writers.
"""

from __future__ import annotations

import json
import logging
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from fake_s3.locks import Locks

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
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
_logger = logging.getLogger(__name__)

_Identity = tuple[int, int] | None


@dataclass(frozen=True, slots=True)
class _Opened:
    """A connection, and the file that it has open."""

    connection: sqlite3.Connection
    file: _Identity


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
    """What distinguishes one version of a file from another without reading it."""
    return f"{status.st_ino:x}.{status.st_size:x}.{status.st_mtime_ns:x}"


def folder_stamp(status: os.stat_result) -> str:
    """The same for the folder of a key `x/`, which stays itself while files come and go in it."""
    return f"{status.st_ino:x}/"


class MetadataLost(Exception):
    """The file was no database; it has been set aside and begun anew, so the request can be tried again."""


class Metadata:
    """The rows of all objects of a root, in the file `path`.

    The file may go while it is in use, with the root or alone: then it is made anew. One that is no database,
    or a damaged one, is set aside with a warning: of the objects it takes headers, tags and checksums along.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._schemas: list[str] = []
        self._locks = Locks(path.parent / "locks")
        self._idle: list[_Opened] = []
        self._is_closed = False
        self.prepare(_SCHEMA)

    def prepare(self, schema: str) -> None:
        """Make tables, now and whenever the file is made anew."""
        self._schemas.append(schema)
        with self.connection() as connection:
            connection.executescript(schema)

    def close(self) -> None:
        """Close all connections; those in use are closed when they are given back."""
        self._is_closed = True
        with suppress(IndexError):
            while True:
                self._idle.pop().connection.close()

    @contextmanager
    def connection(self) -> Iterator[sqlite3.Connection]:
        """Yield a connection for this thread alone; statements commit one by one.

        Raise MetadataLost where the file turns out to be damaged.
        """
        opened = self._borrow()
        try:
            yield opened.connection
        except sqlite3.DatabaseError as error:
            if not _is_damage(error):
                raise
            self._heal(opened.file, error)
            raise MetadataLost(str(error)) from error
        finally:
            self._give_back(opened)

    def _borrow(self) -> _Opened:
        file = _identity(self._path)
        while True:
            try:
                opened = self._idle.pop()  # of a list this is one step, for all threads
            except IndexError:
                return self._open()
            if opened.file == file:
                return opened
            opened.connection.close()

    def _give_back(self, opened: _Opened) -> None:
        self._idle.append(opened)
        if self._is_closed:
            self.close()

    def _open(self) -> _Opened:
        with self._locks.held("metadata"):  # SQLite itself does not wait for another to make the file
            try:
                return self._connect()
            except sqlite3.DatabaseError as error:
                if not _is_damage(error):
                    raise
                self._set_aside(error)
                return self._connect()

    def _heal(self, file: _Identity, error: sqlite3.DatabaseError) -> None:
        with self._locks.held("metadata"):
            if _identity(self._path) == file:  # not yet done by another
                self._set_aside(error)

    def _set_aside(self, error: sqlite3.DatabaseError) -> None:
        damaged = self._path.with_name(f"{self._path.name}.damaged")
        os.replace(self._path, damaged)
        for suffix in ("-wal", "-shm"):
            Path(f"{self._path}{suffix}").unlink(missing_ok=True)
        _logger.warning(
            "%s: %s. It is now %s, and is begun anew: the objects are there, their headers, tags, ACLs and "
            "checksums, and unfinished uploads, are lost",
            self._path,
            error,
            damaged.name,
        )

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """A connection inside a write transaction: committed at the end, undone by an exception."""
        with self.connection() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
            except BaseException:
                if connection.in_transaction:  # SQLite ends it by itself when the file is damaged or full
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

    def begin_bucket(self, bucket: str, settings: Mapping[str, str]) -> None:
        """Drop all rows of a bucket that is to be made, and write its settings, in one step."""
        rows = [(bucket, name, value) for name, value in settings.items()]
        with self.transaction() as connection:
            connection.execute("DELETE FROM objects WHERE bucket = ?", (bucket,))
            connection.execute("DELETE FROM settings WHERE bucket = ?", (bucket,))
            connection.executemany("INSERT INTO settings VALUES (?, ?, ?)", rows)

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

    def _connect(self) -> _Opened:
        connection = sqlite3.connect(
            self._path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            # A crash of the process loses nothing; one of the machine at most the last rows, never the file.
            connection.execute("PRAGMA synchronous = NORMAL")
            for schema in self._schemas:
                connection.executescript(schema)
        except BaseException:
            connection.close()
            raise
        return _Opened(connection, _identity(self._path))


def _identity(path: Path) -> _Identity:
    """Return what distinguishes a file from another in its place; None if there is no file."""
    try:
        status = os.stat(path)
    except (FileNotFoundError, NotADirectoryError):
        return None
    return status.st_dev, status.st_ino


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _DAMAGED
