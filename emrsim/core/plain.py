"""Values of dataclasses as plain data (objects, lists, texts, numbers), as JSON and YAML have them.

Times are texts in ISO 8601, durations too (`core.durations`), members of enumerations their values or names.
Of fields that have a default, only those with another value are written. The types of fields are the form:
seeds, rules and faults are read by it, and `core.json_schema` writes it for editors.

Not msgspec, whose messages name neither what is allowed nor the nearest match, and which takes unknown fields
of dataclasses; nor cattrs, which needs a hook of ours for each of these types.

What a type cannot say stands in `Annotated`: `Annotated[int, Between(1, 255)]`, `Annotated[str, Length(1)]`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from emrsim.core.durations import BadDuration, duration, duration_text
from emrsim.core.suggestions import expected_one_of, shown, unknown

# Times that durations can be added to, and taken from.
_YEAR_MIN, YEAR_MAX = 1000, 9000


class PlainError(ValueError):
    """Invalid data; the message begins with the place (`clusters[3].steps[0].state`), if there is one."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}" if place else what)


@dataclass(frozen=True)
class Between:
    """Of numbers: the bounds, with `most` None where there is no upper one."""

    least: float
    most: float | None = None

    def wrong(self, value: Any) -> str | None:
        """What is wrong with a value; None if nothing is."""
        if self.least <= value and (self.most is None or value <= self.most):
            return None
        upper = "or more" if self.most is None else f"to {self.most:g}"
        return f"{shown(value)} is out of range: expected {self.least:g} {upper}"


@dataclass(frozen=True)
class Length:
    """Of texts: the number of characters, none of which is NUL."""

    least: int = 0
    most: int | None = None

    def wrong(self, value: Any) -> str | None:
        """What is wrong with a value; None if nothing is."""
        if "\0" in value:
            return f"{shown(value)} has a NUL character"
        if len(value) < self.least:
            return f"{shown(value)} is empty"
        if self.most is not None and len(value) > self.most:
            return f"longer than {self.most} characters: {shown(value)}"
        return None


@dataclass(frozen=True)
class NotBefore:
    """Of durations: none below zero."""

    def wrong(self, value: Any) -> str | None:
        """What is wrong with a value; None if nothing is."""
        return f"{duration_text(value)} is negative" if value < timedelta(0) else None


def to_plain(value: Any) -> Any:
    """`value` as plain data, to be read back by `Reader` as the same type."""
    if is_dataclass(value):
        told = {one.name: getattr(value, one.name) for one in fields(value)}
        return {
            one.name: to_plain(told[one.name]) for one in fields(value) if told[one.name] != _default(one)
        }
    if isinstance(value, StrEnum):
        return value.value
    if isinstance(value, Enum):
        return value.name
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, timedelta):
        return duration_text(value)
    if isinstance(value, Mapping):
        return {key: to_plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_plain(item) for item in value]
    return value


