"""One event in AWS's form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from emrsim.core.ids import ACCOUNT

CLUSTER = "EMR Cluster State Change"
STEP = "EMR Step Status Change"
GROUP = "EMR Instance Group State Change"
FLEET = "EMR Instance Fleet State Change"
POLICY = "EMR Auto Scaling Policy State Change"

# Those that emrsim makes; AWS has more (docs/facts/events.md#detail-types-and-fields).
DETAIL_TYPES = (CLUSTER, STEP, GROUP, FLEET, POLICY)

INFO, WARN, ERROR, CRITICAL = "INFO", "WARN", "ERROR", "CRITICAL"


@dataclass(frozen=True, slots=True)
class Told:
    """What there is to tell of one change: the detail-type and the detail of an event."""

    detail_type: str
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class EmrEvent:
    """An event; `number` counts those of an emulator, from 1."""

    number: int
    id: str
    time: datetime
    region: str
    detail_type: str
    detail: Mapping[str, Any]

    def as_aws(self) -> dict[str, Any]:
        """The event as a target of EventBridge gets it (docs/facts/events.md#eventbridge-events-of-emr)."""
        return {
            "version": "0",
            "id": self.id,
            "detail-type": self.detail_type,
            "source": "aws.emr",
            "account": ACCOUNT,
            "time": f"{self.time.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            "region": self.region,
            "resources": [],
            "detail": dict(self.detail),
        }


def minute(time: datetime) -> str:
    """A time as the messages of events have it: `2018-04-03 19:16 UTC`."""
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def minutes_between(began: datetime, ended: datetime) -> int:
    """Whole minutes; 0 occurs, in AWS's messages too."""
    return max(int((ended - began).total_seconds() // 60), 0)
