"""The clock of an emulator: real, faster, without waits, or moved by hand; switched while it runs.

Calls at a later time are carried out one after another, in the order in which they are due, on a thread of
the clock's or the one that advances it.
"""

from __future__ import annotations

import heapq
import itertools
import time
import warnings
from collections.abc import Callable, Container, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Condition, Lock, Thread

from emrsim.core.clock import Awaited
from emrsim.core.durations import duration
from emrsim.core.pace import REAL, Pace
from emrsim.core.pace import pace as pace_of
from emrsim.core.plain import YEAR_MAX
from emrsim.service.record.kept import KeptClock
from emrsim.service.work import Work

ZERO = timedelta(0)
PATIENCE_SECONDS = 60.0  # how long a clock that is moved by hand waits for processes, all in all

# How often to look whether a call is due: a thread that waits does not know that the machine has slept.
_LOOK_AGAIN_SECONDS = 60.0
_PAUSE_SECONDS = 1.0  # after a failure, which may come again
_BRIEF_SECONDS = 10.0  # ... and how long, each time, any clock waits for what takes no time to speak of


class ClockMovedBackwards(ValueError):
    """A clock was to be moved backwards."""


class ClockMovedTooFar(ValueError):
    """A clock was to be moved beyond the years that there are for it."""


class StillUnderWay(UserWarning):
    """Time has passed on a clock that is moved by hand, and work has not ended with it."""


def still_under_way(late: Iterable[str]) -> str:
    """The words of that warning."""
    return f"the clock went on without waiting any longer for {', '.join(late)}"


@dataclass(order=True)
class _Entry:
    """A call to come. A client's is due later by what the clock has jumped since."""

    key: datetime
    number: int
    call: Callable[[], None] = field(compare=False)
    awaited: Awaited = field(compare=False)


