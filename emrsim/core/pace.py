"""How fast a clock goes: `real`, `60x`, `instant`, `manual`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from emrsim.core.suggestions import shown

_SCALED = re.compile(r"(\d+(?:\.\d+)?)x")
_FASTEST = 1e6


class BadPace(ValueError):
    """An invalid pace; the message says what is allowed."""

    allowed = "use real, instant, manual or a pace such as 60x"


@dataclass(frozen=True)
class Pace:
    """`rate`: seconds of the clock in a second of the machine's; 0 where the clock stands until it is moved.

    With `jumps`, the clock jumps to the end of every wait for made-up machines.
    """

    name: str
    rate: float
    jumps: bool = False


REAL = Pace("real", 1.0)
INSTANT = Pace("instant", 1.0, jumps=True)
MANUAL = Pace("manual", 0.0)
_NAMED = {pace.name: pace for pace in (REAL, INSTANT, MANUAL)}


def pace(name: object) -> Pace:
    """Return the pace of that name; the fastest is 1000000x. Raises BadPace."""
    if isinstance(name, str) and name in _NAMED:
        return _NAMED[name]
    found = _SCALED.fullmatch(name) if isinstance(name, str) else None
    rate = float(found.group(1)) if found else 0.0
    if not 0 < rate <= _FASTEST:
        raise BadPace(f"invalid pace {shown(name)}: {BadPace.allowed}")
    return Pace(f"{rate:g}x", rate)
