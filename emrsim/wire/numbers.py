"""What the model's number types hold, in either protocol."""

from __future__ import annotations

import math

_BITS = {"integer": 32, "long": 64}


def integer(shape_type: str, value: float) -> int:
    """`value` as the type `integer` or `long`; raises ValueError or OverflowError for an invalid one."""
    whole = int(value)
    bound = 1 << (_BITS[shape_type] - 1)
    if whole != value or not -bound <= whole < bound:
        raise ValueError(value)
    return whole


def finite(value: float) -> float:
    """`value`; ValueError for an infinity and for what is not a number."""
    if not math.isfinite(value):
        raise ValueError(value)
    return float(value)
