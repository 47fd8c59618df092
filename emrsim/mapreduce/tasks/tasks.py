"""Map and reduce tasks: one attempt each, from its folder to its counters."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.chunks import Chunk
from emrsim.mapreduce.formats.exchange import Exchange
from emrsim.mapreduce.formats.pairs import Batch, CountedPair, Decoder, Pair, Pairs
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.job.job import LONG_SUM_REDUCER, Job, Program
from emrsim.mapreduce.job.names import NEW_NAMES
from emrsim.mapreduce.report import counters as names
from emrsim.mapreduce.report.counters import Counters
from emrsim.mapreduce.report.joblog import CHILD, MAP_TASK, PIPE_MAP_RED, STREAM_JOB, console_log
from emrsim.mapreduce.report.progress import Progress
from emrsim.mapreduce.report.tasklog import Reporter, TaskLog, attempt_folder
from emrsim.mapreduce.shuffle.reduceinput import ReduceInput
from emrsim.mapreduce.shuffle.shuffle import Combine, Shuffle
from emrsim.mapreduce.tasks import process
from emrsim.mapreduce.tasks.environment import exported
from emrsim.mapreduce.tasks.intake import intake_for
from emrsim.mapreduce.tasks.localise import LocalFiles
from emrsim.mapreduce.tasks.output import Committer, PartFile
from emrsim.mapreduce.tasks.workfolders import WorkFolders

_PAIRS_PER_BATCH = 5000
_BLOCK_BYTES = 1 << 20
# Where the error of a command that failed is from. Programs that look for the error of a task know it by its
# trace, mrjob among them; of Hadoop's trace this is the first line (source: Hadoop 2.7).
_TRACE = "\n\tat org.apache.hadoop.streaming.PipeMapRed.waitOutputThreads(PipeMapRed.java:322)"


class Site:
    """What all tasks of a job share: where they run and what they run with."""

    def __init__(
        self,
        job: Job,
        *,
        work: Path,
        files: LocalFiles,
        environment: dict[str, str],
        exchange: Exchange,
        committer: Committer,
        supervisor: process.Supervisor,
        progress: Progress,
        task_logs: str | None,
        keep_failed: str | None,
    ) -> None:
        self.job = job
        self.work = work
        self.files = files
        self.folders = WorkFolders(work, files)
        self.environment = environment
        self.exchange = exchange
        self.committer = committer
        self.supervisor = supervisor
        self.progress = progress
        self.task_logs = task_logs
        self.keep_failed = None if keep_failed is None else Path(keep_failed).absolute()


class Attempt:
    """One attempt of a task: its folder, its log, its counters, its commands."""

    def __init__(self, site: Site, kind: str, index: int, number: int) -> None:
        self.site = site
        self.id = site.job.ids.attempt(kind, index, number)
        self.index = index
        self.counters = Counters()
        self._debug_script = site.job.debug_scripts[kind]
        logs = attempt_folder(site.task_logs, self.id)
        if logs is None and self._debug_script is not None:
            # The script is to read them.
            self.log = TaskLog(site.work / "logs" / self.id, echoes=True)
        else:
            self.log = TaskLog(logs)
        self.output_folder = site.committer.attempt_folder(self.id)
        self._folder: Path | None = None
        self.properties = {
            "mapred.tip.id": site.job.ids.task(kind, index),
            "mapred.task.id": self.id,
            "mapred.task.is.map": "true" if kind == "m" else "false",
            "mapred.task.partition": str(index),
            "mapred.work.output.dir": str(self.output_folder),
            "job.local.dir": str(site.files.folder),
        }

    def environment(self) -> dict[str, str]:
        """The environment of this attempt's commands."""
        properties = [(NEW_NAMES.get(name, name), value) for name, value in self.properties.items()]
        return (
            self.site.environment
            | exported(properties, self.site.job.generation)
            | {"TMPDIR": f"{self.folder}/tmp"}
        )

    def run(
        self,
        program: Program,
        source: Iterable[Chunk],
        decoder: Decoder,
        on_batch: Callable[[Batch], None],
        block_bytes: int = _BLOCK_BYTES,
    ) -> None:
        """Run a command over `source`, with its output in blocks; raises TaskFailed when it fails."""
        job = self.site.job
        self.log.task_info(PIPE_MAP_RED, f"PipeMapRed exec [{', '.join(program.words)}]")
        command = process.Command(program.words, self.folder, self.environment(), job.timeout_seconds)
        reporter = Reporter(job.reporter_prefix, self.counters, self.log, self._set_status)

        def keep(batch: Batch) -> None:
            if batch.size:
                on_batch(batch)
                self.site.progress.moved(batch.count, batch.size)

        intake = intake_for(decoder, keep, block_bytes)
        try:
            code = process.run(command, source, intake, reporter.feed, self.site.supervisor)
        finally:
            reporter.finish()
        self.site.supervisor.check()
        if code != 0 and job.exit_code_matters:
            raise TaskFailed(
                "java.lang.RuntimeException: PipeMapRed.waitOutputThreads(): "
                f"subprocess failed with code {code}"
            )
        intake.finish()
        self.log.task_info(PIPE_MAP_RED, "mapRedFinished")

    def failed(self, error: TaskFailed, program: Program, source: Iterable[Chunk]) -> None:
        """Log the error, and keep what is needed to run the attempt again if the job asks for that."""
        if self.log.has_files:
            generation = self.site.job.generation
            trace = _TRACE if "PipeMapRed.waitOutputThreads" in str(error) else ""
            self.log.syslog.warn(CHILD[generation], f"Exception running child : {error}{trace}")
            if generation == 1:
                self.log.stderr.write(f"{error}\n".encode())
        if self._debug_script is not None and self.log.folder is not None:
            self._debug(self._debug_script, self.log.folder)
        if self.site.keep_failed is not None and program.words:
            from emrsim.mapreduce.tasks.failed import keep_failed

            keep_failed(
                self.site.keep_failed / self.id,
                program.words,
                self.folder,
                self.environment(),
                source,
                str(error),
            )

    def _debug(self, script: str, logs: Path) -> None:
        """Run the job's script for failed tasks."""
        from emrsim.mapreduce.tasks.debugscript import run_debug_script

        said = run_debug_script(
            script,
            folder=self.folder,
            logs=logs,
            environment=self.environment(),
            configuration=self.site.job.configuration,
            supervisor=self.site.supervisor,
        )
        console_log().info(STREAM_JOB, f"Debug output of {self.id}:\n{said}")

    def close(self) -> None:
        """Finish the log, give the folder back."""
        self.log.close()
        if self._folder is not None:
            self.site.folders.give_back(self._folder)

    @property
    def folder(self) -> Path:
        """Where commands run: made for the first of them, a combiner runs in that of its mapper."""
        if self._folder is None:
            self._folder = self.site.folders.make(self.id)
        return self._folder

    def _set_status(self, text: str) -> None:
        self.site.progress.status(self.id, text)


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
        if self._shuffle is None:
            self._map_only(attempt)
        else:
            self._map_for_reduce(attempt, self._shuffle)

    def failed(self, attempt: Attempt, error: TaskFailed) -> None:
        """An attempt failed."""
        source = self.site.exchange.map_source(self._split, lambda records: None)
        attempt.failed(error, self.site.job.mapper, source)

    def _map_only(self, attempt: Attempt) -> None:
        part = PartFile(self.site.job, attempt.output_folder, self.index)

        def keep(batch: Batch) -> None:
            part.write(self.site.exchange.shown(batch))
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

        if job.mapper.words:
            source = self.site.exchange.map_source(self._split, count)
            attempt.run(job.mapper, source, self.site.exchange.map_decoder(), keep, block_bytes)
            return
        for pairs in job.reader.pairs(self._split):
            self.site.supervisor.check()
            count(len(pairs))
            self._check_key_class(pairs)
            keep(Pairs(pairs))

    def _check_key_class(self, pairs: Sequence[Pair]) -> None:
        """The identity mapper passes on the keys of the input format, whatever the reducers expect."""
        job = self.site.job
        received, expected = job.reader.key_class, job.map_key_class_expected
        if pairs and self._shuffle is not None and received != expected:
            spelling = "received" if job.generation == 2 else "recieved"
            raise TaskFailed(
                "java.io.IOException: Type mismatch in key from map: "
                f"expected {expected}, {spelling} {received}"
            )

    def _combiner(self, attempt: Attempt) -> Combine | None:
        program = self.site.job.combiner
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
            # A reducer without any input is run, but what it prints is dropped (facts: recorded).
            if records.records:
                nonlocal written
                part.write(self.site.exchange.shown(batch))
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
        attempt.failed(error, self.site.job.reducer, self._shuffle.partition(self.index).texts())

    def _reduce(self, attempt: Attempt, records: ReduceInput, write: Callable[[Batch], None]) -> None:
        job = self.site.job
        if job.aggregates:
            from emrsim.mapreduce.tasks.aggregate import aggregate

            for batch in _batches(aggregate(records.items(), job.unique_values_max)):
                write(batch)
        elif job.reducer.words:
            decoder = self.site.exchange.reduce_decoder()
            attempt.run(job.reducer, records.texts(), decoder, write)
        else:
            self._pass_on(records, write)

    def _pass_on(self, records: ReduceInput, write: Callable[[Batch], None]) -> None:
        """The identity reducer; LongSumReducer only ever sees the Text values of streaming, and fails."""
        for batch in _batches(_repeated(records.items())):
            if self.site.job.reducer.java_class == LONG_SUM_REDUCER:
                raise TaskFailed(
                    "java.lang.ClassCastException: org.apache.hadoop.io.Text cannot be cast to "
                    "org.apache.hadoop.io.LongWritable"
                )
            write(batch)


def _repeated(items: Iterable[CountedPair]) -> Iterator[Pair]:
    for key, value, count in items:
        for _ in range(count):
            yield key, value


def _batches(pairs: Iterator[Pair]) -> Iterator[Batch]:
    while batch := list(islice(pairs, _PAIRS_PER_BATCH)):
        yield Pairs(batch)


Task = MapTask | ReduceTask
