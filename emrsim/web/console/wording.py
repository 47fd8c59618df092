"""Times, durations and sizes in words, and the tone of a state."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

_TONES = {
    "work": {"RUNNING", "STARTING", "BOOTSTRAPPING", "PROVISIONING", "RESIZING", "RECONFIGURING"},
    "rest": {"WAITING", "PENDING"},
    "good": {"COMPLETED"},
    "bad": {"FAILED", "TERMINATED_WITH_ERRORS", "SUSPENDED", "ARRESTED", "INTERRUPTED"},
}
_TONE_OF = {state: tone for tone, states in _TONES.items() for state in states}
_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def tone(state: str) -> str:
    """Return how a state is to be felt: work, rest, good, bad or off."""
    return _TONE_OF.get(state, "off")


def seconds_text(seconds: float) -> str:
    """Return a duration in words of one or two units: `3.2 s`, `4 min 5 s`, `2 h 3 min`."""
    if seconds < 0.95:
        return f"{max(seconds, 0) * 1000:.0f} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    for size, unit, smaller, name in ((3600, "min", 1, "s"), (86400, "h", 60, "min")):
        if whole < size:
            large = {"min": 60, "h": 3600}[unit]
            return f"{whole // large} {unit} {whole % large // smaller} {name}"
    return f"{whole // 86400} d {whole % 86400 // 3600} h"


def between(start: datetime | None, end: datetime | None, now: datetime) -> str:
    """Return how long it took, or has taken so far; empty for what has not begun."""
    return "" if start is None else seconds_text(((end or now) - start).total_seconds())


def ago(moment: datetime, now: datetime) -> str:
    """Return how long ago a moment is, roughly. console.js says it with the same words."""
    seconds = (now - moment).total_seconds()
    if seconds < 5:
        return "just now"
    for size, unit in ((60, "s"), (3600, "min"), (86400, "h")):
        if seconds < size:
            return (
                f"{seconds // (1 if unit == 's' else size // 60 if unit == 'min' else 3600):.0f} {unit} ago"
            )
    return f"{seconds // 86400:.0f} d ago"


def absolute(moment: datetime) -> str:
    """Return a moment to the second, in UTC."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def size_text(size: int | None) -> str:
    """Return a number of bytes, rounded."""
    if size is None:
        return ""
    value, unit = float(size), 0
    while value >= 1024 and unit < len(_UNITS) - 1:
        value, unit = value / 1024, unit + 1
    return f"{size} bytes" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def delta_text(delta: timedelta) -> str:
    """Return a timedelta in words."""
    return seconds_text(delta.total_seconds())
