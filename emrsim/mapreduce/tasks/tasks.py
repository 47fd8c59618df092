"""Map and reduce tasks: what an attempt of each does."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.chunks import Chunk
from emrsim.mapreduce.formats.pairs import Batch, CountedPair, Pair, Pairs
from emrsim.mapreduce.input.readers import mapper_input
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.job.classes import (
    IDENTITY_MAPPER,
    INVERSE_MAPPER,
    LONG,
    LONG_SUM_REDUCER,
    TOKEN_COUNT_MAPPER,
    VALUE_AGGREGATOR,
)
from emrsim.mapreduce.report import counters as names
from emrsim.mapreduce.report.joblog import MAP_TASK
from emrsim.mapreduce.shuffle.reduceinput import ReduceInput
from emrsim.mapreduce.shuffle.shuffle import Combine, Shuffle
from emrsim.mapreduce.tasks.attempt import Attempt, Site
from emrsim.mapreduce.tasks.output import PartFile

_PAIRS_PER_BATCH = 5000
_BLOCK_BYTES = 1 << 20


class MapTask:
    """Maps one split, into a part file or into the shuffle."""

    kind = "m"

    def __init__(self, site: Site, index: int, split: Split, shuffle: Shuffle | None) -> None:
        self.site = site
        self.index = index
        self._split = split
        self._shuffle = shuffle

    def run(self, attempt: Attempt) -> None:
        """Make one attempt; its output counts when this returns."""
        attempt.log.task_info(
            MAP_TASK, f"Processing split: {self._split.uri}:{self._split.start}+{self._split.length}"
        )
        attempt.properties |= {
            "map.input.file": self._split.uri,
            "map.input.start": str(self._split.start),
            "map.input.length": str(self._split.length),
        }
        self._split.check_unchanged()
        if self._shuffle is None:
            self._map_only(attempt)
        else:
            self._map_for_reduce(attempt, self._shuffle)

    def failed(self, attempt: Attempt, error: TaskFailed) -> None:
        """An attempt failed."""
        source = mapper_input(self.site.reader, self.site.exchange, self._split, lambda records: None)
        attempt.failed(error, self.site.job.programs.mapper, source)

    def _map_only(self, attempt: Attempt) -> None:
        part = PartFile(self.site.job, attempt.output_folder, self.index)
        is_piped = bool(self.site.job.programs.mapper.words)

        def keep(batch: Batch) -> None:
            part.write(self.site.exchange.shown_map_output(batch, is_piped=is_piped))
            attempt.counters.framework(names.MAP_OUTPUT_RECORDS, batch.count)

        try:
            self._map(attempt, keep)
        finally:
            part.close()
        attempt.counters.add(names.FILE_OUTPUT, names.BYTES_WRITTEN, part.bytes_written)
        self.site.committer.keep(attempt.output_folder)

    def _map_for_reduce(self, attempt: Attempt, shuffle: Shuffle) -> None:
        output = shuffle.output(self._combiner(attempt))

        def keep(batch: Batch) -> None:
            output.add(batch)
            attempt.counters.framework(names.MAP_OUTPUT_RECORDS, batch.count)
            attempt.counters.framework(names.MAP_OUTPUT_BYTES, batch.size)

        try:
            self._map(attempt, keep, shuffle.block_bytes)
            shuffle.put(self.index, output)
        except BaseException:
            output.discard()
            raise
        self.site.committer.keep(attempt.output_folder)

    def _map(self, attempt: Attempt, keep: Callable[[Batch], None], block_bytes: int = _BLOCK_BYTES) -> None:
        job = self.site.job
        attempt.counters.framework(names.MAP_INPUT_RECORDS, 0)
        attempt.counters.framework(names.MAP_OUTPUT_RECORDS, 0)
        attempt.counters.add(names.FILE_INPUT, names.BYTES_READ, self._split.length)

        def count(records: int) -> None:
            attempt.counters.framework(names.MAP_INPUT_RECORDS, records)

        if job.programs.mapper.words:
            source = mapper_input(self.site.reader, self.site.exchange, self._split, count)
            attempt.run(job.programs.mapper, source, self.site.exchange.map_decoder(), keep, block_bytes)
        else:
            for pairs in self.site.reader.pairs(self._split):
                self.site.supervisor.check()
                count(len(pairs))
                self._check_classes(pairs)
                keep(Pairs(_MAPPERS[job.programs.mapper.java_class](pairs)))
        self._split.check_unchanged()

    def _check_classes(self, pairs: Sequence[Pair]) -> None:
        """Java's mappers put out keys and values of their own classes, whatever the reducers expect."""
        job = self.site.job
        if pairs and self._shuffle is not None:
            key_class, value_class = job.map_classes
            self._check_class("key", job.map_key_class_expected, key_class)
            self._check_class("value", job.map_value_class_expected, value_class)

    def _check_class(self, what: str, expected: str, received: str) -> None:
        if received != expected:
            spelling = "received" if self.site.job.generation == 2 else "recieved"
            raise TaskFailed(
                f"java.io.IOException: Type mismatch in {what} from map: "
                f"expected {expected}, {spelling} {received}"
            )

    def _combiner(self, attempt: Attempt) -> Combine | None:
        program = self.site.job.programs.combiner
        if program is None:
            return None

        def combine(source: Iterable[Chunk], records: int) -> list[Batch]:
            attempt.counters.framework(names.COMBINE_INPUT_RECORDS, records)
            printed: list[Batch] = []
            decoder = self.site.exchange.reduce_decoder()
            attempt.run(program, source, decoder, lambda batch: printed.append(batch.kept()))
            attempt.counters.framework(names.COMBINE_OUTPUT_RECORDS, sum(batch.count for batch in printed))
            return printed

        return combine if program.words else None


