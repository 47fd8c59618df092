"""The merge of sorted runs, in memory or spilled. Large jobs only: loads numpy and pyarrow."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from emrsim.mapreduce.formats.arrays import np
from emrsim.mapreduce.shuffle import records, spill
from emrsim.mapreduce.shuffle.records import Records, SortedRun
from emrsim.mapreduce.shuffle.spill import SpilledRun, SpillFile

_ROUND_BYTES = 8 << 20  # merged at once: so little that a reducer does not run dry meanwhile
_PIECE_BYTES_MIN = 64 << 10


class Cursor:
    """Reads the entries of one partition of one run, piece by piece."""

    @property
    def exhausted(self) -> bool:
        """Whether everything was loaded."""
        raise NotImplementedError

    def load(self, wanted_bytes: int) -> Records:
        """The next entries, about `wanted_bytes` of them and at least one."""
        raise NotImplementedError


class _MemoryCursor(Cursor):
    def __init__(self, partition: Records) -> None:
        self._records = partition
        self._position = 0

    @property
    def exhausted(self) -> bool:
        """See Cursor."""
        return self._position >= len(self._records)

    def load(self, wanted_bytes: int) -> Records:
        """See Cursor."""
        offsets = self._records.payload.offsets
        limit = int(offsets[self._position]) + wanted_bytes
        end = max(int(np.searchsorted(offsets, limit, "right")) - 1, self._position + 1)
        piece = self._records.slice(self._position, end)
        self._position = end
        return piece


class _SpilledCursor(Cursor):
    def __init__(self, run: SpilledRun, partition: int) -> None:
        self._file = run.file
        self._pieces = run.pieces(partition)
        self._position = 0

    @property
    def exhausted(self) -> bool:
        """See Cursor."""
        return self._position >= len(self._pieces)

    def load(self, wanted_bytes: int) -> Records:
        """See Cursor."""
        first = self._position
        size = 0
        while self._position < len(self._pieces) and (size == 0 or size < wanted_bytes):
            size += self._pieces[self._position].total_bytes
            self._position += 1
        return spill.load(self._pieces[first : self._position], self._file)


def cursors(runs: Sequence[SortedRun | SpilledRun], partition: int) -> list[Cursor]:
    """A reader for each run that has something of a partition."""
    made = [
        _SpilledCursor(run, partition)
        if isinstance(run, SpilledRun)
        else _MemoryCursor(run.partition(partition))
        for run in runs
    ]
    return [cursor for cursor in made if not cursor.exhausted]


def spilled(runs: Sequence[SortedRun], file: SpillFile, reduces: int) -> SpilledRun:
    """The runs merged into one on disk."""
    result = SpilledRun(file, reduces)
    for partition in range(reduces):
        result.add(partition, merged(cursors(runs, partition)))
    return result


def merged(readers: Sequence[Cursor]) -> Iterator[Records]:
    """The entries of all cursors in one order, in rounds of a few megabytes.

    A round takes from every run what is not above the smallest of the last keys that are loaded: nothing
    smaller can follow.
    """
    waiting: list[tuple[Cursor, Records | None]] = [(cursor, None) for cursor in readers]
    piece_bytes = max(_ROUND_BYTES // max(len(readers), 1), _PIECE_BYTES_MIN)
    while True:
        loaded = [
            (cursor, _refilled(cursor, piece, piece_bytes))
            for cursor, piece in waiting
            if piece is not None or not cursor.exhausted
        ]
        if not loaded:
            return
        taken, waiting = _take_round(loaded)
        yield records.concat(taken).sorted() if len(taken) > 1 else taken[0]


def _refilled(cursor: Cursor, piece: Records | None, piece_bytes: int) -> Records:
    """What is loaded of a run, topped up: a run with little left would make for a short round."""
    if piece is None:
        return cursor.load(piece_bytes)
    if cursor.exhausted or piece.payload.size_bytes >= piece_bytes // 2:
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
