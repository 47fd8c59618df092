"""`-reducer aggregate`: Hadoop's ValueAggregator types over keys of the form `Type:id`."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Protocol

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.javanumbers import java_double
from emrsim.mapreduce.formats.pairs import CountedPair, Pair

_LONG = re.compile(rb"[+-]?[0-9]+")
_DOUBLE = re.compile(
    rb"[\x00-\x20]*([+-]?(?:NaN|Infinity|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?))[fFdD]?[\x00-\x20]*"
)
_LONG_BITS = 64


class Aggregator(Protocol):
    """Takes the values of one key and reports on them."""

    def add(self, value: bytes, count: int) -> None:
        """Take `value`, `count` times; TaskFailed for one that the type cannot read."""

    def report(self) -> bytes:
        """The text that the job prints for the key."""


def aggregate(records: Iterable[CountedPair], unique_max: int | None) -> Iterator[Pair]:
    """The output of ValueAggregatorReducer for records sorted by key; `unique_max` limits UniqValueCount."""
    for key, group in groupby(records, key=itemgetter(0)):
        kind, colon, identifier = key.partition(b":")
        if not colon:
            raise TaskFailed("java.lang.StringIndexOutOfBoundsException: String index out of range: -1")
        aggregator = _new_aggregator(kind, unique_max)
        for _, value, count in group:
            aggregator.add(value, count)
        yield identifier, aggregator.report()


def _number_error(text: bytes) -> TaskFailed:
    shown = text.decode("utf-8", "replace")
    return TaskFailed(f'java.lang.NumberFormatException: For input string: "{shown}"')


def _parse_long(text: bytes) -> int:
    number = int(text) if _LONG.fullmatch(text) else 2**_LONG_BITS
    if not -(2 ** (_LONG_BITS - 1)) <= number < 2 ** (_LONG_BITS - 1):
        raise _number_error(text)
    return number


def _parse_double(text: bytes) -> float:
    match = _DOUBLE.fullmatch(text)
    if match is None:
        stripped = text.strip()
        raise (
            _number_error(stripped)
            if stripped
            else TaskFailed("java.lang.NumberFormatException: empty String")
        )
    return float(match[1])


class _LongSum:
    def __init__(self) -> None:
        self._sum = 0

    def add(self, value: bytes, count: int) -> None:
        self._sum += _parse_long(value) * count

    def report(self) -> bytes:
        wrapped = (self._sum + 2 ** (_LONG_BITS - 1)) % 2**_LONG_BITS - 2 ** (_LONG_BITS - 1)
        return b"%d" % wrapped


class _LongExtreme:
    def __init__(self, choose: Callable[[int, int], int], start: int) -> None:
        self._choose = choose
        self._value = start

    def add(self, value: bytes, count: int) -> None:
        self._value = self._choose(self._value, _parse_long(value))

    def report(self) -> bytes:
        return b"%d" % self._value


class _DoubleSum:
    """Adds in the order of arrival, from 0.0 on, as Java does: a sum of -0.0 is 0.0."""

    def __init__(self) -> None:
        self._sum = 0.0

    def add(self, value: bytes, count: int) -> None:
        number = _parse_double(value)
        for _ in range(count):
            self._sum += number

    def report(self) -> bytes:
        return java_double(self._sum).encode()


class _StringExtreme:
    """Java compares strings by UTF-16 units: characters beyond U+FFFF come before U+E000."""

    def __init__(self, larger: bool) -> None:
        self._larger = larger
        self._best: tuple[bytes, bytes] | None = None

    def add(self, value: bytes, count: int) -> None:
        candidate = (value.decode("utf-8", "replace").encode("utf-16-be"), value)
        if self._best is None or (candidate[0] > self._best[0]) == self._larger:
            self._best = candidate

    def report(self) -> bytes:
        assert self._best is not None  # a key without values does not occur
        return self._best[1]


class _UniqueCount:
    """Stops adding once it holds more than the limit, so it may report one more.

    Source: docs/facts/streaming.md#aggregate.
    """

    def __init__(self, limit: int | None) -> None:
        self._limit = limit
        self._values: set[bytes] = set()

    def add(self, value: bytes, count: int) -> None:
        if self._limit is None or len(self._values) <= self._limit:
            self._values.add(value)

    def report(self) -> bytes:
        return b"%d" % len(self._values)


class _Histogram:
    """Counts per value: how many values, smallest, median, largest, mean and deviation of their counts."""

    def __init__(self) -> None:
        self._counts: dict[bytes, int] = {}

    def add(self, value: bytes, count: int) -> None:
        name, tab, number = value.rpartition(b"\t")
        if not tab:
            name, number = value, b"1"
        self._counts[name] = self._counts.get(name, 0) + _parse_long(number) * count

    def report(self) -> bytes:
        counts = sorted(self._counts.values())
        mean = sum(counts) / len(counts)
        deviation = math.sqrt(sum((count - mean) * (count - mean) for count in counts) / len(counts))
        report = [len(counts), counts[0], counts[len(counts) // 2], counts[-1]]
        return "\t".join([*map(str, report), java_double(mean), java_double(deviation)]).encode()


_TYPES: dict[bytes, Callable[[int | None], Aggregator]] = {
    b"longvaluesum": lambda limit: _LongSum(),
    b"longvaluemax": lambda limit: _LongExtreme(max, -(2**63)),
    b"longvaluemin": lambda limit: _LongExtreme(min, 2**63 - 1),
    b"doublevaluesum": lambda limit: _DoubleSum(),
    b"stringvaluemax": lambda limit: _StringExtreme(larger=True),
    b"stringvaluemin": lambda limit: _StringExtreme(larger=False),
    b"uniqvaluecount": _UniqueCount,
    b"valuehistogram": lambda limit: _Histogram(),
}


def _new_aggregator(kind: bytes, unique_max: int | None) -> Aggregator:
    try:
        return _TYPES[kind.lower()](unique_max)
    except KeyError:
        # Hadoop finds no aggregator and goes on with null.
        raise TaskFailed("java.lang.NullPointerException") from None
