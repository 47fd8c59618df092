"""A few threads for work that nobody may wait for on the way: removing folders, looking for processes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Thread

_THREADS_MAX = 4


class Workers:
    """Does what it is given, in turn, on up to four threads that end when nothing is left to do."""

    def __init__(self, on_bug: Callable[[BaseException], None]) -> None:
        self._on_bug = on_bug
        self._changed = Condition()
        self._waiting: deque[Callable[[], None]] = deque()
        self._threads = 0

    def do(self, work: Callable[[], None]) -> None:
        """Do `work` soon; at once, by the caller, where no thread can be had."""
        with self._changed:
            self._waiting.append(work)
            if self._threads == _THREADS_MAX:
                return
            self._threads += 1
        try:
            Thread(target=self._work, name="emrsim-worker", daemon=True).start()
        except RuntimeError:  # the system has none
            self._work()

    def wait(self) -> None:
        """Return once all is done that was given so far."""
        with self._changed:
            self._changed.wait_for(lambda: not self._threads)

    def _work(self) -> None:
        while (work := self._next()) is not None:
            try:
                work()
            except Exception as bug:
                self._on_bug(bug)

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            if self._waiting:
                return self._waiting.popleft()
            self._threads -= 1
            self._changed.notify_all()
            return None
