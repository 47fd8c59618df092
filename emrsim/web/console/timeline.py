"""Who caused what: the events of a cluster with their causes.

A durable emulator has them in its record. One in memory knows its events from the cluster's own story, and
their causes from the moment at which somebody first looked at the console: a bounded listener of the stream.
"""

from __future__ import annotations

import re
from collections import OrderedDict, deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emrsim.core.model import Change, Cluster
from emrsim.service.emulator import EmulatorState
from emrsim.service.record.file import PastEvent
from emrsim.service.stream import Happened

SHOWN_MAX = 60  # events on a page
_EVENTS_MAX = 200  # of a cluster, in memory
_CLUSTERS_MAX = 500
_READ_MAX = 32  # clusters
_CHANGES_MAX = 6  # of an event

# The last events of a cluster, oldest first, from the record: the cluster's id and how many.
History = Callable[[str, int], list[PastEvent]]

_CAUSES = {
    "request": "by {}",
    "rule": "by rule {}",
    "clock": "as a wait was over",
    "process": "by a process",
    "control": "by a call of /_emrsim",
    "restart": "as emrsim started",
}
_WORD = re.compile(r"(?<=[a-z])(?=[A-Z])")


@dataclass(frozen=True)
class Moment:
    """An event as the timeline shows it; `cause` is empty where it is unknown."""

    time: datetime
    what: str
    cause: str
    changes: Sequence[Change] = ()
    step_id: str = ""


class Timeline:
    """The events of all clusters; listens from the moment it is made."""

    def __init__(self, state: EmulatorState, history: History | None) -> None:
        self._state = state
        self._history = history
        self._read: dict[str, tuple[int, list[Moment]]] = {}
        self._numbers: OrderedDict[str, int] = OrderedDict()
        self._heard: OrderedDict[str, deque[Moment]] = OrderedDict()
        with state.locked():
            state.listeners.append(self._hear)

    def version(self, cluster_id: str) -> int:
        """Return a number that changes with every event of a cluster."""
        return self._numbers.get(cluster_id, 0)

    def of(self, cluster: Cluster, most: int = SHOWN_MAX) -> list[Moment]:
        """Return the last events of a cluster, newest first. To be called under the lock."""
        if self._history is not None:
            moments = self._recorded(cluster.id, most)
        else:
            heard = self._heard.get(cluster.id, ())
            before = len(cluster.story) - len(heard)
            older = [_of_story(when, event) for when, event in cluster.story[:before]]
            moments = [*older, *heard]
        return moments[-most:][::-1]

    def _recorded(self, cluster_id: str, most: int) -> list[Moment]:
        """From the record, read once for all pages that show them: an event may have thousands of changes."""
        version = self.version(cluster_id)
        known = self._read.get(cluster_id)
        if known is None or known[0] != version:
            moments = [_from_record(one) for one in self._history(cluster_id, most)] if self._history else []
            known = self._read[cluster_id] = version, moments
            if len(self._read) > _READ_MAX:
                self._read.pop(next(iter(self._read)))
        return known[1]

    def _hear(self, happened: Happened) -> None:
        cluster_id = happened.cluster.id
        self._numbers[cluster_id] = happened.number
        self._numbers.move_to_end(cluster_id)
        if len(self._numbers) > _CLUSTERS_MAX:
            self._numbers.popitem(last=False)
        if self._history is None:
            self._keep(happened)

    def _keep(self, happened: Happened) -> None:
        moments = self._heard.setdefault(happened.cluster.id, deque(maxlen=_EVENTS_MAX))
        cause = _cause(happened.cause.kind, happened.cause.what)
        moments.append(
            Moment(
                happened.time, _words(type(happened.event).__name__), cause, happened.changes[:_CHANGES_MAX]
            )
        )
        if len(self._heard) > _CLUSTERS_MAX:
            self._heard.popitem(last=False)


def _of_story(when: datetime, event: Any) -> Moment:
    return Moment(when, _words(type(event).__name__), "", step_id=getattr(event, "step_id", ""))


def _from_record(event: PastEvent) -> Moment:
    changes: tuple[Any, ...] = event.changes[:_CHANGES_MAX]
    return Moment(event.time, _words(event.kind), _cause(event.cause, event.cause_what), changes)


def _cause(kind: str, what: str) -> str:
    return _CAUSES.get(kind, "").format(what)


def _words(kind: str) -> str:
    """`StepsAdded` as words."""
    return _WORD.sub(" ", kind).capitalize()
