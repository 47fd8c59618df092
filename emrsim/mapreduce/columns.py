"""Many records at once: arrays instead of Python objects. Imports numpy and pyarrow; only large jobs load it.

A record is one payload: the text that a reducer will read for it (`key<separator>value\\n`). Keys are the
beginnings of payloads, or of separate sort keys where a comparator asks for another order.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]

_NEWLINE = 10
_WORD = 8  # bytes compared at once
_DEEPEST_BYTES = 64  # keys that are equal so far are then compared one by one
_COLUMN_KEY_BYTES_MAX = 24
_SAMPLE_RECORDS = 1 << 16
_COLLAPSE_BELOW = 0.25  # distinct lines per line, up to which counting them pays


class Texts:
    """A column of byte strings: one buffer and where each string starts and ends."""

    def __init__(self, data: Bytes, offsets: Ints) -> None:
        self.data = data
        self.offsets = offsets

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def starts(self) -> Ints:
        """Where each string starts in the buffer."""
        return self.offsets[:-1]

    @property
    def lengths(self) -> Ints:
        """The length of each string."""
        return np.diff(self.offsets)

    def arrow(self) -> Any:
        """The same as an Arrow array, without a copy."""
        offsets = pa.py_buffer(np.ascontiguousarray(self.offsets, dtype=np.int64))
        return pa.Array.from_buffers(pa.large_binary(), len(self), [None, offsets, pa.py_buffer(self.data)])

    def take(self, order: Ints) -> Texts:
        """The strings at `order`, copied together."""
        return from_arrow(self.arrow().take(pa.array(order)))

    def slice(self, start: int, end: int) -> Texts:
        """Strings `start` to `end`, without a copy."""
        return Texts(self.data, self.offsets[start : end + 1])

    def text(self) -> memoryview:
        """All strings, one after the other, without a copy."""
        return self.data[int(self.offsets[0]) : int(self.offsets[-1])].data

    def item(self, index: int, length: int | None = None) -> bytes:
        """One string, or its first `length` bytes."""
        start = int(self.offsets[index])
        end = int(self.offsets[index + 1]) if length is None else start + length
        return self.data[start:end].tobytes()


def from_arrow(array: Any) -> Texts:
    """A column over the buffers of an Arrow (large) binary array."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    array = array.cast(pa.large_binary())
    _, offsets, data = array.buffers()
    if data is None:
        return Texts(np.zeros(0, np.uint8), np.zeros(len(array) + 1, np.int64))
    window = np.frombuffer(offsets, np.int64)[array.offset : array.offset + len(array) + 1]
    return Texts(np.frombuffer(data, np.uint8), window)


def from_items(items: Sequence[bytes]) -> Texts:
    """A column of Python byte strings."""
    offsets = np.zeros(len(items) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, items), np.int64, len(items)), out=offsets[1:])
    return Texts(np.frombuffer(b"".join(items), np.uint8), offsets)


def concat(columns: Sequence[Texts]) -> Texts:
    """The columns one after the other, copied together."""
    return from_arrow(pa.concat_arrays([column.arrow() for column in columns]))


def lines(block: bytes | memoryview) -> Texts:
    """The lines of a block, each with its `\\n`."""
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    offsets = np.zeros(len(ends) + 1, np.int64)
    np.add(ends, 1, out=offsets[1:])
    return Texts(data, offsets)


def counted(column: Texts) -> tuple[Texts, Ints | None]:
    """Distinct strings and how often each occurs, where that makes the column much shorter; else as it is."""
    sample = column.slice(0, min(len(column), _SAMPLE_RECORDS)).arrow()
    if len(column) < 2 or len(pc.unique(sample)) > _COLLAPSE_BELOW * len(sample):
        return column, None
    counts = pc.value_counts(column.arrow())
    return from_arrow(counts.field(0)), counts.field(1).to_numpy()


