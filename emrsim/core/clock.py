"""Time as an argument: what the rest asks of a clock."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from emrsim.core.pace import Pace


@dataclass(frozen=True)
class Awaited:
    """What a call at a later time is for, in words for a person, of which cluster and, if of one, which step.

    `is_clients`: it is a client's time that runs (its first step, its idleness), not that of made-up
    machines. A clock that lets made-up machines take no time does not cut a client's short.
    """

    what: str
    cluster_id: str
    is_clients: bool = False
    step_id: str = ""


class Clock(Protocol):
    """The time, and calls at a later time. Real work does not go through it, only invented waits do."""

    @property
    def pace(self) -> Pace:
        """How fast it goes."""

    def now(self) -> datetime:
        """The time now, aware, in UTC."""

    def call_later(self, delay: timedelta, call: Callable[[], None], awaited: Awaited) -> None:
        """Call `call` once `delay` has passed, never on the caller's thread before this returns."""

    def clients_time(self, delay: timedelta, passed: timedelta) -> timedelta:
        """What is left for a client to wait by this clock, until it has had `delay` of its own time.

        `passed` have gone by this clock already. A client does not live faster on a fast clock.
        """
