"""Values of dataclasses as plain data (objects, lists, texts, numbers), as JSON and YAML have them.

Times are texts in ISO 8601, durations too (`core.durations`), members of enumerations their values or names.
Of fields that have a default, only those with another value are written.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum, StrEnum
from functools import cache
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from emrsim.core.durations import BadDuration, duration, duration_text

# Times that durations can be added to, and taken from.
_YEAR_MIN, YEAR_MAX = 1000, 9000


class PlainError(ValueError):
    """Data that does not fit; the message begins with the place (`clusters[3].steps[0].state`)."""

    def __init__(self, place: str, what: str) -> None:
        super().__init__(f"{place}: {what}")


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
    """Reads plain data as values of given types. A time may also be told as long ago: `-P30D`."""

    def __init__(self, now: datetime) -> None:
        self._now = now

    def read(self, kind: Any, data: Any, place: str) -> Any:
        """A value of the type `kind`. Raises PlainError."""
        if kind is Any:
            return data
        if get_origin(kind) in {Union, UnionType}:
            return self._read_optional(kind, data, place)
        if get_origin(kind) is tuple:
            return self._read_tuple(get_args(kind), data, place)
        if get_origin(kind) is not None and issubclass(get_origin(kind), Mapping):
            return self._read_mapping(get_args(kind)[1], data, place)
        if is_dataclass(kind):
            return self._read_fields(kind, data, place)
        return self._read_one(kind, data, place)

    def _read_one(self, kind: type, data: Any, place: str) -> Any:
        if kind is datetime:
            return self._read_time(data, place)
        if kind is timedelta:
            return self._read_duration(data, place)
        if issubclass(kind, Enum):
            return _read_member(kind, data, place)
        if not isinstance(data, kind) or (isinstance(data, bool) and kind is not bool):
            raise PlainError(place, f"{_shown(data)} is no {_NAMES[kind]}")
        return data

    def _read_optional(self, kind: Any, data: Any, place: str) -> Any:
        others = [one for one in get_args(kind) if one is not NoneType]
        return None if data is None else self.read(others[0], data, place)

    def _read_tuple(self, kinds: Sequence[Any], data: Any, place: str) -> tuple[Any, ...]:
        if not isinstance(data, list | tuple):
            raise PlainError(place, f"{_shown(data)} is no list")
        if kinds[-1] is not Ellipsis:
            if len(kinds) != len(data):
                raise PlainError(place, f"{_shown(data)} is no list of {len(kinds)}")
            kinds_of_items = list(kinds)
        else:
            kinds_of_items = [kinds[0]] * len(data)
        return tuple(
            self.read(kind, item, f"{place}[{number}]")
            for number, (kind, item) in enumerate(zip(kinds_of_items, data, strict=True))
        )

    def _read_mapping(self, kind: Any, data: Any, place: str) -> dict[str, Any]:
        if not isinstance(data, Mapping):
            raise PlainError(place, f"{_shown(data)} is no object")
        return {
            self.read(str, key, place): self.read(kind, item, f"{place}.{key}") for key, item in data.items()
        }

    def _read_fields(self, kind: Any, data: Any, place: str) -> Any:
        if not isinstance(data, Mapping):
            raise PlainError(place, f"{_shown(data)} is no object")
        known = {one.name: one for one in fields(kind)}
        for name in data:
            if name not in known:
                raise PlainError(f"{place}.{name}", f"unknown; there can be {', '.join(known)}")
        for name, one in known.items():
            if name not in data and one.default is MISSING and one.default_factory is MISSING:
                raise PlainError(f"{place}.{name}", "missing")
        kinds = _kinds(kind)
        read = {name: self.read(kinds[name], item, f"{place}.{name}") for name, item in data.items()}
        return kind(**read)

    def _read_time(self, data: Any, place: str) -> datetime:
        """Aware, in UTC where nothing else is said; YAML reads times by itself."""
        if isinstance(data, str) and data.startswith("-P"):
            return self._now + self._read_duration(data, place)
        try:
            if isinstance(data, str):
                data = datetime.fromisoformat(data)
            elif isinstance(data, date) and not isinstance(data, datetime):
                data = datetime(data.year, data.month, data.day)
        except ValueError:
            raise PlainError(place, f"{_shown(data)} is no time") from None
        if not isinstance(data, datetime):
            raise PlainError(place, f"{_shown(data)} is no time: ISO 8601, or as long ago as '-P30D'")
        if not _YEAR_MIN <= data.year <= YEAR_MAX:
            raise PlainError(place, f"{data.isoformat()} is not in the years {_YEAR_MIN} to {YEAR_MAX}")
        return data if data.tzinfo else data.replace(tzinfo=UTC)

    def _read_duration(self, data: Any, place: str) -> timedelta:
        try:
            return duration(data)
        except BadDuration as error:
            raise PlainError(place, str(error)) from None


_NAMES: Mapping[Any, str] = {str: "text", int: "whole number", bool: "true or false", float: "number"}


def _read_member(kind: type[Enum], data: Any, place: str) -> Any:
    names = [one.value if issubclass(kind, StrEnum) else one.name for one in kind]
    if data not in names:
        raise PlainError(place, f"{_shown(data)} is none of {', '.join(names)}")
    return kind(data) if issubclass(kind, StrEnum) else kind[data]


@cache
def _kinds(kind: type) -> dict[str, Any]:
    return get_type_hints(kind)


def _default(one: Field[Any]) -> Any:
    if one.default_factory is not MISSING:
        return one.default_factory()
    return one.default


def _shown(data: Any) -> str:
    text = repr(data)
    return text if len(text) <= 60 else f"{text[:57]}..."
