"""Which reducer gets a key: HashPartitioner and KeyFieldBasedPartitioner."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.job.job import Job
from emrsim.mapreduce.job.keyfields import FieldRange, field_lengths

_MASK = 0xFFFFFFFF
_POSITIVE = 0x7FFFFFFF

Partitioner = Callable[[bytes], int]


def partitioner_of(job: Job) -> Partitioner:
    """Return what gives the partition of a key."""
    reduces = max(job.reduces, 1)
    if job.sorts_numbers:
        return long_partitioner(reduces)
    if job.sorting.partition_bytes is not None:
        return binary_partitioner(*job.sorting.partition_bytes, reduces)
    if job.sorting.partition_by is None:
        return hash_partitioner(reduces)
    return key_field_partitioner(job.sorting.partition_by, job.sorting.separator, reduces)


def hash_bytes(data: bytes, start: int = 1) -> int:
    """Hadoop's hash of key bytes, unsigned 32 bits: `31*h + signed byte` from `start`."""
    value = start
    for byte in data:
        value = (31 * value + (byte - 256 if byte > 127 else byte)) & _MASK
    return value


def hash_partitioner(reducers: int) -> Partitioner:
    """HashPartitioner over Text keys."""
    if reducers == 1:
        return lambda key: 0
    known: dict[bytes, int] = {}

    def partition(key: bytes) -> int:
        found = known.get(key)
        if found is None:
            found = (hash_bytes(key) & _POSITIVE) % reducers
            if len(known) < 100_000:
                known[key] = found
        return found

    return partition


def long_partitioner(reducers: int) -> Partitioner:
    """HashPartitioner over LongWritable keys, given as decimal text."""

    def partition(key: bytes) -> int:
        number = int(key)
        return ((number ^ (number >> 32)) & _POSITIVE) % reducers

    return partition


def binary_partitioner(left: int, right: int, reducers: int) -> Partitioner:
    """BinaryPartitioner: the hash runs over the bytes of a key from one offset to the other."""

    def partition(key: bytes) -> int:
        size = len(key)
        if not size:
            raise TaskFailed("java.lang.ArithmeticException: / by zero")
        # Java's remainder has the sign of its dividend: offsets beyond the key are out of its bounds.
        first, last = int(math.fmod(left + size, size)), int(math.fmod(right + size, size))
        if first < 0 or last < 0:
            raise TaskFailed(f"java.lang.ArrayIndexOutOfBoundsException: {min(first, last)}")
        return (hash_bytes(key[first : last + 1]) & _POSITIVE) % reducers

    return partition


def key_field_partitioner(ranges: Sequence[FieldRange], separator: bytes, reducers: int) -> Partitioner:
    """KeyFieldBasedPartitioner: the hash runs over the selected ranges of a key, one after the other.

    Without ranges it is Java's String.hashCode of the whole key.
    """

    def partition(key: bytes) -> int:
        if not ranges:
            return (_string_hash(key) & _POSITIVE) % reducers
        if not key:
            return 0
        key = key.decode("utf-8", "replace").encode()  # Hadoop hashes the text, not the bytes
        value = 0
        lengths = field_lengths(key, separator)
        for selected in ranges:
            start, end = selected.bounds(len(key), lengths, len(separator))
            if start >= 0:
                value = hash_bytes(key[start:end], value)
        return (value & _POSITIVE) % reducers

    return partition


def _string_hash(key: bytes) -> int:
    units = key.decode("utf-8", "replace").encode("utf-16-be")
    value = 0
    for high, low in zip(units[::2], units[1::2], strict=True):
        value = (31 * value + (high << 8 | low)) & _MASK
    return value
