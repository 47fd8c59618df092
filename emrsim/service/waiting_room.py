"""The one place where HTTP answers wait: held answers, waits, jobs run for a caller, latency, slow readers.

Each answer that waits has a thread of the server, which is lent one more for that time, so that those of S3
and EMR stay as many as they are; how many may wait at once is bounded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

HELD_ANSWERS_MAX = 64


class NoRoom(Exception):
    """As many answers are held back as can be."""

    def __str__(self) -> str:
        return f"{HELD_ANSWERS_MAX} answers are held back already: try again when one of them has been given"


class WaitingRoom:
    """Places to wait, HELD_ANSWERS_MAX of them; any thread may ask for one."""

    def __init__(self) -> None:
        self._lock = Lock()
        self.taken = 0
        self._lend_threads: Callable[[int], bool] = lambda count: True

    def connect(self, lend_threads: Callable[[int], bool]) -> None:
        """Name who gives the server more threads, or fewer if negative; False where there are none."""
        self._lend_threads = lend_threads

    @contextmanager
    def place(self) -> Iterator[None]:
        """Wait in the block. Raises NoRoom, at once, where nobody else can wait."""
        self.enter()
        try:
            yield
        finally:
            self.leave()

    def enter(self) -> None:
        """Take a place, until `leave`. Raises NoRoom."""
        with self._lock:
            if self.taken >= HELD_ANSWERS_MAX:
                raise NoRoom
            self.taken += 1
        if not self._lend_threads(1):
            with self._lock:
                self.taken -= 1
            raise NoRoom

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self.taken -= 1
        self._lend_threads(-1)
