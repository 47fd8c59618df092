"""From the log of events, and from clients' PutEvents, to the rules of EventBridge and their targets."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import TYPE_CHECKING

from emrsim.service.events.delivery import Delivery
from emrsim.service.events.log import EventLog
from emrsim.service.journal import Entry, Journal

if TYPE_CHECKING:
    from emrsim.neighbours.eventbridge import Offered
    from emrsim.service.events.event import EmrEvent

# Under which a delivery that failed stands in the journal.
DELIVERY = "DeliverEvent"
_FAILED_STATUS = 502


@dataclass(frozen=True, slots=True)
class _Errand:
    event_id: str
    run: Callable[[], None]


class Bridge:
    """Delivers from the first call of EventBridge on: before that there can be no rule."""

    def __init__(self, log: EventLog, journal: Journal, record_bug: Callable[[BaseException], None]) -> None:
        self._log = log
        self._journal = journal
        self._delivery: Delivery[_Errand] = Delivery(
            "emrsim-eventbridge", lambda errand: errand.run(), record_bug, self._lost
        )
        self._lock = Lock()
        self._put: Callable[[Offered], None] | None = None

    def connect(self) -> Callable[[Offered], None]:
        """Begin to deliver. What it returns takes what clients put; it does not wait."""
        with self._lock:
            if self._put is None:
                from emrsim.neighbours.eventbridge import Courier

                courier = Courier(self._failed)

                def put(offered: Offered) -> None:
                    run = partial(courier.send_offered, offered)
                    self._delivery.put(_Errand(offered.event["id"], run))

                def hear(event: EmrEvent) -> None:
                    self._delivery.put(_Errand(event.id, lambda: courier.send(event.as_aws())))

                self._put = put
                self._log.listen(hear)
            return self._put

    def clear(self) -> None:
        """Forget what has not been delivered yet."""
        self._delivery.clear()

    def drain(self) -> None:
        """Return once nothing is waiting any more, or after five seconds."""
        self._delivery.drain()

    def close(self) -> None:
        """Deliver what is waiting, and end."""
        self._delivery.close()

    def _lost(self, errand: _Errand) -> None:
        why = "it waited too long for earlier ones, or until the end"
        self._failed(errand.event_id, "EventBridge", why)

    def _failed(self, event_id: str, target: str, error: str) -> None:
        """A delivery that failed is in the log, and in the journal as a call of `DELIVERY`."""
        failure = self._log.failed(event_id, target, error)
        entry = Entry(
            time=failure.time,
            service="events",
            operation=DELIVERY,
            parameters={"EventId": event_id, "Target": target, "Error": error},
            result=None,
            request={},
            status=_FAILED_STATUS,
            answer=json.dumps({"__type": "DeliveryFailed"}).encode(),
            client="emrsim",
            seconds=0.0,
            size_bytes=0,
            faults=(),
        )
        self._journal.record(entry)
