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

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from fnmatch import fnmatchcase
from random import Random
from typing import Annotated, Any

from emrsim.core.plain import Between, Length, PlainError, Reader, types_of
from emrsim.core.suggestions import expected_one_of, shown, unknown

THROTTLING = "throttling"
ERROR = "error"
LATENCY = "latency"
DROP = "drop"
TRUNCATE = "truncate"
EXPIRED_CREDENTIALS = "expired-credentials"

LATENCY_SECONDS_MAX = 3600.0


class BadFault(PlainError):
    """An invalid fault; the message names the field."""


Chance = Annotated[float, Between(0, 1)]
Whole = Annotated[int, Between(0)]
Positive = Annotated[int, Between(1)]
Name = Annotated[str, Length(1)]


@dataclass(frozen=True, kw_only=True)
class FaultForm:
    """What all faults have; those below are the kinds, by their word."""

    fault: Annotated[str, "What goes wrong."]
    service: Annotated[str, "emr, s3, or another service by its name in a signature's scope."] = "emr"
    operation: Annotated[Name | tuple[Name, ...], "A name, with * and ?, or a list of these."] = "*"
    count: Annotated[Positive | None, "It strikes so many times and is spent."] = None
    skip: Annotated[Whole, "The first so many matching requests are spared."] = 0
    probability: Annotated[Chance | None, "The chance to strike a matching request."] = None
    seed: Annotated[int | None, "The probability is drawn from this seed."] = None

    @property
    def details(self) -> dict[str, Any]:
        """What only this kind of fault has."""
        common = {one.name for one in fields(FaultForm)}
        return {one.name: getattr(self, one.name) for one in fields(self) if one.name not in common}


@dataclass(frozen=True, kw_only=True)
class ThrottlingForm(FaultForm):
    """Requests are throttled: each, or those that find no token in a bucket of `burst` tokens."""

    burst: Annotated[Annotated[float, Between(1, 1e9)] | None, "The tokens of a full bucket."] = None
    per_second: Annotated[Annotated[float, Between(0, 1e9)] | None, "How fast it is refilled."] = None


@dataclass(frozen=True, kw_only=True)
class ErrorForm(FaultForm):
    """An error of the service's."""

    status: Annotated[int, Between(500, 599)] = 500
    code: Name | None = None
    message: Name | None = None


@dataclass(frozen=True, kw_only=True)
class LatencyForm(FaultForm):
    """The answer comes later."""

    seconds: Annotated[float, Between(0, LATENCY_SECONDS_MAX)]


@dataclass(frozen=True, kw_only=True)
class TruncateForm(FaultForm):
    """The answer breaks off."""

    bytes: Annotated[Whole | None, "How much of the body is sent; half of it if left out."] = None


FORMS: Mapping[str, type[FaultForm]] = {
    THROTTLING: ThrottlingForm,
    ERROR: ErrorForm,
    LATENCY: LatencyForm,
    DROP: FaultForm,
    TRUNCATE: TruncateForm,
    EXPIRED_CREDENTIALS: FaultForm,
}


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
        raise BadFault("", f"{shown(given)} is not a fault: expected fields, such as fault='drop'")
    form = _form(given)
    _check_service(form, operations)
    return Fault(
        id=id,
        kind=form.fault,
        service=form.service,
        operations=_operations(form, operations),
        count=form.count,
        skip=form.skip,
        probability=1.0 if form.probability is None else form.probability,
        random=Random(form.seed or 0),
        buckets=_buckets(form),
        details=form.details,
        given=dict(given),
    )


def _form(given: Mapping[str, Any]) -> FaultForm:
    """The fields, each checked alone and with those that it needs."""
    if "fault" not in given:
        raise BadFault("fault", f"required: {expected_one_of(FORMS)}")
    kind = given["fault"]
    if not isinstance(kind, str) or kind not in FORMS:
        raise BadFault("", unknown("fault", kind, FORMS))
    for name in given:
        owners = [other for other, form in FORMS.items() if name in types_of(form)]
        if owners and kind not in owners:
            raise BadFault(name, f"only the fault {owners[0]!r} has it, not {kind!r}")
    form: FaultForm = Reader(error=BadFault).read(FORMS[kind], given, "")
    if form.seed is not None and form.probability is None:
        raise BadFault("seed", "needs a probability")
    return form


def _check_service(form: FaultForm, known: Operations) -> None:
    if form.service not in known:
        raise BadFault("", unknown("service", form.service, known))


def _operations(form: FaultForm, known: Operations) -> tuple[str, ...]:
    """The patterns, each of which must match an operation where those of the service are known."""
    patterns = (form.operation,) if isinstance(form.operation, str) else form.operation
    if not patterns:
        raise BadFault("operation", "an empty list: expected a name or a list of names")
    names = known[form.service]
    for pattern in patterns:
        if names is not None and not any(fnmatchcase(name, pattern) for name in names):
            raise BadFault("operation", unknown(f"operation of {form.service}", pattern, names))
    return patterns


def _buckets(form: FaultForm) -> Buckets | None:
    if not isinstance(form, ThrottlingForm) or (form.burst is None and form.per_second is None):
        return None
    if form.burst is None or form.per_second is None:
        missing = "burst" if form.burst is None else "per_second"
        raise BadFault(missing, "a token bucket needs both burst and per_second")
    if form.probability is not None:
        raise BadFault("probability", "a token bucket strikes by its tokens: leave one of them out")
    return Buckets(form.burst, form.per_second)
