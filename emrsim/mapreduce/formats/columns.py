"""Many byte strings at once: arrays instead of Python objects. Large jobs only: loads numpy and pyarrow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from emrsim.mapreduce.formats.arrays import np

# isort: split
# Both load numpy, in their own way.
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

Ints = npt.NDArray[Any]
Bytes = npt.NDArray[np.uint8]

WORD = 8  # bytes looked at in one step
_NEWLINE = 10
# Below it, Arrow's 32-bit offsets do: half the memory, and a third faster to take from.
_NARROW_BYTES_MAX = 2**31 - 2**16
_STEPS_MAX = 8  # longer keys are hashed by running sums
# Hadoop's hash of bytes (31*h + signed byte, 32 bits), eight at once; 31 is odd, so it has an inverse.
_WEIGHTS = np.array([pow(31, power, 2**32) for power in range(WORD - 1, -1, -1)], np.uint32)
_POWERS = np.array([pow(31, power, 2**32) for power in range(WORD + 1)], np.uint32)
_INVERSES = np.array([pow(31, -power, 2**32) for power in range(WORD + 1)], np.uint32)


class Texts:
    """A column of byte strings: one buffer, and where in it each string starts and ends."""

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

    @property
    def size_bytes(self) -> int:
        """The size of all strings together."""
        return int(self.offsets[-1]) - int(self.offsets[0])

    def arrow(self) -> Any:
        """The same as an Arrow array, without a copy."""
        narrow = self.offsets.dtype == np.int32
        kind = pa.binary() if narrow else pa.large_binary()
        offsets = pa.py_buffer(np.ascontiguousarray(self.offsets))
        return pa.Array.from_buffers(kind, len(self), [None, offsets, pa.py_buffer(self.data)])

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


def narrowed(offsets: Ints, size_bytes: int) -> Ints:
    """Offsets in as few bits as a buffer of this size allows."""
    return offsets.astype(np.int32 if size_bytes <= _NARROW_BYTES_MAX else np.int64, copy=False)


def from_arrow(array: Any) -> Texts:
    """A column over the buffers of an Arrow (large) binary array."""
    dtype = np.int32 if array.type == pa.binary() else np.int64
    _, offsets, data = array.buffers()
    if len(array) == 0 or data is None:
        return Texts(np.zeros(0, np.uint8), np.zeros(len(array) + 1, dtype))
    window = np.frombuffer(offsets, dtype)[array.offset : array.offset + len(array) + 1]
    return Texts(np.frombuffer(data, np.uint8), window)


def from_items(items: Sequence[bytes]) -> Texts:
    """A column of Python byte strings."""
    data = b"".join(items)
    offsets = np.zeros(len(items) + 1, np.int64)
    np.cumsum(np.fromiter(map(len, items), np.int64, len(items)), out=offsets[1:])
    return Texts(np.frombuffer(data, np.uint8), narrowed(offsets, len(data)))


def from_lengths(data: Bytes, lengths: Ints) -> Texts:
    """A column of strings that fill `data`, one after the other."""
    offsets = np.zeros(len(lengths) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    return Texts(data, narrowed(offsets, len(data)))


def concat(columns: Sequence[Texts]) -> Texts:
    """The columns one after the other, copied together."""
    if len(columns) == 1:
        return columns[0]
    total = sum([column.size_bytes for column in columns])
    data = np.empty(total, np.uint8)
    offsets = np.zeros(sum(map(len, columns)) + 1, narrowed(np.zeros(0, np.int64), total).dtype)
    place, index = 0, 1
    for column in columns:
        first, size, count = int(column.offsets[0]), column.size_bytes, len(column)
        data[place : place + size] = column.data[first : first + size]
        np.add(column.offsets[1:], place - first, out=offsets[index : index + count], casting="unsafe")
        place, index = place + size, index + count
    return Texts(data, offsets)


def lines(block: bytes | memoryview) -> Texts:
    """The lines of a block, each with its `\\n`."""
    data = np.frombuffer(block, np.uint8)
    ends = np.flatnonzero(data == _NEWLINE)
    offsets = np.zeros(len(ends) + 1, narrowed(np.zeros(0, np.int64), len(data)).dtype)
    np.add(ends, 1, out=offsets[1:], casting="unsafe")
    return Texts(data, offsets)


def counted(column: Texts) -> tuple[Texts, Ints]:
    """The distinct strings, in the order in which they first appear, and how often each occurs."""
    counts = pc.value_counts(column.arrow())
    return from_arrow(counts.field(0)), counts.field(1).to_numpy()


def summed(column: Texts, counts: Ints) -> tuple[Texts, Ints]:
    """The distinct strings, and the sum of the counts of each."""
    encoded = column.arrow().dictionary_encode()
    sums = np.zeros(len(encoded.dictionary), np.int64)
    np.add.at(sums, encoded.indices.to_numpy(), counts)
    return from_arrow(encoded.dictionary), sums


def distinct_share(column: Texts) -> float:
    """The number of distinct strings per string."""
    return len(pc.unique(column.arrow())) / max(len(column), 1)


def key_lengths(column: Texts, separator: int, fields: int) -> tuple[Ints, Ints | None]:
    """For lines: the length of the key, and which have too few separators and so are all key (None: none)."""
    separators = np.flatnonzero(column.data == separator)
    if fields == 1 and len(separators) == len(column):
        lengths = separators - column.starts
        # One in every line, as most commands print: nothing to search.
        if (lengths >= 0).all() and (separators < column.offsets[1:]).all():
            return lengths, None
    found = np.searchsorted(separators, column.starts) + (fields - 1)
    position = np.append(separators, len(column.data))[np.minimum(found, len(separators))]
    missing = position >= column.offsets[1:]
    lengths = np.where(missing, column.lengths - 1, position - column.starts)
    return lengths, missing if missing.any() else None


def completed(column: Texts, missing: Ints | None, separator: int) -> Texts:
    """The lines with a separator put before the `\\n` of those that miss one."""
    if missing is None:
        return column
    places = column.offsets[1:][missing] - 1
    offsets = column.offsets.astype(np.int64)
    offsets[1:] += np.cumsum(missing)
    data = np.insert(column.data, places, separator)
    return Texts(data, narrowed(offsets, len(data)))


def with_separators(block: bytes | memoryview, separator: int) -> tuple[bytes | memoryview, int]:
    """A block of lines, each of which has a separator in the end; and their number."""
    column = lines(block)
    _, missing = key_lengths(column, separator, 1)
    return completed(column, missing, separator).text() if missing is not None else block, len(column)


def words(column: Texts, lengths: Ints, depth: int, chosen: Ints | None = None) -> Ints:
    """Bytes `depth` to `depth + 8` of each key as a number that compares as they do; zeros after its end.

    The key is the first `lengths` bytes of a string; `chosen` picks strings.
    """
    starts = column.starts if chosen is None else column.starts[chosen]
    rest = (lengths if chosen is None else lengths[chosen]) - depth
    data = column.data
    if len(data) < WORD:
        data = np.zeros(WORD, np.uint8)
        data[: len(column.data)] = column.data
    # Every place of the buffer read as a big-endian number: it need not be aligned.
    windows = np.ndarray((len(data) - WORD + 1,), np.dtype(">u8"), data, strides=(1,))
    places = starts + depth if depth else starts
    last = len(windows) - 1
    result: Ints
    if chosen is None and len(places) and int(places[-1]) <= last:
        result = windows[places].astype(np.uint64)
    else:
        # A window that would reach over the end of the buffer is taken earlier and shifted.
        late = np.clip(places - last, 0, WORD - 1).astype(np.uint64) * np.uint64(8)
        result = windows[np.minimum(places, last)].astype(np.uint64) << late
    if len(rest) and int(rest.min()) < WORD:
        spare = ((WORD - np.clip(rest, 0, WORD)) * 8).astype(np.uint64)
        cut = np.minimum(spare, np.uint64(63))
        result = (result >> cut) << cut
        result[rest <= 0] = 0
    return result


def hashes(column: Texts, lengths: Ints, chosen: Ints) -> Ints:
    """HashPartitioner's hash of the first `lengths` bytes of each string at `chosen`."""
    if len(chosen) and int(lengths[chosen].max()) > _STEPS_MAX * WORD:
        every: Ints = _hashes_by_sums(column, lengths)
        return every[chosen]
    result: Ints = np.ones(len(chosen), np.uint32)
    active = np.arange(len(chosen))
    depth = 0
    while len(active):
        # The polynomial of eight bytes, less its share after the end of the key. In whole numbers: a product
        # of floating-point numbers would start the threads of the algebra library, which spin.
        strings = chosen[active]
        octets = words(column, lengths, depth, strings).astype(">u8").view(np.int8).reshape(-1, WORD)
        value = octets.astype(np.uint32) @ _WEIGHTS
        sizes = np.minimum(lengths[strings] - depth, WORD)
        result[active] = result[active] * _POWERS[sizes] + value * _INVERSES[WORD - sizes]
        depth += WORD
        active = active[lengths[strings] > depth]
    return result


def _hashes_by_sums(column: Texts, lengths: Ints) -> Ints:
    """A range of a polynomial as a difference of running sums."""
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