class ReduceTask:
    """Reduces one partition into a part file."""

    kind = "r"

    def __init__(self, site: Site, index: int, shuffle: Shuffle) -> None:
        self.site = site
        self.index = index
        self._shuffle = shuffle

    def run(self, attempt: Attempt) -> None:
        """Make one attempt; its output counts when this returns."""
        records = self._shuffle.partition(self.index)
        part = PartFile(self.site.job, attempt.output_folder, self.index)
        written = 0

        def write(batch: Batch) -> None:
            self.site.supervisor.check()
            # A reducer without any input is run, but what it prints is dropped
            # (docs/facts/streaming.md#reduce-phase).
            if records.records:
                nonlocal written
                part.write(self.site.exchange.shown_reduce_output(batch))
                written += batch.count

        try:
            self._reduce(attempt, records, write)
        finally:
            part.close()
        attempt.counters.add(names.FILE_OUTPUT, names.BYTES_WRITTEN, part.bytes_written)
        attempt.counters.framework(names.REDUCE_INPUT_GROUPS, records.groups)
        attempt.counters.framework(names.REDUCE_INPUT_RECORDS, records.records)
        attempt.counters.framework(names.REDUCE_OUTPUT_RECORDS, written)
        self.site.committer.keep(attempt.output_folder)

    def failed(self, attempt: Attempt, error: TaskFailed) -> None:
        """An attempt failed."""
        attempt.failed(error, self.site.job.programs.reducer, self._shuffle.partition(self.index).texts())

    def _reduce(self, attempt: Attempt, records: ReduceInput, write: Callable[[Batch], None]) -> None:
        job = self.site.job
        if job.programs.reducer.java_class == VALUE_AGGREGATOR:
            from emrsim.mapreduce.tasks.aggregate import aggregate

            for batch in _batches(aggregate(records.items(), job.unique_values_max)):
                write(batch)
        elif job.programs.reducer.words:
            decoder = self.site.exchange.reduce_decoder()
            attempt.run(job.programs.reducer, records.texts(), decoder, write)
        else:
            self._pass_on(records, write)

    def _pass_on(self, records: ReduceInput, write: Callable[[Batch], None]) -> None:
        """The identity reducer, or LongSumReducer, which fails at the Text values of commands."""
        job = self.site.job
        pairs = _repeated(records.items())
        if job.programs.reducer.java_class == LONG_SUM_REDUCER:
            if job.programs.mapper.words or job.map_classes[1] != LONG:
                pairs = _not_long(pairs)
            else:
                pairs = _summed(records.items())
        for batch in _batches(pairs):
            write(batch)


def _inverted(pairs: list[Pair]) -> list[Pair]:
    return [(value, key) for key, value in pairs]


def _tokens(pairs: list[Pair]) -> list[Pair]:
    """Each word of the values with a 1; words end at Java's StringTokenizer's delimiters."""
    return [(word, b"1") for _, value in pairs for word in re.split(rb"[ \t\n\r\f]+", value) if word]


_MAPPERS: dict[str, Callable[[list[Pair]], list[Pair]]] = {
    IDENTITY_MAPPER: list,
    INVERSE_MAPPER: _inverted,
    TOKEN_COUNT_MAPPER: _tokens,
}


def _not_long(pairs: Iterator[Pair]) -> Iterator[Pair]:
    for _ in pairs:
        raise TaskFailed(
            "java.lang.ClassCastException: org.apache.hadoop.io.Text cannot be cast to "
            "org.apache.hadoop.io.LongWritable"
        )
    yield from ()


def _summed(items: Iterable[CountedPair]) -> Iterator[Pair]:
    """The sum of the values of each key, which wraps at 64 bits as Java's does."""
    for key, group in groupby(items, key=itemgetter(0)):
        total = sum(int(value) * count for _, value, count in group)
        yield key, b"%d" % ((total + 2**63) % 2**64 - 2**63)


def _repeated(items: Iterable[CountedPair]) -> Iterator[Pair]:
    for key, value, count in items:
        for _ in range(count):
            yield key, value


def _batches(pairs: Iterator[Pair]) -> Iterator[Batch]:
    while batch := list(islice(pairs, _PAIRS_PER_BATCH)):
        yield Pairs(batch)


Task = MapTask | ReduceTask
