"""Failures on demand: which answers go wrong, how, and when. `web.faults` carries out what is decided here.

A fault is one dictionary, the same in Python and in JSON:

    fault            throttling | error | latency | drop | truncate | expired-credentials
    service          emr (if left out), s3, or a neighbour's name in a signature's scope (iam, sts, …)
    operation        a name, with * and ? as wildcards, or a list of these; all operations if left out
    count            it strikes so many times and is spent
    skip             the first so many matching requests are spared
    probability      it strikes each matching request with this chance, from 0 to 1 …
    seed             … drawn from this seed (0 if left out), so that a failure repeats
    burst, per_second    throttling only: a token bucket for each operation, as AWS has it, of `burst` tokens,
                     refilled by `per_second`, by the emulator's clock; requests that find no token are
                     throttled (source: docs/facts/api.md#limits)
    status, code, message    error only: the answer (500 if left out; only 5xx is an error here)
    seconds          latency only: how long the answer waits, of the machine's time
    bytes            truncate only: how much of the body is sent (half of it if left out)
"""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fnmatch import fnmatchcase
from random import Random
from typing import Any

THROTTLING = "throttling"
ERROR = "error"
LATENCY = "latency"
DROP = "drop"
TRUNCATE = "truncate"
EXPIRED_CREDENTIALS = "expired-credentials"

LATENCY_SECONDS_MAX = 3600.0

# The fields that only one kind of fault has.
_OWN_FIELDS: Mapping[str, tuple[str, ...]] = {
    THROTTLING: ("burst", "per_second"),
    ERROR: ("status", "code", "message"),
    LATENCY: ("seconds",),
    DROP: (),
    TRUNCATE: ("bytes",),
    EXPIRED_CREDENTIALS: (),
}
_COMMON_FIELDS = ("fault", "service", "operation", "count", "skip", "probability", "seed")


class BadFault(ValueError):
    """A fault that cannot be meant; the message names the field."""


@dataclass
class Buckets:
    """A token bucket for each operation, full at first."""

    burst: float
    per_second: float
    filled: dict[str, tuple[float, datetime]] = field(
        default_factory=dict
    )  # tokens, and when they were counted

    def takes(self, operation: str, now: datetime) -> bool:
        """Whether there is a token for a request at `now`, which then is gone."""
        tokens, counted_at = self.filled.get(operation, (self.burst, now))
        seconds = max(0.0, (now - counted_at).total_seconds())
        tokens = min(self.burst, tokens + seconds * self.per_second)
        has_one = tokens >= 1
        self.filled[operation] = (tokens - 1 if has_one else tokens, now)
        return has_one


@dataclass
class Fault:
    """A fault and what has become of it: how many requests it has met, and how many of them it struck."""

    id: str
    kind: str
    service: str
    operations: tuple[str, ...]
    count: int | None
    skip: int
    probability: float
    random: Random
    buckets: Buckets | None
    details: Mapping[str, Any]
    given: Mapping[str, Any]
    met: int = 0
    struck: int = 0

    @property
    def is_spent(self) -> bool:
        return self.count is not None and self.struck >= self.count

    def matches(self, service: str, operation: str) -> bool:
        return service == self.service and any(fnmatchcase(operation, one) for one in self.operations)

    def strikes(self, operation: str, now: datetime) -> bool:
        """Whether it strikes the next matching request, which is of `operation` and at `now`."""
        if self.is_spent:
            return False
        self.met += 1
        if self.met <= self.skip:
            return False
        if self.buckets is not None and self.buckets.takes(operation, now):
            return False
        if self.probability < 1 and self.random.random() >= self.probability:
            return False
        self.struck += 1
        return True


# The services there are, and of those whose operations are known, these.
Operations = Mapping[str, Collection[str] | None]


def fault_of(id: str, given: object, operations: Operations) -> Fault:
    """The fault that `given` describes. Raises BadFault."""
    if not isinstance(given, Mapping):
        raise BadFault(f"a fault has fields, as in fault='drop', and is not {given!r}")
    kind = _kind(given)
    _check_names(kind, given)
    service = _service(given, operations)
    return Fault(
        id=id,
        kind=kind,
        service=service,
        operations=_operations(given.get("operation", "*"), service, operations),
        count=_whole(given, "count", 1),
        skip=_whole(given, "skip", 0) or 0,
        probability=_number(given, "probability", 0, 1, default=1.0),
        random=Random(_whole(given, "seed", None) or 0),
        buckets=_buckets(given),
        details=_details(kind, given),
        given=dict(given),
    )


