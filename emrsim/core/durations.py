"""Durations as text, in the form of ISO 8601 without a calendar: `PT1H`, `P1DT30M`, `P2W`, `PT0.5S`."""

from __future__ import annotations

import re
from datetime import timedelta

from emrsim.core.suggestions import shown

_UNITS = ("weeks", "days", "hours", "minutes", "seconds")
_NUMBER = r"(\d+(?:\.\d+)?)"
_FORM = re.compile(
    rf"(-?)P(?=[\dT])(?:{_NUMBER}W)?(?:{_NUMBER}D)?(?:T(?=\d)(?:{_NUMBER}H)?(?:{_NUMBER}M)?(?:{_NUMBER}S)?)?"
)


DURATION_MAX = timedelta(days=36_525)  # a hundred years: what is done with it stays within datetime's range


class BadDuration(ValueError):
    """An invalid duration; the message says what is allowed."""


def duration(value: object) -> timedelta:
    """The duration that a timedelta, a number of seconds or a text stands for. Raises BadDuration."""
    try:
        found = _read(value)
    except (OverflowError, ValueError):
        found = timedelta.max
    if found is None:
        raise BadDuration(
            f"invalid duration {shown(value)}: expected seconds, or ISO 8601 such as 'PT1H', 'P1DT30M', 'P2W'"
        )
    if abs(found) > DURATION_MAX:
        raise BadDuration(f"{shown(value)} is out of range: expected at most a hundred years")
    return found


def duration_text(value: timedelta) -> str:
    """`value` in ISO 8601: `PT1H30M`, `P1D`, `PT0S`."""
    seconds = abs(value)
    days, rest = seconds.days, seconds - timedelta(days=seconds.days)
    minutes, small = divmod(rest, timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    parts = [(f"{hours}H", hours), (f"{minutes}M", minutes), (f"{small.total_seconds():.6f}", small)]
    time = "".join(text for text, amount in parts[:2] if amount)
    if small or not (days or time):
        time += parts[2][0].rstrip("0").rstrip(".") + "S"
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}P{f'{days}D' if days else ''}{f'T{time}' if time else ''}"


def _read(value: object) -> timedelta | None:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return timedelta(seconds=value)
    found = _FORM.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else _duration(found)


def _duration(found: re.Match[str]) -> timedelta:
    sign, *numbers = found.groups()
    amounts = {unit: float(number) for unit, number in zip(_UNITS, numbers, strict=True) if number}
    return timedelta(**amounts) * (-1 if sign else 1)
