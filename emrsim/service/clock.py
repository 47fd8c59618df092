"""The real clock: the machine's time, and calls at a later time on one thread."""

from __future__ import annotations

import heapq
import itertools
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from threading import Condition, Thread


class RealClock:
    """See `core.clock.Clock`. `close` drops the calls that are still to come."""

    def __init__(self, on_bug: Callable[[BaseException], None]) -> None:
        self._on_bug = on_bug
        self._calls: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()  # keeps calls of one moment in order
        self._changed = Condition()
        self._closed = False
        self._thread = Thread(target=self._run, name="emrsim-clock", daemon=True)
        self._thread.start()

    def now(self) -> datetime:
        """See `core.clock.Clock.now`."""
        return datetime.now(UTC)

    def call_later(self, delay: timedelta, call: Callable[[], None]) -> None:
        """See `core.clock.Clock.call_later`."""
        due = time.monotonic() + delay.total_seconds()
        with self._changed:
            heapq.heappush(self._calls, (due, next(self._numbers), call))
            self._changed.notify()

    def close(self) -> None:
        """Stop the thread; what was still to come is never called."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _run(self) -> None:
        while (call := self._next()) is not None:
            try:
                call()
            except Exception as bug:
                self._on_bug(bug)

    def _next(self) -> Callable[[], None] | None:
        """Wait for the next call that is due; None once the clock is closed."""
        with self._changed:
            while not self._closed:
                wait = self._calls[0][0] - time.monotonic() if self._calls else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self._calls)[2]
                self._changed.wait(wait)
            return None
