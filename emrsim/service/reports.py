"""Reports of what has happened outside: the end of a process, of a wait. None is lost.

Where the record cannot be written to (a full disk), a report waits, in order, until it can.
"""

from __future__ import annotations

import contextvars
import time
from collections import deque
from collections.abc import Callable
from threading import Lock, Thread

from emrsim.service.record.errors import RecordUnavailable

_RETRY_SECONDS = 0.5


class Reports:
    """Posts results whose failure no caller could handle. For any thread that does not hold the lock."""

    def __init__(self, on_bug: Callable[[BaseException], None]) -> None:
        self._on_bug = on_bug
        self._waiting: deque[Callable[[], None]] = deque()
        self._lock = Lock()  # over whether there is a thread
        self._thread: Thread | None = None
        self._closed = False

    def make(self, report: Callable[[], None]) -> None:
        """Call `report`, which posts events, now or as soon as these can be written."""
        if not self._waiting:
            try:
                report()
                return
            except RecordUnavailable:
                pass  # nothing has changed; it is made once more, below
        context = contextvars.copy_context()  # has the cause
        self._waiting.append(lambda: context.run(report))
        with self._lock:
            if self._thread is None:
                self._thread = Thread(target=self._work, name="emrsim-reports", daemon=True)
                self._thread.start()

    def close(self) -> None:
        """Stop waiting for a record that cannot be written."""
        self._closed = True
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def _work(self) -> None:
        while not self._closed:
            self._make_waiting()
            with self._lock:
                if not self._waiting:
                    self._thread = None
                    return
            time.sleep(_RETRY_SECONDS)

    def _make_waiting(self) -> None:
        while self._waiting:
            try:
                self._waiting[0]()
            except RecordUnavailable:
                return
            except Exception as bug:
                self._on_bug(bug)
            self._waiting.popleft()
