"""The requests of the journal in the record.

Those that change EMR's state are written before their answer goes out; those that only look, and S3's, are
written with the next of them, or when many have come together: after a kill, the last few may be missing.
"""

from __future__ import annotations

from collections.abc import Iterable
from threading import Lock
from typing import TYPE_CHECKING

from emrsim.service.emulator import EmulatorState
from emrsim.service.journal import READS_MAX, WRITES_MAX, Entry
from emrsim.service.record.codec import decode, encode_loosely
from emrsim.service.record.errors import RecordUnavailable

if TYPE_CHECKING:
    from emrsim.service.record.file import RecordFile

_WAITING_MAX = 200


class RequestStore:
    """See the module. Any thread may use it that does not hold the emulator's lock."""

    def __init__(self, record: RecordFile, state: EmulatorState) -> None:
        self._record = record
        self._state = state
        self._lock = Lock()
        self._waiting: list[tuple[int, bool, bytes]] = []
        self.last_number = record.last_request

    def add(self, entry: Entry) -> None:
        """Keep a request, now or when the record can be written: it has been answered in any case."""
        row = (entry.number, entry.is_read, encode_loosely(entry))
        with self._lock:
            self._waiting.append(row)
            is_due = len(self._waiting) >= _WAITING_MAX or not (entry.is_read or entry.service == "s3")
        if is_due:
            self.flush()

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