def key_lengths(column: Texts, separator: int, fields: int) -> tuple[Ints, Ints]:
    """For lines: the length of the key, and which lines have too few separators and so are all key."""
    separators = np.flatnonzero(column.data == separator)
    found = np.searchsorted(separators, column.starts) + (fields - 1)
    position = np.append(separators, len(column.data))[np.minimum(found, len(separators))]
    missing = position >= column.offsets[1:]
    return np.where(missing, column.lengths - 1, position - column.starts), missing


def completed(column: Texts, missing: Ints, separator: int) -> Texts:
    """The lines with a separator put before the `\\n` of those that miss one."""
    if not missing.any():
        return column
    places = column.offsets[1:][missing] - 1
    offsets = column.offsets.copy()
    offsets[1:] += np.cumsum(missing)
    return Texts(np.insert(column.data, places, separator), offsets)


def with_separators(block: bytes, separator: int) -> bytes | memoryview:
    """A block of lines, each of which has a separator in the end."""
    column = lines(block)
    _, missing = key_lengths(column, separator, 1)
    return completed(column, missing, separator).text() if missing.any() else block


def hashes(column: Texts, lengths: Ints) -> Ints:
    """HashPartitioner's hash of the first `lengths` bytes of each string."""
    if len(column) == 0:
        return np.zeros(0, np.uint32)
    if int(lengths.max()) <= _COLUMN_KEY_BYTES_MAX:
        return _hashes_by_column(column, lengths)
    return _hashes_by_sums(column, lengths)


def _hashes_by_column(column: Texts, lengths: Ints) -> Ints:
    """One step per byte of the longest key."""
    signed = column.data.view(np.int8)
    result = np.ones(len(column), np.uint32)
    active = np.arange(len(column))
    for depth in range(int(lengths.max())):
        active = active[lengths[active] > depth]
        step = signed[column.starts[active] + depth].astype(np.uint32)
        result[active] = result[active] * np.uint32(31) + step
    return result


def _hashes_by_sums(column: Texts, lengths: Ints) -> Ints:
    """A range of a polynomial as a difference of running sums: 31 is odd and has an inverse mod 2**32."""
    base = int(column.offsets[0])
    text = column.data[base : int(column.offsets[-1])].view(np.int8)
    inverse = pow(31, -1, 2**32)
    powers = np.cumprod(np.full(len(text), inverse, np.uint32), dtype=np.uint32)
    sums = np.zeros(len(text) + 1, np.uint32)
    np.cumsum(text.astype(np.uint32) * powers, dtype=np.uint32, out=sums[1:])
    starts = column.starts - base
    ends = starts + lengths
    # With inverse**(i+1) at byte i, 31**end times the difference is the sum of byte * 31**(end-1-i).
    forward = np.ones(len(text) + 1, np.uint32)
    forward[1:] = np.cumprod(np.full(len(text), 31, np.uint32), dtype=np.uint32)
    result: Ints = forward[ends] * (sums[ends] - sums[starts]) + forward[lengths]
    return result


def order_by(column: Texts, lengths: Ints, partitions: Ints | None) -> Ints:
    """The stable order by partition, then by the first `lengths` bytes of each string."""
    words = _words(column, lengths, 0)
    order = np.argsort(words, kind="stable")
    if partitions is not None:
        order = order[np.argsort(partitions[order], kind="stable")]
    same = words[order[1:]] == words[order[:-1]]
    if partitions is not None:
        placed = partitions[order]
        same &= placed[1:] == placed[:-1]
    _refine(column, lengths, order, same, 0)
    return order


