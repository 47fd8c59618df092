"""Which reducer gets a key: Hadoop's own partitioners."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import pairwise

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.job.job import Job
from emrsim.mapreduce.job.keyfields import FieldRange, field_lengths
from emrsim.mapreduce.job.parts import TotalOrder
from emrsim.mapreduce.shuffle.keyorder import sort_key_of

_MASK = 0xFFFFFFFF
_POSITIVE = 0x7FFFFFFF

Partitioner = Callable[[bytes], int]


def partitioner_of(job: Job) -> Partitioner:
    """Return what gives the partition of a key."""
    reduces = max(job.reduces, 1)
    if job.sorting.total_order is not None and reduces > 1:
        return TotalOrderPartitioner(job, job.sorting.total_order)
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


class TotalOrderPartitioner:
    """TotalOrderPartitioner: the keys of a sequence file are where one reducer ends and the next begins."""

    def __init__(self, job: Job, settings: TotalOrder) -> None:
        self._job = job
        self._settings = settings
        is_binary = not job.sorts_numbers  # Text and the others are BinaryComparable
        self._order = sort_key_of(job) or bytes
        self._placed_by = bytes if is_binary and settings.by_bytes else self._order

    def __call__(self, key: bytes) -> int:
        """Return the partition of a key. Raises TaskFailed if the file cannot be used."""
        return bisect_right(self.split_points, self._placed_by(key))

    @cached_property
    def split_points(self) -> list[bytes]:
        """The keys of the file as they are ordered by. Raises TaskFailed."""
        try:
            keys = self._read()
            if len(keys) != self._job.reduces - 1:
                raise TaskFailed("java.io.IOException: Wrong number of partitions in keyset")
            ordered = [self._order(key) for key in keys]
            if any(first >= second for first, second in pairwise(ordered)):
                raise TaskFailed("java.io.IOException: Split points are out of order")
        except TaskFailed as error:
            problem = "java.lang.IllegalArgumentException: Can't read partitions file"
            raise TaskFailed(f"{problem}\nCaused by: {error}") from error
        return [self._placed_by(key) for key in keys]

    def _read(self) -> list[bytes]:
        path = self._settings.path
        if path is None or not path.is_file():
            raise TaskFailed(f"java.io.FileNotFoundException: File {self._settings.name} does not exist")
        from emrsim.mapreduce.formats.sequencefile import read_serialised
        from emrsim.mapreduce.formats.serialised import deserialiser

        wanted = self._job.map_classes[0]
        keys: list[bytes] = []
        for key_class, _, pairs in read_serialised(path, name=self._settings.name):
            if key_class != wanted:
                raise TaskFailed(f"java.io.IOException: wrong key class: {wanted} is not class {key_class}")
            keys += map(deserialiser(key_class), [key for key, _ in pairs])
        return keys


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
