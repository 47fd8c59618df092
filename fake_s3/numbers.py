"""Numbers in the text of requests: digits alone, and no more of them than any such number has."""

from __future__ import annotations

_DIGITS_MAX = 19  # of 2**63 - 1, beyond every size, time and count of S3's


def whole_number(text: str | None, digits_max: int = _DIGITS_MAX) -> int | None:
    """Return the number that ASCII digits alone write, None for anything else and for longer numbers.

    Unlike `int` it takes no sign, blank, underscore or other script's digit, and its work has a bound.
    """
    if not text or len(text) > digits_max or not (text.isascii() and text.isdigit()):
        return None
    return int(text)


def offset(text: str) -> int | None:
    """Return the number that ASCII digits write, None for anything else.

    One with more digits than any offset has is beyond the end of every object, whatever it is exactly.
    """
    if not (text.isascii() and text.isdigit()):
        return None
    digits = text.lstrip("0") or "0"
    return int(digits) if len(digits) <= _DIGITS_MAX else 10**_DIGITS_MAX
