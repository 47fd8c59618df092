"""The log of events: the last EVENTS_MAX are kept, and whoever listens is told of each."""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Condition
from typing import TYPE_CHECKING, Any

from emrsim.core.events import AutoScalingSet
from emrsim.service.stream import Happened

if TYPE_CHECKING:
    from emrsim.service.events.event import EmrEvent

EVENTS_MAX = 10_000
FAILURES_MAX = 1_000

# Is told of each event under the emulator's lock; must not wait.
EventListener = Callable[["EmrEvent"], None]


@dataclass(frozen=True)
class Failure:
    """An event that could not be delivered to one of its targets, and why."""

    time: datetime
    event_id: str
    target: str
    error: str

    def as_json(self) -> dict[str, Any]:
        """For JSON; the time is ISO 8601."""
        return {**vars(self), "time": self.time.isoformat()}


class EventLog:
    """See the module. `hear` is for the emulator's listeners; any thread may look."""

    def __init__(self, record_bug: Callable[[BaseException], None], now: Callable[[], datetime]) -> None:
        self._record_bug = record_bug
        self._now = now
        self._changed = Condition()
        self._events: deque[EmrEvent] = deque(maxlen=EVENTS_MAX)
        self._failures: deque[Failure] = deque(maxlen=FAILURES_MAX)
        self._number = 0
        self._forgotten = 0
        self._listeners: tuple[EventListener, ...] = ()

    def hear(self, happened: Happened) -> None:
        """Make and keep the events of what has happened. A bug in here must not reject what has happened."""
        if not happened.changes and not isinstance(happened.event, AutoScalingSet):
            return
        try:
            made = self._made(happened)
        except Exception as bug:
            self._record_bug(bug)
            return
        if made:
            self._keep(made)

    def _made(self, happened: Happened) -> list[EmrEvent]:
        from emrsim.service.events.event import EmrEvent  # not needed before the first cluster
        from emrsim.service.events.making import told_of

        region, made = happened.cluster.region, []
        for told in told_of(happened):
            self._number += 1
            one = EmrEvent(
                self._number, str(uuid.uuid4()), happened.time, region, told.detail_type, told.detail
            )
            made.append(one)
        return made

    def _keep(self, made: Sequence[EmrEvent]) -> None:
        with self._changed:
            self._events.extend(made)
            self._changed.notify_all()
        for listener in self._listeners:
            for event in made:
                listener(event)

    def listen(self, listener: EventListener) -> None:
        """Have `listener` told of each event from now on."""
        self._listeners = (*self._listeners, listener)

    def stop_listening(self, listener: EventListener) -> None:
        """Tell `listener` no more."""
        self._listeners = tuple(one for one in self._listeners if one is not listener)

    def events(
        self, detail_type: str | None = None, fits: Callable[[Mapping[str, Any]], bool] | None = None
    ) -> list[EmrEvent]:
        """The events that are kept, oldest first: all, or those of a type whose detail `fits`."""
        with self._changed:
            events = list(self._events)
        return [
            one
            for one in events
            if detail_type in {None, one.detail_type} and (fits is None or fits(one.detail))
        ]

    def wait_for(self, look: Callable[[], EmrEvent | None], seconds: float) -> EmrEvent | None:
        """What `look` finds, now or after one of the events within `seconds` of real time."""
        with self._changed:
            self._changed.wait_for(look, seconds)
        return look()

    @property
    def left_out(self) -> int:
        """How many events there have been that are no longer kept, since the last `clear`."""
        with self._changed:
            return self._number - self._forgotten - len(self._events)

    def failed(self, event_id: str, target: str, error: str) -> Failure:
        """Keep that an event could not be delivered."""
        failure = Failure(self._now(), event_id, target, error)
        with self._changed:
            self._failures.append(failure)
            self._changed.notify_all()
        return failure

    @property
    def failures(self) -> list[Failure]:
        """The deliveries that failed, as far as they are kept, oldest first."""
        with self._changed:
            return list(self._failures)

    def clear(self) -> None:
        """Forget all events and failures."""
        with self._changed:
            self._events.clear()
            self._failures.clear()
            self._forgotten = self._number
