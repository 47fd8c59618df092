"""Records in columns, made from what maps put out. Large jobs only: loads numpy and pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from emrsim.mapreduce.formats import columns
from emrsim.mapreduce.formats.arrays import np
from emrsim.mapreduce.formats.columns import Ints, Texts
from emrsim.mapreduce.formats.exchange import Exchange
from emrsim.mapreduce.formats.pairs import Batch, Lines
from emrsim.mapreduce.job.job import Job
from emrsim.mapreduce.shuffle import ordering
from emrsim.mapreduce.shuffle.keyorder import sort_key_of
from emrsim.mapreduce.shuffle.partition import partitioner_of

_CHUNK_BYTES = 1 << 20
_SAMPLE_LINES = 1 << 13
_COUNT_BELOW = 0.5  # distinct lines per line of a sample, up to which counting them pays
_SAMPLE_EVERY = 16  # blocks; the others follow the last sample
_GROUP_BELOW = 0.5  # groups per record, up to which entries that hold a whole group pay


class Records:
    """Records in entries of one key each: a payload of one or more records, or of one that counts often.

    The first `key_lengths` bytes of a payload are its (first) key. `sort_keys`: what entries are ordered by,
    if not by their keys. `sizes`: the number of records in each payload, `repeats`: how often each counts;
    None: one. `same`: for sorted entries, if known, whether the key of each but the first is that of the one
    before.
    """

    def __init__(
        self,
        payload: Texts,
        key_lengths: Ints,
        sort_keys: Texts | None = None,
        *,
        sizes: Ints | None = None,
        repeats: Ints | None = None,
    ) -> None:
        self.payload = payload
        self.key_lengths = key_lengths
        self.sort_keys = sort_keys
        self.sizes = sizes
        self.repeats = repeats
        self.same: Ints | None = None

    def __len__(self) -> int:
        return len(self.payload)

    @property
    def total(self) -> int:
        """The number of records."""
        if self.sizes is None:
            return len(self) if self.repeats is None else int(self.repeats.sum())
        return int(self.sizes.sum() if self.repeats is None else (self.sizes * self.repeats).sum())

    @property
    def size_bytes(self) -> int:
        """The memory that the records take."""
        texts = [self.payload] if self.sort_keys is None else [self.payload, self.sort_keys]
        numbers = [array for array in (self.key_lengths, self.sizes, self.repeats) if array is not None]
        return sum([text.size_bytes + text.offsets.itemsize * len(self) for text in texts]) + sum(
            [array.itemsize * len(self) for array in numbers]
        )

    def slice(self, start: int, end: int) -> Records:
        """Entries `start` to `end`, without a copy."""
        return Records(
            self.payload.slice(start, end),
            self.key_lengths[start:end],
            None if self.sort_keys is None else self.sort_keys.slice(start, end),
            sizes=None if self.sizes is None else self.sizes[start:end],
            repeats=None if self.repeats is None else self.repeats[start:end],
        )

    def take(self, order: Ints) -> Records:
        """The entries at `order`."""
        return Records(
            self.payload.take(order),
            self.key_lengths[order],
            None if self.sort_keys is None else self.sort_keys.take(order),
            sizes=None if self.sizes is None else self.sizes[order],
            repeats=None if self.repeats is None else self.repeats[order],
        )

    def sorted(self) -> Records:
        """The entries in the stable order of their keys."""
        if self.sort_keys is not None:
            return self.take(ordering.order_by(self.sort_keys, self.sort_keys.lengths)[0])
        order, same = ordering.order_by(self.payload, self.key_lengths)
        result = self.take(order)
        result.same = same
        return result

    def sort_key(self, index: int) -> bytes:
        """What one entry is ordered by."""
        if self.sort_keys is not None:
            return self.sort_keys.item(index)
        return self.key(index)

    def key(self, index: int) -> bytes:
        """The key of one entry."""
        return self.payload.item(index, int(self.key_lengths[index]))

    def groups(self) -> int:
        """The number of runs of equal keys."""
        if self.same is None:
            self.same = ordering.repeated(self.payload, self.key_lengths)
        return len(self) - int(np.count_nonzero(self.same))

    def texts(self) -> Iterator[bytes | memoryview]:
        """The records one after the other."""
        if self.repeats is None:
            yield self.payload.text()
            return
        chunk: list[bytes] = []
        size = 0
        for payload, count in zip(self.payload.arrow().to_pylist(), self.repeats.tolist(), strict=True):
            at_once = max(_CHUNK_BYTES // len(payload), 1)
            for done in range(0, count, at_once):
                repeated = payload * min(at_once, count - done)
                chunk.append(repeated)
                size += len(repeated)
                if size >= _CHUNK_BYTES:
                    yield b"".join(chunk)
                    chunk, size = [], 0
        yield b"".join(chunk)

    def items(self) -> Iterator[tuple[bytes, int, int]]:
        """Each record with the length of its key and the number of times it counts."""
        if self.sizes is not None:
            yield from self._ungrouped().items()
            return
        repeats = np.ones(len(self), np.int64) if self.repeats is None else self.repeats
        payloads = self.payload.arrow().to_pylist()
        yield from zip(payloads, self.key_lengths.tolist(), repeats.tolist(), strict=True)

    def _ungrouped(self) -> Records:
        """The same with one record in each entry. Only lines are ever grouped."""
        assert self.sizes is not None
        repeats = None if self.repeats is None else np.repeat(self.repeats, self.sizes)
        key_lengths = np.repeat(self.key_lengths, self.sizes)
        return Records(columns.lines(self.payload.text()), key_lengths, repeats=repeats)


def concat(parts: Sequence[Records]) -> Records:
    """The entries of all parts, in their order."""
    if len(parts) == 1:
        return parts[0]
    sort_keys = [part.sort_keys for part in parts if part.sort_keys is not None]
    return Records(
        columns.concat([part.payload for part in parts]),
        np.concatenate([part.key_lengths for part in parts]),
        columns.concat(sort_keys) if sort_keys else None,
        sizes=_concat_numbers([part.sizes for part in parts], parts),
        repeats=_concat_numbers([part.repeats for part in parts], parts),
    )


def _concat_numbers(numbers: Sequence[Ints | None], parts: Sequence[Records]) -> Ints | None:
    if all(array is None for array in numbers):
        return None
    return np.concatenate(
        [
            np.ones(len(part), np.int64) if array is None else array
            for array, part in zip(numbers, parts, strict=True)
        ]
    )


class SortedRun:
    """Sorted records by partition; partition p reaches from entry `bounds[p]` to `bounds[p + 1]`."""

    def __init__(self, records: Records, bounds: Ints) -> None:
        self.records = records
        self.bounds = bounds
        self.held_bytes = records.size_bytes

    def partition(self, number: int) -> Records:
        """The records of one partition."""
        return self.records.slice(int(self.bounds[number]), int(self.bounds[number + 1]))


class Counted:
    """Distinct lines in no order, and how often each was printed: all that is kept of output that repeats."""

    def __init__(self, lines: Texts, counts: Ints) -> None:
        self.lines = lines
        self.counts = counts

    @property
    def size_bytes(self) -> int:
        """The memory that the lines take."""
        return self.lines.size_bytes + 12 * len(self.lines)


def summed(parts: Sequence[Counted]) -> Counted:
    """The counted lines of all parts together."""
    if len(parts) == 1:
        return parts[0]
    lines = columns.concat([part.lines for part in parts])
    return Counted(*columns.summed(lines, np.concatenate([part.counts for part in parts])))


class RecordMaker:
    """Turns what maps put out into counted lines or sorted runs."""

    def __init__(self, job: Job, exchange: Exchange) -> None:
        self._exchange = exchange
        self._streams = exchange.streams
        self._reduces = job.reduces
        self._partition = partitioner_of(job)
        self._sort_key = sort_key_of(job)
        self._hashes_keys = job.sorting.by_whole_keys and not job.sorts_numbers
        self._counts_lines = True
        self._blocks = 0

    def counted(self, batch: Batch) -> Counted | None:
        """The distinct lines of a batch, if they are so few that this is the better form."""
        if not isinstance(batch, Lines) or not self._fits(batch):
            return None
        column = columns.lines(batch.text)
        if self._blocks % _SAMPLE_EVERY == 0:
            sample = column.slice(0, min(len(column), _SAMPLE_LINES))
            self._counts_lines = columns.distinct_share(sample) < _COUNT_BELOW
        self._blocks += 1
        batch.column = column  # made once: the run and the number of lines come from it, too
        return Counted(*columns.counted(column)) if self._counts_lines else None

    def run_of_counted(self, counted: Counted) -> SortedRun:
        """Counted lines as a run."""
        return self._run(self._line_records(counted.lines, self._streams.map_output.fields, counted.counts))

    def run(self, batch: Batch, partition: int | None = None) -> SortedRun:
        """The records of a batch as a run; all are of one partition if a combiner printed them."""
        if isinstance(batch, Lines) and self._fits(batch):
            column = batch.column or columns.lines(batch.text)
            return self._run(self._line_records(column, batch.form.fields, None), partition)
        return self._run_of_pairs(batch, partition)

    def _fits(self, batch: Lines) -> bool:
        """Whether the lines of a batch are what a reducer will read, sorted by their bytes."""
        return (
            self._sort_key is None
            and self._exchange.reads_lines
            and len(batch.form.separator) == 1
            and batch.form.separator == self._streams.reduce_input.separator
        )

    def _line_records(self, column: Texts, fields: int, repeats: Ints | None) -> Records:
        separator = self._streams.reduce_input.separator[0]
        key_lengths, missing = columns.key_lengths(column, separator, fields)
        column = columns.completed(column, missing, separator)
        return Records(column, key_lengths.astype(column.offsets.dtype, copy=False), repeats=repeats)

    def _run(self, unsorted: Records, partition: int | None = None) -> SortedRun:
        """Sort by key, then find the partition of each group of equal keys, and sort the groups by it."""
        order, same = ordering.order_by(unsorted.payload, unsorted.key_lengths)
        starts = np.flatnonzero(np.concatenate(([True], ~same)))[: len(order)]
        sizes = np.diff(np.append(starts, len(order)))
        partitions = self._partitions(unsorted, order[starts], partition)
        if partitions is not None:
            by_partition = np.argsort(partitions, kind="stable")
            starts, sizes, partitions = starts[by_partition], sizes[by_partition], partitions[by_partition]
            order = order[_ranges(starts, sizes)]
        result = unsorted.take(order)
        if unsorted.repeats is not None or len(sizes) > _GROUP_BELOW * len(order):
            return SortedRun(result, self._bounds(partitions, sizes, partition))
        return SortedRun(_grouped(result, sizes), self._bounds(partitions, np.ones_like(sizes), partition))

    def _partitions(self, unsorted: Records, heads: Ints, partition: int | None) -> Ints | None:
        """The partition of each of the records at `heads`; None: all the same."""
        reduces = self._reduces
        if reduces == 1 or partition is not None:
            return None
        if not self._hashes_keys:
            keys = (unsorted.key(index) for index in heads.tolist())
            return _narrow(np.fromiter(map(self._partition, keys), np.uint32, len(heads)), reduces)
        hashes = columns.hashes(unsorted.payload, unsorted.key_lengths, heads)
        return _narrow((hashes & np.uint32(0x7FFFFFFF)) % np.uint32(reduces), reduces)

    def _bounds(self, partitions: Ints | None, entries: Ints, partition: int | None) -> Ints:
        """Where each partition begins, if groups of so many entries each stand in order of partition."""
        reduces = self._reduces
        if partitions is None:
            bounds = np.zeros(reduces + 1, np.int64)
            bounds[(partition or 0) + 1 :] = entries.sum()
            return bounds
        totals = np.bincount(partitions, weights=entries, minlength=reduces)
        return np.concatenate(([0], np.cumsum(totals.astype(np.int64))))

    def _run_of_pairs(self, batch: Batch, partition: int | None) -> SortedRun:
        exchange, reduces = self._exchange, self._reduces
        pairs = batch.pairs()
        payload = columns.from_items([exchange.reduce_input([pair]) for pair in pairs])
        key_lengths = np.fromiter((exchange.key_extent(key) for key, _ in pairs), np.int64, len(pairs))
        order_key = self._sort_key or (None if exchange.keys_come_first else bytes)
        if order_key is None:
            sort_keys, order_column, extents = None, payload, key_lengths
        else:
            sort_keys = columns.from_items([order_key(key) for key, _ in pairs])
            order_column, extents = sort_keys, sort_keys.lengths
        if partition is None:
            partitions = np.fromiter((self._partition(key) for key, _ in pairs), np.uint32, len(pairs))
        else:
            partitions = np.full(len(pairs), partition, np.uint32)
        order, _ = ordering.order_by(order_column, extents)
        order = order[np.argsort(_narrow(partitions[order], reduces), kind="stable")]
        bounds = np.concatenate(([0], np.cumsum(np.bincount(partitions, minlength=reduces))))
        return SortedRun(Records(payload, key_lengths, sort_keys).take(order), bounds)


def _narrow(partitions: Ints, reduces: int) -> Ints:
    """The same numbers in 16 bits if they fit: numpy then sorts them by radix."""
    return partitions.astype(np.uint16) if reduces <= 1 << 16 else partitions


def _ranges(starts: Ints, sizes: Ints) -> Ints:
    """The numbers from each start on, as many as its size says, one range after the other."""
    if len(starts) == int(sizes.sum()):
        return starts
    shifts = starts - (np.cumsum(sizes) - sizes)
    return np.repeat(shifts, sizes) + np.arange(int(sizes.sum()))


def _grouped(ungrouped: Records, sizes: Ints) -> Records:
    """Sorted records as entries of so many each."""
    ends = np.cumsum(sizes)
    payload = ungrouped.payload
    offsets = payload.offsets[np.concatenate(([0], ends))]
    return Records(
        Texts(payload.data, offsets), ungrouped.key_lengths[ends - sizes], sizes=sizes.astype(np.int32)
    )
