"""Points in time on the wire: epoch seconds, and ISO 8601 to the second."""

from __future__ import annotations

from datetime import UTC, datetime


def from_epoch(seconds: float) -> datetime:
    """A JSON timestamp as an aware datetime; ValueError or OverflowError beyond what a datetime holds."""
    return datetime.fromtimestamp(seconds, UTC)


def from_iso(text: str) -> datetime:
    """Return a Query timestamp as an aware datetime, in UTC without an offset; raises ValueError."""
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def to_epoch(moment: datetime) -> float:
    """Seconds with milliseconds, as the service sends them (source: recorded live answers)."""
    return round(moment.timestamp(), 3)


def to_iso(moment: datetime) -> str:
    """Whole seconds and `Z`: boto 2 reads no other form."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