class SteeredClock:
    """See `core.clock.Clock`. `close` drops the calls that are still to come."""

    def __init__(self, on_bug: Callable[[BaseException], None], pace: Pace = REAL) -> None:
        self._on_bug = on_bug
        self._first_pace = pace
        self._numbers = itertools.count()  # keeps calls of one moment in order
        self._changed = Condition()
        self._turn = Lock()  # held by the thread that carries out calls
        self._work: Work | None = None
        self._closed = False
        self._era = 0  # grows with every reset
        self._changes = 0
        self._begin()
        self._thread = Thread(target=self._run, name="emrsim-clock", daemon=True)
        self._thread.start()

    def connect(self, work: Work) -> None:
        """Name what is under way beside the clock; `advance` waits for it."""
        self._work = work

    @property
    def pace(self) -> Pace:
        return self._pace

    def now(self) -> datetime:
        """See `core.clock.Clock.now`."""
        with self._changed:
            return self._now()

    def call_later(self, delay: timedelta, call: Callable[[], None], awaited: Awaited) -> None:
        """See `core.clock.Clock.call_later`."""
        with self._changed:
            due = self._now() + delay
            calls, key = (self._clients, due - self._jumped) if awaited.is_clients else (self._machines, due)
            heapq.heappush(calls, _Entry(key, next(self._numbers), call, awaited))
            self._changed.notify()
        if self._work is not None:
            self._work.nudge()

    def clients_time(self, delay: timedelta, passed: timedelta) -> timedelta:
        """See `core.clock.Clock.clients_time`."""
        pace = self._pace
        return max(delay * (pace.rate or 1) - (ZERO if pace.jumps else passed), ZERO)

    def set_pace(self, name: str) -> None:
        """Go on at another pace (`60x`, see `core.pace`), from the time it is now. Raises BadPace."""
        pace = pace_of(name)
        with self._changed:
            self._set(self._now())
            self._pace = pace
            self._changed.notify()

    def advance(self, by: timedelta | str | float, patience_seconds: float = PATIENCE_SECONDS) -> None:
        """Advance the clock by a duration, also as ISO 8601 (`PT1H`) or in seconds.

        All that is due by then has been carried out when this returns, in its order. Time passes no faster
        than work is done: effects are carried out before the next moment comes, and on a manual clock the
        processes of steps end, and those being stopped are gone. What is not done after `patience_seconds`
        of the machine's is no longer waited for, and is warned of. Raises ClockMovedBackwards,
        ClockMovedTooFar, BadDuration.
        """
        if late := self.move(duration(by), patience_seconds):
            warnings.warn(StillUnderWay(still_under_way(late)), stacklevel=2)

    def move(self, by: timedelta, patience_seconds: float = PATIENCE_SECONDS) -> list[str]:
        """As `advance`, and return what it stopped waiting for, in words. A reset in between ends it."""
        if by < ZERO:
            raise ClockMovedBackwards(f"the clock cannot be moved backwards, by {-by}")
        by = duration(by)
        deadline, era = time.monotonic() + patience_seconds, self._era
        with self._turn:
            late = self._wait_for_work(deadline)
            with self._changed:
                target = _checked(self._now() + by)
            while entry := self._next(target, era):
                self._carry_out(entry)
                late = self._wait_for_work(deadline)
            with self._changed:
                if self._era == era:
                    self._set(max(target, self._now()))
                    self._changed.notify()
        return late

    def awaited(self) -> list[tuple[datetime, Awaited]]:
        """What is to come and when it is due, soonest first."""
        with self._changed:
            coming = [(self._due(entry), entry.awaited) for entry in self._entries()]
        return sorted(coming, key=lambda one: one[0])

    def seconds_until_machines(self, cluster_id: str) -> float:
        """The machine's time until the next wait for a cluster's made-up machines is over; else infinity."""
        with self._changed:
            now = self._now()
            coming = [*self._machines, *([self._current] if self._current else [])]
            dues = [one.key for one in coming if one.awaited.cluster_id == cluster_id]
            return min((self._seconds(due - now, self._pace.jumps) for due in dues), default=float("inf"))

    def has_due(self, cluster_ids: Container[str] | None = None) -> bool:
        """Whether a wait for made-up machines is over by now, of one of those clusters, if they are named."""
        with self._changed:
            now = self._now()
            coming = [*self._machines, *([self._current] if self._current else [])]
            return any(
                self._seconds(one.key - now, self._pace.jumps) <= 0
                for one in coming
                if cluster_ids is None or one.awaited.cluster_id in cluster_ids
            )

    def reset(self) -> None:
        """Drop all calls and start again, at the first pace."""
        with self._changed:
            self._begin()
            self._changed.notify()

    @property
    def version(self) -> int:
        """A number that grows with every change of what the record keeps."""
        return self._changes

    def picture(self) -> KeptClock:
        """What the record keeps of the clock."""
        with self._changed:
            return KeptClock(self._pace.name, self._now(), datetime.now(UTC))

    def take_up(self, kept: KeptClock | None, last_event: datetime | None, keep_pace: bool) -> None:
        """Go on where the clock of the record was: no earlier than its last event.

        Unless its mode is manual, the time since then has passed on it too, at the machine's pace.
        """
        with self._changed:
            if kept and not keep_pace:
                self._pace = pace_of(kept.pace)
            now = datetime.now(UTC)
            if kept:
                passed = ZERO if pace_of(kept.pace).rate == 0 else max(now - kept.machine, ZERO)
                now = kept.shown + passed
            self._set(max(now, last_event) if last_event else now)
            self._changed.notify()

    def close(self) -> None:
        """Stop the thread; what was still to come is never called."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _begin(self) -> None:
        self._era += 1
        self._machines: list[_Entry] = []
        self._clients: list[_Entry] = []
        self._current: _Entry | None = None
        self._jumped = ZERO
        self._pace = self._first_pace
        self._set(datetime.now(UTC))

    def _set(self, now: datetime) -> None:
        """It is `now`, from now on."""
        self._changes += 1
        self._then, self._machine_then = now, _machine_seconds()

    def _now(self) -> datetime:
        return self._then + timedelta(seconds=(_machine_seconds() - self._machine_then) * self._pace.rate)

    def _run(self) -> None:
        while True:
            try:
                if not self._wait_until_due():
                    return
                with self._turn:
                    if entry := self._next():
                        self._carry_out(entry)
            except Exception as bug:  # of a clock that stood still nobody would know
                self._on_bug(bug)
                with self._changed:
                    self._changed.wait(_PAUSE_SECONDS)

    def _carry_out(self, entry: _Entry) -> None:
        try:
            entry.call()
        except Exception as bug:
            self._on_bug(bug)
        with self._changed:
            self._current = None

    def _wait_until_due(self) -> bool:
        """Wait until there is a call to carry out; False once the clock is closed."""
        with self._changed:
            while not self._closed:
                coming = (self._seconds_until(entry) for entry in self._heads())
                seconds = min(coming, default=_LOOK_AGAIN_SECONDS)
                if seconds <= 0:
                    return True
                self._changed.wait(min(seconds, _LOOK_AGAIN_SECONDS))
            return False

    def _next(self, target: datetime | None = None, era: int | None = None) -> _Entry | None:
        """The first call that is due, by `target` if that is given; it is that time then, at least.

        It stays among those to come until it has been carried out. There is none once `era` is over.
        """
        with self._changed:
            ready = [one for one in self._heads() if self._is_due(one, target)]
            if not ready or self._closed or era not in {None, self._era}:
                return None
            entry = min(ready, key=self._due)
            heapq.heappop(self._clients if entry.awaited.is_clients else self._machines)
            ahead = self._due(entry) - self._now()
            if ahead > ZERO:
                self._set(self._now() + ahead)
                self._jumped += ahead if target is None else ZERO
            self._current = entry
            return entry

    def _is_due(self, entry: _Entry, target: datetime | None) -> bool:
        return self._seconds_until(entry) <= 0 if target is None else self._due(entry) <= target

    def _seconds_until(self, entry: _Entry) -> float:
        skipped = self._pace.jumps and not entry.awaited.is_clients
        return self._seconds(self._due(entry) - self._now(), skipped)

    def _seconds(self, delay: timedelta, skipped: bool) -> float:
        """The machine's time for `delay` of this clock's."""
        if skipped or delay <= ZERO:
            return 0.0
        return delay.total_seconds() / self._pace.rate if self._pace.rate else float("inf")

    def _due(self, entry: _Entry) -> datetime:
        return entry.key + self._jumped if entry.awaited.is_clients else entry.key

    def _heads(self) -> Iterator[_Entry]:
        return (calls[0] for calls in (self._machines, self._clients) if calls)

    def _entries(self) -> list[_Entry]:
        return [*self._machines, *self._clients]

    def _wait_for_work(self, deadline: float) -> list[str]:
        """Wait until effects are carried out and, on a clock that stands, work is done, until `deadline`.

        Not beyond a call that is due already: it may be what the work waits for.
        """
        if self._work is None:
            return []
        late = self._work.wait(_BRIEF_SECONDS, brief_only=True)
        return (
            late
            if self._pace.rate
            else self._work.wait(max(deadline - time.monotonic(), 0), until=self._is_something_due)
        )

    def _is_something_due(self) -> bool:
        with self._changed:
            return any(self._seconds_until(entry) <= 0 for entry in self._heads())


def _machine_seconds() -> float:
    """Return seconds of a monotonic clock that also counts while the machine is suspended."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)  # Linux's
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


def _checked(target: datetime) -> datetime:
    if target.year > YEAR_MAX:
        raise ClockMovedTooFar(f"the clock cannot be moved beyond the year {YEAR_MAX}")
    return target
