"""Checkpoints of the record's write-ahead log."""

from __future__ import annotations

import sqlite3
from contextlib import suppress
from pathlib import Path
from threading import Event, Thread

_WRITES_PER_CHECKPOINT = 200
_BUSY_SECONDS = 10.0


class Checkpoints:
    """Moves what is in the write-ahead log to the file from time to time, without blocking writers."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._writes = 0
        self._due = Event()
        self._closed = False
        self._thread: Thread | None = None

    def count(self) -> None:
        """Count a transaction; make a checkpoint soon if it is time for one."""
        self._writes += 1
        if self._writes < _WRITES_PER_CHECKPOINT:
            return
        self._writes = 0
        self._due.set()
        if self._thread is None:
            self._thread = Thread(target=self._work, name="emrsim-checkpoints", daemon=True)
            self._thread.start()

    def close(self) -> None:
        self._closed = True
        self._due.set()
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        db = sqlite3.connect(self._path, isolation_level=None, timeout=_BUSY_SECONDS)
        try:
            while self._due.wait() and not self._closed:
                self._due.clear()
                with suppress(
                    sqlite3.Error
                ):  # no room, or busy: the log has it all, and the next one tries again
                    db.execute("PRAGMA wal_checkpoint(PASSIVE)")
        finally:
            db.close()