def _kind(given: Mapping[str, Any]) -> str:
    if "fault" not in given:
        raise BadFault(f"fault: it is missing, and must be one of {', '.join(_OWN_FIELDS)}")
    kind = given["fault"]
    if not isinstance(kind, str) or kind not in _OWN_FIELDS:
        raise BadFault(f"fault: there is none called {kind!r}, but {', '.join(_OWN_FIELDS)}")
    return kind


def _check_names(kind: str, given: Mapping[str, Any]) -> None:
    for name in given:
        if name in _COMMON_FIELDS or name in _OWN_FIELDS[kind]:
            continue
        owner = next((other for other, fields in _OWN_FIELDS.items() if name in fields), None)
        if owner:
            raise BadFault(f"{name}: it belongs to the fault {owner}, not to {kind}")
        known = ", ".join((*_COMMON_FIELDS, *_OWN_FIELDS[kind]))
        raise BadFault(f"{name}: there is no such field; those of {kind} are {known}")
    if "seed" in given and "probability" not in given:
        raise BadFault("seed: it is for a probability, and there is none")


def _service(given: Mapping[str, Any], known: Operations) -> str:
    service = _text(given, "service") or "emr"
    if service not in known:
        hint = _hint(service.lower(), known)
        raise BadFault(f"service: there is none called {service!r}, but {', '.join(known)}{hint}")
    return service


def _hint(name: str, known: Collection[str]) -> str:
    near = difflib.get_close_matches(name, known, 1)
    return f"; do you mean {near[0]}?" if near else ""


def _operations(given: object, service: str, known: Operations) -> tuple[str, ...]:
    """The patterns, each of which must match an operation where those of the service are known."""
    patterns = [given] if isinstance(given, str) else given
    if not isinstance(patterns, list | tuple) or not patterns:
        raise BadFault(f"operation: it must be a name or a list of names, not {given!r}")
    for pattern in patterns:
        if not isinstance(pattern, str):
            raise BadFault(f"operation: {pattern!r} is not a name")
        names = known[service]
        if names is not None and not any(fnmatchcase(name, pattern) for name in names):
            raise BadFault(f"operation: {service} has no operation {pattern}{_hint(pattern, names)}")
    return tuple(patterns)


def _buckets(given: Mapping[str, Any]) -> Buckets | None:
    if "burst" not in given and "per_second" not in given:
        return None
    for name in ("burst", "per_second"):
        if name not in given:
            raise BadFault(f"{name}: a token bucket needs both burst and per_second")
    if "probability" in given:
        raise BadFault("probability: a token bucket strikes by its tokens; leave one of them out")
    return Buckets(_number(given, "burst", 1, 1e9), _number(given, "per_second", 0, 1e9))


def _details(kind: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """What only this kind of fault has, checked."""
    if kind == LATENCY:
        if "seconds" not in given:
            raise BadFault("seconds: it is missing: how long is the answer to wait?")
        return {"seconds": _number(given, "seconds", 0, LATENCY_SECONDS_MAX)}
    if kind == TRUNCATE:
        return {"bytes": _whole(given, "bytes", 0)}
    if kind == ERROR:
        status = _whole(given, "status", 500) or 500
        if status > 599:
            raise BadFault(f"status: it must be from 500 to 599, not {status}")
        return {"status": status, "code": _text(given, "code"), "message": _text(given, "message")}
    return {}


def _text(given: Mapping[str, Any], name: str) -> str | None:
    value = given.get(name)
    if value is not None and (not isinstance(value, str) or not value):
        raise BadFault(f"{name}: it must be a text, not {value!r}")
    return value


def _whole(given: Mapping[str, Any], name: str, least: int | None) -> int | None:
    value = given.get(name)
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or (least is not None and value < least):
        above = "" if least is None else f" from {least} up"
        raise BadFault(f"{name}: it must be a whole number{above}, not {value!r}")
    return value


def _number(given: Mapping[str, Any], name: str, least: float, most: float, default: float = 0.0) -> float:
    value = given.get(name, default)
    if not isinstance(value, int | float) or isinstance(value, bool) or not least <= value <= most:
        raise BadFault(f"{name}: it must be a number from {least:g} to {most:g}, not {value!r}")
    return float(value)
