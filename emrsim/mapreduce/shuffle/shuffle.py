"""From map output to reduce input: partitioned, combined, sorted, in the memory that the job may use.

Small jobs stay with Python lists. From a few megabytes on, records live in columns (`runs.py`), and beyond
the memory of the job in a spill file. Lines that repeat much are only counted until reducers read them.
Values of equal keys keep the order of the map tasks where neither happens; Hadoop promises none.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING

from emrsim.mapreduce.formats.chunks import Chunk
from emrsim.mapreduce.formats.exchange import Exchange
from emrsim.mapreduce.formats.pairs import Batch
from emrsim.mapreduce.job.job import Job
from emrsim.mapreduce.shuffle.keyorder import sort_key_of
from emrsim.mapreduce.shuffle.partition import TotalOrderPartitioner, partitioner_of
from emrsim.mapreduce.shuffle.parts import Part, joined
from emrsim.mapreduce.shuffle.reduceinput import ColumnInput, Placed, PlainInput, ReduceInput

if TYPE_CHECKING:
    from emrsim.mapreduce.shuffle.records import Counted, RecordMaker, SortedRun
    from emrsim.mapreduce.shuffle.spill import SpilledRun, SpillFile

_LIBRARY_BYTES = 192 << 20  # what Python, the libraries and the work on single blocks take
_PLAIN_BYTES_MAX = 2 << 20  # map output of a whole job up to which Python lists are as fast as columns

# Runs a combiner over its input, of so many records; returns what it printed.
Combine = Callable[[Iterable[Chunk], int], list[Batch]]


class Shuffle:
    """The outputs of all maps, by partition. `memory_bytes` bound what is held of them by `tasks` at once."""

    def __init__(
        self, job: Job, exchange: Exchange, scratch: Path, memory_bytes: int, tasks: int = 1
    ) -> None:
        self.job = job
        self.exchange = exchange
        self._partition = partitioner_of(job)
        self._sort_key = sort_key_of(job) or bytes
        # Each task works on a few copies of one block at a time; larger ones measured slower (page faults).
        self.block_bytes = min(max(memory_bytes // (32 * tasks), 1 << 20), 8 << 20)
        usable = max(memory_bytes - _LIBRARY_BYTES, memory_bytes // 4)
        self.finished_bytes_max = usable * 2 // 3
        self.running_bytes_max = usable // (4 * tasks)
        self.spilled_records = 0
        self._scratch = scratch
        self._outputs: dict[int, MapOutput] = {}
        self._lock = threading.Lock()
        self._spill_lock = threading.Lock()
        self._parts_bytes = 0
        self._held_bytes = 0
        self._counted_bytes = 0
        self._placed: dict[int, list[Placed]] = {}
        self._runs: list[SortedRun | SpilledRun] = []
        self._spill_file: SpillFile | None = None
        self._maker: RecordMaker | None = None

    def output(self, combine: Combine | None) -> MapOutput:
        """The place for the output of an attempt of a map task. Raises TaskFailed if no key can have one."""
        if isinstance(self._partition, TotalOrderPartitioner):
            _ = self._partition.split_points  # read before there are keys, as in Hadoop
        return MapOutput(self, combine)

    def put(self, task: int, output: MapOutput) -> None:
        """Count the output of a finished map task in; safe to call from threads."""
        output.finish()
        with self._lock:
            self._outputs[task] = output
            self._parts_bytes += output.parts_bytes
            full = self._parts_bytes > max(self.block_bytes, _PLAIN_BYTES_MAX)
            outputs = self._in_order() if full else []
            self._held_bytes += output.held_bytes
            self._counted_bytes += output.counted_bytes
        if full:
            self._into_columns(outputs)
        self._make_room()

    def sort(self) -> None:
        """Call once, when all maps are done."""
        outputs = self._in_order()
        if self._parts_bytes <= _PLAIN_BYTES_MAX and not any(output.in_columns for output in outputs):
            self._placed = self._sorted_plainly(outputs)
        else:
            self._into_columns(outputs)
            self._count_together(outputs, 0)
            self._runs = [run for output in outputs for run in output.runs]

    def partition(self, number: int) -> ReduceInput:
        """What a reducer reads. May be called again for a further attempt."""
        if not self._runs:
            return PlainInput(self.exchange, self._placed.get(number, []))
        from emrsim.mapreduce.shuffle import runs

        return ColumnInput(self.exchange, runs.merged(runs.cursors(self._runs, number)))

    def close(self) -> None:
        """Give memory and disk back."""
        if self._spill_file is not None:
            self._spill_file.close()

    def maker(self) -> RecordMaker:
        """What makes columns; loaded with the first of them."""
        with self._lock:
            if self._maker is None:
                from emrsim.mapreduce.shuffle.records import RecordMaker

                self._maker = RecordMaker(self.job, self.exchange)
            return self._maker

    def spilled(self, held: Sequence[SortedRun]) -> SpilledRun:
        """Runs merged into one on disk."""
        from emrsim.mapreduce.shuffle import runs, spill

        with self._lock:
            if self._spill_file is None:
                self._spill_file = spill.SpillFile(self._scratch)
        run = runs.spilled(held, self._spill_file, self.job.reduces)
        with self._lock:
            self.spilled_records += run.records
        return run

    def combined(self, parts: Sequence[Part], combine: Combine) -> list[Part]:
        """What the combiner makes of each partition of `parts`; it stays there, as in Hadoop."""
        placed = [record for part in parts for record in self._place(part)]
        placed.sort(key=itemgetter(0, 1))
        result = []
        for partition, group in _by_partition(placed):
            pairs = [(key, value) for _, _, key, value in group]
            source = self.exchange.reduce_source(pairs)
            result += [Part(batch, partition) for batch in combine(source, len(pairs))]
        return result

    def _in_order(self) -> list[MapOutput]:
        return [self._outputs[task] for task in sorted(self._outputs)]

    def _make_room(self) -> None:
        """Sum up the counted lines of finished tasks, and put their runs on disk, once they are too much."""
        counted_bytes_max = self.finished_bytes_max // 8
        if self._counted_bytes <= counted_bytes_max and self._held_bytes <= self.finished_bytes_max:
            return
        with self._spill_lock:
            with self._lock:
                outputs = self._in_order()
            if self._counted_bytes > counted_bytes_max:
                self._count_together(outputs, counted_bytes_max // 2)
            if sum([output.held_bytes for output in outputs]) > self.finished_bytes_max:
                with self._lock:
                    held = [run for output in outputs for run in output.take_held()]
                spilled = self.spilled(held)
                with self._lock:
                    outputs[0].runs.append(spilled)
            with self._lock:
                outputs = self._in_order()
                self._held_bytes = sum([output.held_bytes for output in outputs])
                self._counted_bytes = sum([output.counted_bytes for output in outputs])

    def _count_together(self, outputs: Sequence[MapOutput], bytes_max: int) -> None:
        """Sum up the counted lines of finished tasks; into a run if they still are more than that."""
        together = MapOutput(self, None)
        with self._lock:
            for output in outputs:
                together.counted += output.counted
                output.counted = []
        together.sum_up()
        if together.counted_bytes > bytes_max:
            together.counted_into_run()
        self._add(together, outputs[0])

    def _into_columns(self, outputs: Sequence[MapOutput]) -> None:
        """Put the parts of many small outputs into columns together."""
        with self._lock:
            parts = [part for output in outputs for part in output.take_parts()]
            self._parts_bytes = 0
        output = MapOutput(self, None)
        output.absorb(parts)
        self._add(output, outputs[0])
        with self._lock:
            self._held_bytes += output.held_bytes
            self._counted_bytes += output.counted_bytes

    def _add(self, output: MapOutput, to: MapOutput) -> None:
        """Let a finished output have what was made of several."""
        with self._lock:
            to.runs += output.runs
            to.counted += output.counted

    def _sorted_plainly(self, outputs: Sequence[MapOutput]) -> dict[int, list[Placed]]:
        placed = [record for output in outputs for part in output.parts for record in self._place(part)]
        placed.sort(key=itemgetter(0, 1))
        return dict(_by_partition(placed))

    def _place(self, part: Part) -> list[Placed]:
        sort_key = self._sort_key
        if part.partition is not None:
            number = part.partition
            return [(number, sort_key(key), key, value) for key, value in part.batch.pairs()]
        partition = self._partition
        return [(partition(key), sort_key(key), key, value) for key, value in part.batch.pairs()]


class MapOutput:
    """The records of one attempt of a map task; they count only once they are put into the shuffle.

    They are parts as the command printed them, counted lines, or runs, in memory or on disk.
    """

    def __init__(self, shuffle: Shuffle, combine: Combine | None) -> None:
        self.parts: list[Part] = []
        self.parts_bytes = 0
        self.counted: list[Counted] = []
        self.runs: list[SortedRun | SpilledRun] = []
        self._shuffle = shuffle
        self._combine = combine

    @property
    def in_columns(self) -> bool:
        """Whether anything left the form of parts."""
        return bool(self.runs or self.counted)

    @property
    def held_bytes(self) -> int:
        """The memory that runs take."""
        return sum([run.held_bytes for run in self.runs])

    @property
    def counted_bytes(self) -> int:
        """The memory that counted lines take."""
        return sum([counted.size_bytes for counted in self.counted])

    def add(self, batch: Batch) -> None:
        """Take records in the order in which they were printed."""
        self.parts_bytes += batch.size
        if self.parts_bytes >= self._shuffle.block_bytes // 2:
            self.parts.append(Part(batch))
            self._flush()
        else:
            self.parts.append(Part(batch.kept()))

    def finish(self) -> None:
        """The last record was added: combine or sort what is left. A small output stays as it is."""
        if self.in_columns or self.parts_bytes > _PLAIN_BYTES_MAX:
            self._flush()
            self.sum_up()
        elif self._combine is not None and self.parts:
            self.parts = self._shuffle.combined(self.parts, self._combine)
            self.parts_bytes = sum([part.batch.size for part in self.parts])

    def discard(self) -> None:
        """Discard the output of an attempt that failed."""
        self.runs, self.counted, self.parts = [], [], []

    def take_parts(self) -> list[Part]:
        """The parts, which are then no longer here."""
        parts, self.parts, self.parts_bytes = self.parts, [], 0
        return parts

    def take_held(self) -> list[SortedRun]:
        """The runs in memory, which are then no longer here."""
        from emrsim.mapreduce.shuffle.records import SortedRun

        held = [run for run in self.runs if isinstance(run, SortedRun)]
        self.runs = [run for run in self.runs if not isinstance(run, SortedRun)]
        return held

    def absorb(self, parts: Sequence[Part]) -> None:
        """Put parts into columns: counted lines if they repeat, else runs."""
        maker = self._shuffle.maker()
        for part in joined(parts):
            counted = maker.counted(part.batch) if part.partition is None else None
            if counted is None:
                self.runs.append(maker.run(part.batch, part.partition))
            else:
                self.counted.append(counted)

    def sum_up(self) -> None:
        """Make all counted lines one."""
        if len(self.counted) > 1:
            from emrsim.mapreduce.shuffle.records import summed

            self.counted = [summed(self.counted)]

    def counted_into_run(self) -> None:
        """Make a run of the counted lines."""
        self.sum_up()
        (counted,) = self.counted
        self.counted = []
        self.runs.append(self._shuffle.maker().run_of_counted(counted))

    def _flush(self) -> None:
        """Put what was added into columns, through the combiner if there is one."""
        parts = self.take_parts()
        if not parts:
            return
        if self._combine is not None:
            maker = self._shuffle.maker()
            runs = [maker.run(part.batch) for part in joined(parts)]
            parts = [part for run in runs for part in self._combined(run, self._combine)]
        self.absorb(parts)
        limit = self._shuffle.running_bytes_max
        if self.counted_bytes > limit:
            self.sum_up()
            if self.counted_bytes > limit // 2:
                self.counted_into_run()
        if self.held_bytes > limit:
            spilled = self._shuffle.spilled(self.take_held())
            self.runs.append(spilled)

    def _combined(self, run: SortedRun, combine: Combine) -> list[Part]:
        result = []
        for number in range(self._shuffle.job.reduces):
            partition = run.partition(number)
            if len(partition):
                printed = combine(partition.texts(), partition.total)
                result += [Part(batch, number) for batch in printed if batch.count]
        return result


def _by_partition(placed: list[Placed]) -> Iterator[tuple[int, list[Placed]]]:
    start = 0
    for end in range(1, len(placed) + 1):
        if end == len(placed) or placed[end][0] != placed[start][0]:
            yield placed[start][0], placed[start:end]
            start = end
