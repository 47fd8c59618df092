"""What reducers read: the records of one partition in their order, from Python lists or merged runs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from emrsim.mapreduce.formats.exchange import Exchange
from emrsim.mapreduce.formats.pairs import CountedPair

if TYPE_CHECKING:
    from emrsim.mapreduce.shuffle.records import Records

# What a record is ordered by, and the record: partition, sort key, key, value.
Placed = tuple[int, bytes, bytes, bytes]


class ReduceInput:
    """The records of one partition in their order; counts what was read so far."""

    def __init__(self) -> None:
        self.records = 0
        self.groups = 0

    def texts(self) -> Iterator[bytes | memoryview]:
        """What a reducing command reads."""
        raise NotImplementedError

    def items(self) -> Iterator[CountedPair]:
        """Keys and values, each with the number of times it stands for."""
        raise NotImplementedError


class PlainInput(ReduceInput):
    """The input of a reducer from Python lists."""

    def __init__(self, exchange: Exchange, placed: Sequence[Placed]) -> None:
        super().__init__()
        self._exchange = exchange
        self._placed = placed

    def texts(self) -> Iterator[bytes | memoryview]:
        """See ReduceInput."""
        return self._exchange.reduce_source((key, value) for key, value, _ in self.items())

    def items(self) -> Iterator[CountedPair]:
        """See ReduceInput."""
        last = None
        for _, _, key, value in self._placed:
            self.records += 1
            # A group is a run of equal keys, byte for byte (docs/facts/streaming.md#sorting-and-grouping).
            if key != last:
                self.groups += 1
                last = key
            yield key, value, 1


class ColumnInput(ReduceInput):
    """The input of a reducer from merged runs."""

    def __init__(self, exchange: Exchange, rounds: Iterator[Records]) -> None:
        super().__init__()
        self._exchange = exchange
        self._rounds = rounds
        self._last_key: bytes | None = None

    def texts(self) -> Iterator[bytes | memoryview]:
        """See ReduceInput."""
        for merged in self._counted():
            yield from merged.texts()

    def items(self) -> Iterator[CountedPair]:
        """See ReduceInput."""
        split = self._exchange.split_payload
        for merged in self._counted():
            for payload, key_length, count in merged.items():
                key, value = split(payload, key_length)
                yield key, value, count

    def _counted(self) -> Iterator[Records]:
        for merged in self._rounds:
            self.records += merged.total
            self.groups += merged.groups() - (merged.key(0) == self._last_key)
            self._last_key = merged.key(len(merged) - 1)
            yield merged
