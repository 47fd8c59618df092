"""Time as an argument: what the rest asks of a clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """The time, and calls at a later time. Real work does not go through it, only invented waits do."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""

    def call_later(self, delay: timedelta, call: Callable[[], None]) -> None:
        """Call `call` once `delay` has passed, on a thread of the clock's; never on the caller's."""
