"""Events on their way elsewhere: a queue, and a thread that is started with the first event."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from threading import Condition, Thread
from typing import Generic, TypeVar

Item = TypeVar("Item")

# As many as are kept; a target that is so far behind loses the oldest.
WAITING_MAX = 10_000
_LAST_SECONDS = 5.0  # what is still to be delivered at the end may take


class Delivery(Generic[Item]):
    """Hands items to `deliver`, one after the other, in order; `put` never waits.

    `deliver` deals with its own failures; what it raises besides is a bug, and goes to `record_bug`.
    `lost` is told of an item that could not wait any longer.
    """

    def __init__(
        self,
        name: str,
        deliver: Callable[[Item], None],
        record_bug: Callable[[BaseException], None],
        lost: Callable[[Item], None],
    ) -> None:
        self._name = name
        self._deliver = deliver
        self._record_bug = record_bug
        self._lost = lost
        self._changed = Condition()
        self._waiting: deque[Item] = deque()
        self._thread: Thread | None = None
        self._is_busy = False
        self._is_closed = False

    def put(self, item: Item) -> None:
        """Have an item delivered. Any thread may call it; after `close` it does nothing."""
        with self._changed:
            if self._is_closed:
                return
            lost = self._waiting.popleft() if len(self._waiting) >= WAITING_MAX else None
            self._waiting.append(item)
            if self._thread is None:
                self._thread = Thread(target=self._run, name=self._name, daemon=True)
                self._thread.start()
            self._changed.notify_all()
        if lost is not None:
            self._lost(lost)

    def clear(self) -> None:
        """Forget what is waiting."""
        with self._changed:
            self._waiting.clear()
            self._changed.notify_all()

    def drain(self) -> None:
        """Return once all has been delivered, or after five seconds."""
        with self._changed:
            self._changed.wait_for(lambda: not self._waiting and not self._is_busy, _LAST_SECONDS)

    def close(self) -> None:
        """Deliver what is waiting, for up to five seconds; then deliver no more."""
        self.drain()
        with self._changed:
            self._is_closed = True
            left, self._waiting = self._waiting, deque()
            self._changed.notify_all()
        for item in left:
            self._lost(item)

    def _run(self) -> None:
        while True:
            with self._changed:
                self._is_busy = False
                self._changed.notify_all()
                self._changed.wait_for(lambda: self._waiting or self._is_closed)
                if not self._waiting:
                    return
                item = self._waiting.popleft()
                self._is_busy = True
            try:
                self._deliver(item)
            except Exception as bug:
                self._record_bug(bug)
