"""Sorted runs of records, in memory or spilled, and their merge. Large jobs only: loads numpy and pyarrow."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from emrsim.mapreduce import records
from emrsim.mapreduce.columns import Ints, Texts
from emrsim.mapreduce.errors import JobFailed
from emrsim.mapreduce.records import Records

_ROUND_BYTES = 8 << 20  # merged at once: so little that a reducer does not run dry meanwhile
_PIECE_BYTES_MIN = 256 << 10


class Run:
    """Records in order of partition and key; partition p reaches from `bounds[p]` to `bounds[p + 1]`."""

    def __init__(self, sorted_records: Records, bounds: Ints) -> None:
        self.records = sorted_records
        self.bounds = bounds
        self.held_bytes = sorted_records.size_bytes

    def partition(self, number: int) -> Records:
        """The records of one partition."""
        return self.records.slice(int(self.bounds[number]), int(self.bounds[number + 1]))

    def cursor(self, partition: int) -> Cursor:
        """A reader of one partition."""
        return _MemoryCursor(self.partition(partition))


def make_run(unsorted: Records, partitions: Ints, reduces: int) -> Run:
    """Sort records into a run."""
    order = unsorted.order(_narrow(partitions, reduces) if reduces > 1 else None)
    sizes = np.bincount(partitions, minlength=reduces)
    return Run(unsorted.take(order), np.concatenate(([0], np.cumsum(sizes))))


def concat_ints(parts: Sequence[Ints]) -> Ints:
    """Number columns one after the other."""
    return np.concatenate(parts)


def _narrow(partitions: Ints, reduces: int) -> Ints:
    """The same numbers in 16 bits if they fit: numpy then sorts them by radix."""
    return partitions.astype(np.uint16) if reduces <= 1 << 16 else partitions


class Cursor:
    """Reads the records of one partition of one run, piece by piece."""

    def __init__(self, start: int, end: int) -> None:
        self._position = start
        self._end = end

    @property
    def exhausted(self) -> bool:
        """Whether everything was loaded."""
        return self._position >= self._end

    def load(self, wanted_bytes: int) -> Records:
        """The next records, about `wanted_bytes` of them and at least one."""
        raise NotImplementedError


class _MemoryCursor(Cursor):
    def __init__(self, partition: Records) -> None:
        super().__init__(0, len(partition))
        self._records = partition

    def load(self, wanted_bytes: int) -> Records:
        """See Cursor."""
        offsets = self._records.payload.offsets
        limit = int(offsets[self._position]) + wanted_bytes
        end = max(int(np.searchsorted(offsets, limit, "right")) - 1, self._position + 1)
        piece = self._records.slice(self._position, end)
        self._position = end
        return piece


class SpillFile:
    """One file for all spills of a job. It has no name any more, so nothing of it outlives the job."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  open as long as the job
        self._lock = threading.Lock()
        self._size = 0

    def append(self, data: Any) -> int:
        """Write a buffer; returns where it begins. JobFailed when the disk is full."""
        view = memoryview(data).cast("B")
        with self._lock:
            start = self._size
            self._size += len(view)
        try:
            written = 0
            while written < len(view):
                written += os.pwrite(self._file.fileno(), view[written:], start + written)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT}:
                raise
            raise JobFailed(f"java.io.IOException: {error.strerror} (during the shuffle)") from error
        return start

    def read(self, start: int, size: int) -> bytes:
        """Bytes written before."""
        return os.pread(self._file.fileno(), size, start)

    def close(self) -> None:
        """Give the space back."""
        self._file.close()


class _SpilledTexts:
    """A column of a spilled run: its data and the size of each string."""

    def __init__(self, file: SpillFile, column: Texts, bounds: Ints) -> None:
        self._file = file
        self._data_at = file.append(column.text())
        self._sizes_at = file.append(column.lengths.astype(np.uint32))
        self._starts = column.offsets[bounds] - column.offsets[0]

    def average(self, partition: int, count: int) -> float:
        """The mean size of the strings of a partition."""
        return float(self._starts[partition + 1] - self._starts[partition]) / max(count, 1)

    def start(self, partition: int) -> int:
        """Where the data of a partition begins."""
        return self._data_at + int(self._starts[partition])

    def load(self, first: int, count: int, data_at: int) -> Texts:
        """Strings from number `first` on, whose data begins at `data_at`."""
        sizes = np.frombuffer(self._file.read(self._sizes_at + 4 * first, 4 * count), np.uint32)
        offsets = np.zeros(count + 1, np.int64)
        np.cumsum(sizes, out=offsets[1:])
        return Texts(np.frombuffer(self._file.read(data_at, int(offsets[-1])), np.uint8), offsets)


