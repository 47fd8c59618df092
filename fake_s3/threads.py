"""The threads of a server: a few that are always there, and more while some of them wait."""

from __future__ import annotations

import logging
import time
from typing import Any

from waitress.task import ThreadedTaskDispatcher

# How long a request may be in the queue before one thread more is started, and how many such there may be.
_QUEUED_SECONDS_MAX = 0.2
RELIEF_THREADS_MAX = 24

_logger = logging.getLogger(__name__)


class Threads(ThreadedTaskDispatcher):
    """As waitress's dispatcher, with a number of threads that follows what they are needed for.

    `lend` gives threads for answers that are held back, and its caller bounds them. Beside those, requests
    that are queued while all threads are busy get more of them, up to RELIEF_THREADS_MAX.
    """

    def __init__(self) -> None:
        super().__init__()
        self._least = 0
        self._lent = 0
        self._relief = 0
        self._is_shut = False
        self._taken_at = time.monotonic()  # when the last request left the queue, or found it empty

    @property
    def are_busy(self) -> bool:
        """Whether requests wait for a thread, or there are more threads than usual."""
        return bool(self.queue or self._relief)

    def start(self, count: int) -> None:
        """Have `count` threads at least. Raises RuntimeError if they cannot be started."""
        self._least = count
        self._adjust()

    def add_task(self, task: Any) -> None:
        """As waitress, without a line in the log for each request that is queued."""
        with self.lock:
            if not self.queue:
                self._taken_at = time.monotonic()
            self.queue.append(task)
            self.queue_cv.notify()

    def lend(self, count: int) -> bool:
        """Have `count` more threads, fewer if negative; False, with no change, if none can be started."""
        with self.lock:
            self._lent += count
        try:
            self._adjust()
        except RuntimeError:  # the system has no thread for us
            with self.lock:
                self._lent -= count
            return False
        return True

    def relieve(self) -> None:
        """To be called now and then: start or stop threads, by what is in the queue."""
        with self.lock:
            is_idle = len(self.threads) - self.stop_count > self.active_count
            if not self.queue or is_idle:
                self._taken_at = time.monotonic()
            is_late = time.monotonic() - self._taken_at > _QUEUED_SECONDS_MAX
            if is_late and self._relief < RELIEF_THREADS_MAX:
                self._relief += 1
            elif self._relief and not self.queue and is_idle:
                self._relief -= 1
            else:
                return
        try:
            self._adjust()
        except RuntimeError as error:
            with self.lock:
                self._relief -= 1
            _logger.warning("no more threads for requests that wait: %s", error)

    def start_new_thread(self, target: Any, thread_no: int) -> None:
        """As waitress; a thread that cannot be started leaves no trace. Raises RuntimeError."""
        try:
            super().start_new_thread(target, thread_no)
        except BaseException:
            self.threads.discard(thread_no)
            raise

    def shutdown(self, cancel_pending: bool = True, timeout: int = 5) -> bool:
        """As waitress; nothing is started any more."""
        self._is_shut = True
        finished: bool = super().shutdown(cancel_pending, timeout)
        return finished

    def _adjust(self) -> None:
        if not self._is_shut:
            self.set_thread_count(self._least + self._lent + self._relief)
