"""One attempt of a task: its folder, its log, its counters, its commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.chunks import Chunk
from emrsim.mapreduce.formats.exchange import Exchange
from emrsim.mapreduce.formats.pairs import Batch, Decoder
from emrsim.mapreduce.input.lineinput import TextReader
from emrsim.mapreduce.job.job import Job
from emrsim.mapreduce.job.names import NEW_NAMES
from emrsim.mapreduce.job.programs import Program
from emrsim.mapreduce.report.counters import Counters
from emrsim.mapreduce.report.joblog import CHILD, PIPE_MAP_RED, STREAM_JOB, JobLog, console_log
from emrsim.mapreduce.report.progress import Progress
from emrsim.mapreduce.report.tasklog import Reporter, TaskLog, attempt_folder
from emrsim.mapreduce.tasks import process
from emrsim.mapreduce.tasks.environment import exported
from emrsim.mapreduce.tasks.folders import WorkFolders
from emrsim.mapreduce.tasks.intake import intake_for
from emrsim.mapreduce.tasks.localise import LocalFiles
from emrsim.mapreduce.tasks.output import Committer

_BLOCK_BYTES = 1 << 20
# Where the error of a command that failed is from. Programs that look for the error of a task know it by its
# trace, mrjob among them; of Hadoop's trace this is the first line (source: Hadoop 2.7).
_TRACE = "\n\tat org.apache.hadoop.streaming.PipeMapRed.waitOutputThreads(PipeMapRed.java:322)"


class TaskContext:
    """What all tasks of a job share: where they run and what they run with."""

    def __init__(
        self,
        job: Job,
        *,
        work: Path,
        files: LocalFiles,
        environment: dict[str, str],
        reader: TextReader,
        exchange: Exchange,
        committer: Committer,
        supervisor: process.Supervisor,
        progress: Progress,
        log: JobLog,
        task_logs: str | None,
        keep_failed: str | None,
    ) -> None:
        self.job = job
        self.work = work
        self.files = files
        self.folders = WorkFolders(work, files.link_into)
        self.environment = environment
        self.reader = reader
        self.exchange = exchange
        self.committer = committer
        self.supervisor = supervisor
        self.progress = progress
        self.task_logs = task_logs
        self.keep_failed = None if keep_failed is None else Path(keep_failed).absolute()
        self._log = log
        self._notes: set[str] = set()

    def note(self, note: str) -> None:
        """Write a note to the job's log and to standard error, once."""
        if note not in self._notes:
            self._notes.add(note)
            self._log.warn(STREAM_JOB, note)
            if self.task_logs is not None:
                console_log().line(f"emrsim: {note}")  # the service reads it from the step's standard error


class Attempt:
    """One attempt of a task: its folder, its log, its counters, its commands."""

    def __init__(self, site: TaskContext, kind: str, index: int, number: int) -> None:
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
        command = process.Command(
            program.words, self.folder, self.environment(), job.limits.timeout_seconds, self._note
        )
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
        if code != 0 and job.limits.exit_code_matters:
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
            from emrsim.mapreduce.tasks.failures import keep_failed

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
        from emrsim.mapreduce.tasks.failures import run_debug_script

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

    def _note(self, note: str) -> None:
        """Say how a command is run, in the attempt's stderr and once in the job's log."""
        self.log.stderr.write(f"emrsim: {note}\n".encode("utf-8", "surrogateescape"))
        self.site.note(note)

    def _set_status(self, text: str) -> None:
        self.site.progress.status(self.id, text)
