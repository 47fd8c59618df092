"""The requests of the journal in the record: written together, a moment after they were answered.

A kill loses those of the last tenth of a second, which cost less together. What they have done is not lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from emrsim.service.emulator import EmulatorState
from emrsim.service.journal import READS_MAX, WRITES_MAX, Entry
from emrsim.service.record.codec import decode, encode_loosely
from emrsim.service.record.errors import RecordUnavailable

if TYPE_CHECKING:
    from emrsim.service.record.file import RecordFile

_SECONDS = 0.1


class RequestStore:
    """See the module. Any thread may use it that does not hold the emulator's lock."""

    def __init__(self, record: RecordFile, state: EmulatorState) -> None:
        self._record = record
        self._state = state
        self._lock = Lock()
        self._waiting: list[tuple[int, bool, bytes]] = []
        self._closed = Event()
        self._thread: Thread | None = None
        self.last_number = record.last_request

    def add(self, entry: Entry) -> None:
        """Keep a request soon: it has been answered in any case."""
        row = (entry.number, entry.is_read, encode_loosely(entry))
        with self._lock:
            self._waiting.append(row)
            if self._thread is None and not self._closed.is_set():
                self._thread = Thread(target=self._flush_soon, name="emrsim-requests", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Write what waits."""
        self._closed.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()
        self.flush()

    def _flush_soon(self) -> None:
        while True:
            self._closed.wait(_SECONDS)
            self.flush()
            with self._lock:
                if not self._waiting or self._closed.is_set():
                    self._thread = None
                    return

    def flush(self) -> None:
        """Write what waits, as far as the record can be written."""
        with self._state.locked():
            with self._lock:
                rows, self._waiting = self._waiting, []
            try:
                if rows:
                    self._record.add_requests(rows, {True: READS_MAX, False: WRITES_MAX})
            except RecordUnavailable:
                with self._lock:
                    self._waiting = [*rows, *self._waiting][-READS_MAX:]

    def load(self) -> Iterable[Entry]:
        """Yield the requests that are kept, oldest first."""
        self.flush()
        with self._state.locked():
            bodies = self._record.requests()
        return (decode(Entry, body) for body in bodies)

    def clear(self) -> None:
        """Remove all requests."""
        with self._state.locked():
            with self._lock:
                self._waiting.clear()
            self._record.remove_requests()
