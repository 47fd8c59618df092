"""Records on disk: runs that memory has no room for. Large jobs only: loads numpy."""

from __future__ import annotations

import errno
import os
import tempfile
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from emrsim.mapreduce.errors import JobFailed
from emrsim.mapreduce.formats import columns
from emrsim.mapreduce.formats.arrays import np
from emrsim.mapreduce.formats.columns import Ints, Texts
from emrsim.mapreduce.shuffle import records
from emrsim.mapreduce.shuffle.records import Records

_PIECE_BYTES = 64 << 10  # little, since a merge holds one or two of every run


class SpillFile:
    """One file for all spills of a job. It has no name any more, so nothing of it outlives the job."""

    def __init__(self, folder: Path) -> None:
        self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115  open as long as the job
        self._lock = threading.Lock()
        self._size = 0

    def append(self, buffers: Sequence[Any]) -> int:
        """Write buffers, one after the other; returns where they begin. JobFailed when the disk is full."""
        views = [memoryview(buffer).cast("B") for buffer in buffers if len(buffer)]
        with self._lock:
            start = place = self._size
            self._size += sum(map(len, views))
        try:
            for view in views:
                place = self._write(view, place)
        except OSError as error:
            if error.errno not in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}:
                raise
            raise JobFailed(f"java.io.IOException: {error.strerror} (during the shuffle)") from error
        return start

    def _write(self, view: memoryview, place: int) -> int:
        while len(view):
            written = os.pwrite(self._file.fileno(), view, place)
            view, place = view[written:], place + written
        return place

    def read(self, start: int, size: int) -> bytes:
        """Bytes written before."""
        return os.pread(self._file.fileno(), size, start)

    def close(self) -> None:
        """Give the space back."""
        self._file.close()


class _Piece(NamedTuple):
    """Some entries of a spilled run: where they are, how many, and in what form."""

    start: int
    entries: int
    payload_bytes: int
    total_bytes: int
    number: Any  # the dtype of lengths
    has_sizes: bool
    has_repeats: bool
    sort_key_bytes: int | None

    def load(self, file: SpillFile) -> Records:
        """The entries again."""
        data = np.frombuffer(file.read(self.start, self.total_bytes), np.uint8)
        place = 0

        def numbers(dtype: Any, wanted: bool = True) -> Ints | None:
            nonlocal place
            if not wanted:
                return None
            begin, place = place, place + self.entries * np.dtype(dtype).itemsize
            result: Ints = data[begin:place].view(dtype)
            return result

        def texts(lengths: Ints | None, size: int) -> Texts:
            nonlocal place
            assert lengths is not None
            begin, place = place, place + size
            return columns.from_lengths(data[begin:place], lengths)

        repeats = numbers(np.int64, self.has_repeats)
        lengths, key_lengths = numbers(self.number), numbers(self.number)
        sizes = numbers(np.int32, self.has_sizes)
        sort_lengths = numbers(self.number, self.sort_key_bytes is not None)
        payload = texts(lengths, self.payload_bytes)
        sort_keys = None if self.sort_key_bytes is None else texts(sort_lengths, self.sort_key_bytes)
        assert key_lengths is not None
        return Records(payload, key_lengths, sort_keys, sizes=sizes, repeats=repeats)


def _store(entries: Records, file: SpillFile) -> _Piece:
    number = entries.payload.offsets.dtype
    buffers: list[Any] = []
    if entries.repeats is not None:
        buffers.append(np.ascontiguousarray(entries.repeats, np.int64))
    buffers += [entries.payload.lengths, np.ascontiguousarray(entries.key_lengths, number)]
    if entries.sizes is not None:
        buffers.append(np.ascontiguousarray(entries.sizes, np.int32))
    if entries.sort_keys is not None:
        buffers.append(entries.sort_keys.lengths.astype(number))
    buffers.append(entries.payload.text())
    if entries.sort_keys is not None:
        buffers.append(entries.sort_keys.text())
    return _Piece(
        start=file.append(buffers),
        entries=len(entries),
        payload_bytes=entries.payload.size_bytes,
        total_bytes=sum(memoryview(buffer).nbytes for buffer in buffers),
        number=number,
        has_sizes=entries.sizes is not None,
        has_repeats=entries.repeats is not None,
        sort_key_bytes=None if entries.sort_keys is None else entries.sort_keys.size_bytes,
    )


class SpilledRun:
    """A run in a spill file, as pieces for each partition."""

    held_bytes = 0

    def __init__(self, file: SpillFile, reduces: int) -> None:
        self.file = file
        self.records = 0
        self._pieces: list[list[_Piece]] = [[] for _ in range(reduces)]

    def add(self, partition: int, rounds: Iterable[Records]) -> None:
        """Write the sorted entries of a partition."""
        for entries in rounds:
            self.records += entries.total
            ends = entries.payload.offsets
            first = 0
            while first < len(entries):
                limit = int(ends[first]) + _PIECE_BYTES
                end = max(int(np.searchsorted(ends, limit, "right")) - 1, first + 1)
                self._pieces[partition].append(_store(entries.slice(first, end), self.file))
                first = end

    def pieces(self, partition: int) -> list[_Piece]:
        """Where the entries of a partition are."""
        return self._pieces[partition]


def load(pieces: Sequence[_Piece], file: SpillFile) -> Records:
    """The entries of neighbouring pieces."""
    return records.concat([piece.load(file) for piece in pieces])
