"""Map and reduce tasks: what an attempt of each does."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.chunks import Chunk
from emrsim.mapreduce.formats.pairs import Batch, Pair, Pairs
from emrsim.mapreduce.input.readers import mapper_input, mapper_pairs
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.report import counters as names
from emrsim.mapreduce.report.joblog import MAP_TASK
from emrsim.mapreduce.shuffle.reduceinput import ReduceInput
from emrsim.mapreduce.shuffle.shuffle import Combine, Shuffle
from emrsim.mapreduce.tasks import builtin
from emrsim.mapreduce.tasks.attempt import Attempt, TaskContext
from emrsim.mapreduce.tasks.output import PartFile

_PAIRS_PER_BATCH = 5000
_BLOCK_BYTES = 1 << 20


class MapTask:
    """Maps one split, into a part file or into the shuffle."""

    kind = "m"

    def __init__(self, site: TaskContext, index: int, split: Split, shuffle: Shuffle | None) -> None:
        self.site = site
        self.index = index
        self._split = split
        self._shuffle = shuffle

    def run(self, attempt: Attempt) -> None:
        """Make one attempt; its output counts when this returns."""
        attempt.log.task_info(MAP_TASK, f"Processing split: {self._split}")
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
        part = PartFile(self.site.job, self.site.exchange, attempt.output_folder, self.index)

        def keep(batch: Batch) -> None:
            part.write(batch)
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
        attempt.counters.add(names.FILE_INPUT, names.BYTES_READ, self._split.total_length)

        def count(records: int) -> None:
            attempt.counters.framework(names.MAP_INPUT_RECORDS, records)

        if job.programs.mapper.words:
            source = mapper_input(self.site.reader, self.site.exchange, self._split, count)
            attempt.run(job.programs.mapper, source, self.site.exchange.map_decoder(), keep, block_bytes)
        else:
            map_pairs = builtin.mapper(job)
            for pairs in mapper_pairs(self.site.reader, self._split):
                self.site.supervisor.check()
                count(len(pairs))
                mapped = map_pairs(pairs)
                self._check_classes(mapped)
                keep(Pairs(mapped))
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

    def __init__(self, site: TaskContext, index: int, shuffle: Shuffle) -> None:
        self.site = site
        self.index = index
        self._shuffle = shuffle

    def run(self, attempt: Attempt) -> None:
        """Make one attempt; its output counts when this returns."""
        records = self._shuffle.partition(self.index)
        part = PartFile(self.site.job, self.site.exchange, attempt.output_folder, self.index)
        written = 0

        def write(batch: Batch) -> None:
            self.site.supervisor.check()
            # A reducer without any input is run, but what it prints is dropped
            # (docs/facts/streaming.md#reduce-phase).
            if records.records:
                nonlocal written
                part.write(batch)
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
        if job.programs.reducer.words:
            decoder = self.site.exchange.reduce_decoder()
            attempt.run(job.programs.reducer, records.texts(), decoder, write)
            return
        for batch in _batches(builtin.reduced(job, records)):
            write(batch)


def _batches(pairs: Iterator[Pair]) -> Iterator[Batch]:
    while batch := list(islice(pairs, _PAIRS_PER_BATCH)):
        yield Pairs(batch)


Task = MapTask | ReduceTask
