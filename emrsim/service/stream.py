"""The stream of events: what has happened, in order, and who caused it.

`EmulatorState` calls its listeners with each event under its lock. The durable record, AWS's events, the
console's timeline and metrics are listeners; none of them asks the state on a timer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime

from emrsim.core.events import Event
from emrsim.core.model import Change, Cluster


@dataclass(frozen=True)
class Cause:
    """Who caused an event.

    `kind` is `request` (an API call; `what` is its operation), `rule` (`what` is its id), `clock` (a wait
    that is over), `process` (a step's or bootstrap action's), `control` (a call of `/_emrsim`), `restart`, or
    `emrsim`.
    """

    kind: str
    what: str = ""


@dataclass(frozen=True)
class Happened:
    """An event that has happened to a cluster, whose state is already that after it.

    `number` counts all events of an emulator, from 1. `changes` are the changes of state it has caused.
    """

    number: int
    time: datetime
    cluster: Cluster
    event: Event
    cause: Cause
    changes: tuple[Change, ...]


# A listener is called under the emulator's lock and must not wait.
Listener = Callable[[Happened], None]

_BY_ITSELF = Cause("emrsim")
_cause: ContextVar[Cause] = ContextVar("cause", default=_BY_ITSELF)


@contextmanager
def caused_by(kind: str, what: str = "") -> Iterator[None]:
    """Events that are posted in the block, on this thread, have this cause."""
    token = _cause.set(Cause(kind, what))
    try:
        yield
    finally:
        _cause.reset(token)


def current_cause() -> Cause:
    """Return the cause of what is posted now, on this thread."""
    return _cause.get()