def _words(column: Texts, lengths: Ints, depth: int, chosen: Ints | None = None) -> Ints:
    """Bytes `depth` to `depth + 8` of each key as a number that compares as they do; zeros after its end."""
    starts = column.starts if chosen is None else column.starts[chosen]
    rest = (lengths if chosen is None else lengths[chosen]) - depth
    if len(column.data) < _WORD:
        padded = np.zeros(_WORD, np.uint8)
        padded[: len(column.data)] = column.data
    else:
        padded = column.data
    windows = np.lib.stride_tricks.sliding_window_view(padded, _WORD)
    # A window that would reach over the end of the buffer is taken earlier and shifted.
    places = starts + depth
    late = np.maximum(places - (len(windows) - 1), 0)
    words = windows[np.minimum(places, len(windows) - 1)].view(">u8").ravel().astype(np.uint64)
    words <<= (np.minimum(late, _WORD - 1) * 8).astype(np.uint64)
    spare = ((_WORD - np.clip(rest, 0, _WORD)) * 8).astype(np.uint64)
    cut = np.minimum(spare, np.uint64(63))
    words = (words >> cut) << cut
    words[rest <= 0] = 0
    result: Ints = words
    return result


def _refine(column: Texts, lengths: Ints, order: Ints, same: Ints, depth: int) -> None:
    """Put runs of records whose keys agree up to `depth + 8` bytes into their full order, in place."""
    while same.any():
        # Runs of one length, no longer than what was compared, are equal keys.
        sizes = lengths[order]
        clipped = np.minimum(sizes, depth + _WORD)
        open_pair = same & (
            (clipped[1:] != clipped[:-1]) | (sizes[1:] > depth + _WORD) | (sizes[:-1] > depth + _WORD)
        )
        runs = _runs_with(same, open_pair)
        if len(runs) == 0:
            return
        depth += _WORD
        if depth >= _DEEPEST_BYTES:
            _sort_runs_one_by_one(column, lengths, order, runs)
            return
        places, group = _members(runs)
        chosen = order[places]
        words = _words(column, lengths, depth, chosen)
        ends = np.minimum(lengths[chosen], depth + _WORD)
        inner = np.lexsort((ends, words, group))
        order[places] = chosen[inner]
        equal = np.flatnonzero(
            (np.diff(words[inner]) == 0) & (np.diff(group) == 0) & (np.diff(ends[inner]) == 0)
        )
        same = np.zeros_like(same)
        same[places[equal]] = True


def _runs_with(same: Ints, wanted: Ints) -> Ints:
    """Start and end (exclusive) of each run of `same` records in which a pair is `wanted`."""
    edges = np.diff(np.concatenate(([0], same.view(np.int8), [0])))
    starts, ends = np.flatnonzero(edges == 1), np.flatnonzero(edges == -1)
    totals = np.concatenate(([0], np.cumsum(wanted)))
    hit = totals[ends] > totals[starts]
    return np.stack((starts[hit], ends[hit] + 1), axis=1)


def _members(runs: Ints) -> tuple[Ints, Ints]:
    """The places of all records in `runs`, and the number of the run of each."""
    sizes = runs[:, 1] - runs[:, 0]
    group = np.repeat(np.arange(len(runs)), sizes)
    first = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) - first[group] + runs[group, 0], group


def _sort_runs_one_by_one(column: Texts, lengths: Ints, order: Ints, runs: Ints) -> None:
    for start, end in runs.tolist():
        members = order[start:end].tolist()
        members.sort(key=lambda index: column.item(index, int(lengths[index])))
        order[start:end] = members


def equal_neighbours(column: Texts, lengths: Ints) -> int:
    """How many keys equal, byte for byte, the one before them."""
    candidates = np.flatnonzero(lengths[1:] == lengths[:-1])
    equal = 0
    depth = 0
    while len(candidates):
        here = _words(column, lengths, depth, candidates + 1)
        before = _words(column, lengths, depth, candidates)
        candidates = candidates[here == before]
        depth += _WORD
        finished = lengths[candidates] <= depth
        equal += int(finished.sum())
        candidates = candidates[~finished]
        if depth >= _DEEPEST_BYTES:
            return equal + sum(
                column.item(i, int(lengths[i])) == column.item(i + 1, int(lengths[i + 1]))
                for i in candidates.tolist()
            )
    return equal