class Reader:
    """Reads plain data as values of given types. A time may also be relative to now: `-P30D`."""

    def __init__(self, now: datetime | None = None, error: type[PlainError] = PlainError) -> None:
        """`now` is needed where times are read; `error` is what is raised."""
        self._now = now
        self._error = error

    def read(self, kind: Any, data: Any, place: str) -> Any:
        """A value of the type `kind`. Raises PlainError, or the reader's own error."""
        if kind is Any:
            return data
        origin = get_origin(kind)
        if origin is Annotated:
            return self._read_annotated(kind, data, place)
        if origin in {Union, UnionType}:
            return self._read_union(get_args(kind), data, place)
        if origin is Literal:
            return self._read_literal(get_args(kind), data, place)
        if origin is tuple:
            return self._read_tuple(get_args(kind), data, place)
        if origin is list:
            return list(self._read_tuple((*get_args(kind), ...), data, place))
        if origin is not None and issubclass(origin, Mapping):
            return self._read_mapping(get_args(kind)[1], data, place)
        if is_dataclass(kind):
            return self._read_fields(kind, data, place)
        return self._read_one(kind, data, place)

    def _read_annotated(self, kind: Any, data: Any, place: str) -> Any:
        base, *limits = get_args(kind)
        value = self.read(base, data, place)
        for limit in limits:
            wrong = None if value is None or isinstance(limit, str) else limit.wrong(value)
            if wrong:
                raise self._error(place, wrong)
        return value

    def _read_one(self, kind: type, data: Any, place: str) -> Any:
        if kind is datetime:
            return self._read_time(data, place)
        if kind is timedelta:
            return self._read_duration(data, place)
        if issubclass(kind, Enum):
            return self._read_member(kind, data, place)
        kinds = (int, float) if kind is float else (kind,)
        if not isinstance(data, kinds) or (isinstance(data, bool) and kind is not bool):
            raise self._error(place, f"{shown(data)} is not {_NAMES[kind]}")
        return data

    def _read_union(self, kinds: Sequence[Any], data: Any, place: str) -> Any:
        """The first of the types that has the shape of the data; None is there only for None."""
        others = [one for one in kinds if one is not NoneType]
        if data is None and len(others) < len(kinds):
            return None
        if len(others) > 1:
            others.sort(key=lambda one: not _has_shape(one, data))
        return self.read(others[0], data, place)

    def _read_literal(self, allowed: Sequence[Any], data: Any, place: str) -> Any:
        if any(data is one or (isinstance(one, str) and data == one) for one in allowed):
            return data
        if allowed == (True,):
            raise self._error(place, f"{shown(data)} is not true: leave it out to say no")
        raise self._error(place, unknown(place.rpartition(".")[2], data, allowed))

    def _read_tuple(self, kinds: Sequence[Any], data: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            raise self._error(place, f"{shown(data)} is not a list")
        if kinds[-1] is not Ellipsis:
            if len(kinds) != len(data):
                raise self._error(place, f"{shown(data)} is not a list of {len(kinds)}")
            kinds_of_items = list(kinds)
        else:
            kinds_of_items = [kinds[0]] * len(data)
        return tuple(
            self.read(kind, item, f"{place}[{number}]")
            for number, (kind, item) in enumerate(zip(kinds_of_items, data, strict=True))
        )

    def _read_mapping(self, kind: Any, data: Any, place: str) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise self._error(place, f"{shown(data)} is not an object")
        return {
            self.read(str, key, place): self.read(kind, item, _below(place, key))
            for key, item in data.items()
        }

    def _read_fields(self, kind: Any, data: Any, place: str) -> Any:
        known = {one.name: one for one in fields(kind)}
        if not isinstance(data, Mapping):
            raise self._error(place, f"{shown(data)} is not an object with {', '.join(known)}")
        for name in data:
            if name not in known:
                raise self._error(place, unknown("field", name, known))
        kinds = types_of(kind)
        for name, one in known.items():
            if name not in data and is_required(one):
                raise self._error(_below(place, name), f"required{_choice(kinds[name])}")
        return kind(
            **{name: self.read(kinds[name], item, _below(place, name)) for name, item in data.items()}
        )

    def _read_time(self, data: Any, place: str) -> datetime:
        """Aware, in UTC where nothing else is said; YAML reads times by itself."""
        if isinstance(data, str) and data.startswith("-P") and self._now:
            return self._now + self._read_duration(data, place)
        given = data
        try:
            if isinstance(data, str):
                data = datetime.fromisoformat(data)
            elif isinstance(data, date) and not isinstance(data, datetime):
                data = datetime(data.year, data.month, data.day)
        except ValueError:
            pass  # it is still no time
        if not isinstance(data, datetime):
            raise self._error(
                place, f"invalid time {shown(given)}: expected ISO 8601, or as long ago as '-P30D'"
            )
        if not _YEAR_MIN <= data.year <= YEAR_MAX:
            raise self._error(
                place, f"{data.isoformat()} is out of range: expected the years {_YEAR_MIN} to {YEAR_MAX}"
            )
        return data if data.tzinfo else data.replace(tzinfo=UTC)

    def _read_duration(self, data: Any, place: str) -> timedelta:
        try:
            return duration(data)
        except BadDuration as error:
            raise self._error(place, str(error)) from None

    def _read_member(self, kind: type[Enum], data: Any, place: str) -> Any:
        names = member_names(kind)
        if data not in names:
            raise self._error(place, unknown(place.rpartition(".")[2], data, names))
        return kind(data) if issubclass(kind, StrEnum) else kind[data]


_NAMES: Mapping[Any, str] = {
    str: "text",
    int: "a whole number",
    bool: "true or false",
    float: "a number",
}


def member_names(kind: type[Enum]) -> list[str]:
    """The members of an enumeration as plain data has them."""
    return [one.value if issubclass(kind, StrEnum) else one.name for one in kind]


def types_of(kind: Any) -> dict[str, Any]:
    """The types of a dataclass's fields, with what is annotated."""
    return _types_of(kind)


@cache
def _types_of(kind: type) -> dict[str, Any]:
    return get_type_hints(kind, include_extras=True)


def is_required(one: Field[Any]) -> bool:
    """Whether a field has no default."""
    return one.default is MISSING and one.default_factory is MISSING


def _has_shape(kind: Any, data: Any) -> bool:
    """Whether `data` is of the shape that a type has: an object, a list, a text, or none of them."""
    base = get_args(kind)[0] if get_origin(kind) is Annotated else kind
    origin = get_origin(base)
    if origin is tuple:
        return isinstance(data, list | tuple)
    if base is str:
        return isinstance(data, str)
    if is_dataclass(base) or (isinstance(origin, type) and issubclass(origin, Mapping)):
        return isinstance(data, Mapping)
    return not isinstance(data, list | tuple | Mapping | str)


def _below(place: str, name: object) -> str:
    return f"{place}.{name}" if place else str(name)


def _choice(kind: Any) -> str:
    """The members of an enumeration, for a message about a value that is not there."""
    is_enumeration = isinstance(kind, type) and issubclass(kind, Enum)
    return f": {expected_one_of(member_names(kind))}" if is_enumeration else ""


def _default(one: Field[Any]) -> Any:
    if one.default_factory is not MISSING:
        return one.default_factory()
    return one.default