class SpilledRun:
    """A run in the spill file."""

    held_bytes = 0

    def __init__(self, run: Run, file: SpillFile) -> None:
        spilled = run.records
        self.bounds = run.bounds
        self.file = file
        self.payload = _SpilledTexts(file, spilled.payload, run.bounds)
        self.sort_keys = None
        if spilled.sort_keys is not None:
            self.sort_keys = _SpilledTexts(file, spilled.sort_keys, run.bounds)
        self.key_lengths_at = file.append(spilled.key_lengths.astype(np.uint32))
        self.counts_at = None if spilled.counts is None else file.append(spilled.counts.astype(np.int64))

    def cursor(self, partition: int) -> Cursor:
        """A reader of one partition."""
        return _SpilledCursor(self, partition)


class _SpilledCursor(Cursor):
    def __init__(self, run: SpilledRun, partition: int) -> None:
        super().__init__(int(run.bounds[partition]), int(run.bounds[partition + 1]))
        self._run = run
        self._record_bytes = run.payload.average(partition, self._end - self._position)
        self._payload_at = run.payload.start(partition)
        self._sort_keys_at = run.sort_keys.start(partition) if run.sort_keys is not None else 0

    def load(self, wanted_bytes: int) -> Records:
        """See Cursor."""
        run, first = self._run, self._position
        count = min(max(int(wanted_bytes / max(self._record_bytes, 1)), 1), self._end - first)
        payload = run.payload.load(first, count, self._payload_at)
        self._payload_at += len(payload.data)
        sort_keys = None
        if run.sort_keys is not None:
            sort_keys = run.sort_keys.load(first, count, self._sort_keys_at)
            self._sort_keys_at += len(sort_keys.data)
        key_lengths = np.frombuffer(run.file.read(run.key_lengths_at + 4 * first, 4 * count), np.uint32)
        counts = None
        if run.counts_at is not None:
            counts = np.frombuffer(run.file.read(run.counts_at + 8 * first, 8 * count), np.int64)
        self._position += count
        return Records(payload, key_lengths.astype(np.int64), sort_keys, counts)


def merged(cursors: Sequence[Cursor], memory_bytes: int) -> Iterator[Records]:
    """The records of all cursors in one order, in rounds; at most about `memory_bytes` are loaded.

    A round takes from every run what is not above the smallest of the last keys that are loaded: nothing
    smaller can follow.
    """
    waiting: list[tuple[Cursor, Records | None]] = [(cursor, None) for cursor in cursors]
    piece_bytes = max(min(_ROUND_BYTES, memory_bytes) // max(len(cursors), 1), _PIECE_BYTES_MIN)
    while True:
        loaded = [
            (cursor, _refilled(cursor, piece, piece_bytes))
            for cursor, piece in waiting
            if piece is not None or not cursor.exhausted
        ]
        if not loaded:
            return
        taken, waiting = _take_round(loaded)
        together = records.concat(taken)
        yield together.take(together.order()) if len(taken) > 1 else together


def _refilled(cursor: Cursor, piece: Records | None, piece_bytes: int) -> Records:
    """What is loaded of a run, topped up: a run with little left would make for a short round."""
    if piece is None:
        return cursor.load(piece_bytes)
    if cursor.exhausted or len(piece.payload.text()) >= piece_bytes // 2:
        return piece
    return records.concat([piece, cursor.load(piece_bytes)])


def _take_round(
    loaded: Sequence[tuple[Cursor, Records]],
) -> tuple[list[Records], list[tuple[Cursor, Records | None]]]:
    lasts = [piece.sort_key(len(piece) - 1) for cursor, piece in loaded if not cursor.exhausted]
    bound = min(lasts, default=None)
    taken: list[Records] = []
    waiting: list[tuple[Cursor, Records | None]] = []
    for cursor, piece in loaded:
        cut = len(piece) if bound is None else _first_above(piece.sort_key, len(piece), bound)
        if cut:
            taken.append(piece.slice(0, cut))
        waiting.append((cursor, piece.slice(cut, len(piece)) if cut < len(piece) else None))
    return taken, waiting


def _first_above(key: Callable[[int], bytes], count: int, bound: bytes) -> int:
    """The first of `count` sorted records whose key is above `bound`."""
    low, high = 0, count
    while low < high:
        middle = (low + high) // 2
        if key(middle) > bound:
            high = middle
        else:
            low = middle + 1
    return low
