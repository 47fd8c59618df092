"""Records in columns, made from what maps put out. Large jobs only: loads numpy and pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from emrsim.mapreduce import columns
from emrsim.mapreduce.columns import Ints, Texts
from emrsim.mapreduce.exchange import Exchange
from emrsim.mapreduce.job import Job
from emrsim.mapreduce.keyvalue import Batch, Lines

_CHUNK_BYTES = 1 << 20


class Records:
    """Payloads, the length of the key at the beginning of each, perhaps sort keys and repeat counts."""

    def __init__(
        self, payload: Texts, key_lengths: Ints, sort_keys: Texts | None = None, counts: Ints | None = None
    ) -> None:
        self.payload = payload
        self.key_lengths = key_lengths
        self.sort_keys = sort_keys
        self.counts = counts

    def __len__(self) -> int:
        return len(self.payload)

    @property
    def total(self) -> int:
        """The number of records, repeats included."""
        return len(self) if self.counts is None else int(self.counts.sum())

    @property
    def size_bytes(self) -> int:
        """The size of the texts."""
        sort_bytes = 0 if self.sort_keys is None else len(self.sort_keys.text())
        return len(self.payload.text()) + sort_bytes + 16 * len(self)

    def slice(self, start: int, end: int) -> Records:
        """Records `start` to `end`, without a copy."""
        return Records(
            self.payload.slice(start, end),
            self.key_lengths[start:end],
            None if self.sort_keys is None else self.sort_keys.slice(start, end),
            None if self.counts is None else self.counts[start:end],
        )

    def take(self, order: Ints) -> Records:
        """The records at `order`."""
        return Records(
            self.payload.take(order),
            self.key_lengths[order],
            None if self.sort_keys is None else self.sort_keys.take(order),
            None if self.counts is None else self.counts[order],
        )

    def order(self, partitions: Ints | None = None) -> Ints:
        """The stable order by partition and sort key."""
        if self.sort_keys is not None:
            return columns.order_by(self.sort_keys, self.sort_keys.lengths, partitions)
        return columns.order_by(self.payload, self.key_lengths, partitions)

    def sort_key(self, index: int) -> bytes:
        """What one record is ordered by."""
        if self.sort_keys is not None:
            return self.sort_keys.item(index)
        return self.key(index)

    def key(self, index: int) -> bytes:
        """The key of one record."""
        return self.payload.item(index, int(self.key_lengths[index]))

    def groups(self) -> int:
        """The number of runs of equal keys."""
        return len(self) - columns.equal_neighbours(self.payload, self.key_lengths)

    def texts(self) -> Iterator[bytes | memoryview]:
        """The payloads one after the other, each as often as it counts."""
        if self.counts is None:
            yield self.payload.text()
            return
        chunk: list[bytes] = []
        size = 0
        for payload, count in zip(self.payload.arrow().to_pylist(), self.counts.tolist(), strict=True):
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
        """Each payload with the length of its key and its count."""
        counts = np.ones(len(self), np.int64) if self.counts is None else self.counts
        payloads = self.payload.arrow().to_pylist()
        yield from zip(payloads, self.key_lengths.tolist(), counts.tolist(), strict=True)


def concat(parts: Sequence[Records]) -> Records:
    """The records of all parts, in their order."""
    if len(parts) == 1:
        return parts[0]
    counts = None
    if any(part.counts is not None for part in parts):
        counts = np.concatenate(
            [np.ones(len(part), np.int64) if part.counts is None else part.counts for part in parts]
        )
    sort_keys = [part.sort_keys for part in parts if part.sort_keys is not None]
    return Records(
        columns.concat([part.payload for part in parts]),
        np.concatenate([part.key_lengths for part in parts]),
        columns.concat(sort_keys) if sort_keys else None,
        counts,
    )


class RecordMaker:
    """Turns batches into records with their partitions."""

    def __init__(self, job: Job, exchange: Exchange) -> None:
        self._job = job
        self._exchange = exchange

    def make(self, batch: Batch) -> tuple[Records, Ints]:
        """The records of a batch, and the partition of each."""
        if isinstance(batch, Lines) and self._fits(batch):
            return self._from_lines(batch)
        return self._from_pairs(batch)

    def _fits(self, batch: Lines) -> bool:
        """Whether the lines of a batch are what a reducer will read, sorted by their bytes."""
        job = self._job
        return (
            job.sort_key is None
            and len(batch.form.separator) == 1
            and batch.form.separator == job.reduce_input.separator
        )

    def _from_lines(self, batch: Lines) -> tuple[Records, Ints]:
        separator = batch.form.separator[0]
        column, counts = columns.counted(columns.lines(batch.text))
        key_lengths, missing = columns.key_lengths(column, separator, batch.form.fields)
        records = Records(columns.completed(column, missing, separator), key_lengths, None, counts)
        return records, self._partitions(records)

    def _partitions(self, records: Records) -> Ints:
        job = self._job
        if job.reduces == 1:
            return np.zeros(len(records), np.uint32)
        if not job.key_field_partitioner:
            hashes = columns.hashes(records.payload, records.key_lengths)
            return (hashes & np.uint32(0x7FFFFFFF)) % np.uint32(job.reduces)
        keys = (records.key(index) for index in range(len(records)))
        return np.fromiter(map(job.partition, keys), np.uint32, len(records))

    def _from_pairs(self, batch: Batch) -> tuple[Records, Ints]:
        job, exchange = self._job, self._exchange
        pairs = batch.pairs()
        payload = columns.from_items([exchange.reduce_input([pair]) for pair in pairs])
        key_lengths = np.fromiter((exchange.key_extent(key) for key, _ in pairs), np.int64, len(pairs))
        order_key = job.sort_key or (None if exchange.keys_come_first else bytes)
        sort_keys = None if order_key is None else columns.from_items([order_key(key) for key, _ in pairs])
        partitions = np.fromiter((job.partition(key) for key, _ in pairs), np.uint32, len(pairs))
        return Records(payload, key_lengths, sort_keys), partitions
