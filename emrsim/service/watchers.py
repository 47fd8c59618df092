"""Waiting for something to become of a cluster: a look at every change, so that no state is missed."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from typing import Generic, TypeVar

Found = TypeVar("Found")


class WatchOver(Exception):
    """The wait is over without a result; the message says why."""


class Watcher(Generic[Found]):
    """Somebody who waits until `look` returns something; `look` is called under the emulator's lock."""

    def __init__(self, look: Callable[[], Found | None]) -> None:
        self._look = look
        self._found: Found | None = None
        self._error: Exception | None = None
        self._ended = Event()

    def look(self) -> None:
        """Look once more, unless there is an answer already. What `look` raises is the watcher's to hear."""
        if self._ended.is_set():
            return
        try:
            self._found = self._look()
        except Exception as error:
            self._error = error
        if self._found is not None or self._error is not None:
            self._ended.set()

    def end(self) -> None:
        """Wait no longer, without an answer if there is none."""
        if not self._ended.is_set():
            self._error = WatchOver("the emulator has been closed")
            self._ended.set()

    def wait(self, seconds: float) -> Found | None:
        """What was found, None if nothing was within `seconds`; raises what `look` raised."""
        self._ended.wait(seconds)
        if self._error is not None:
            raise self._error
        return self._found
