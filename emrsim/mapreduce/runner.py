"""A job from its arguments to its output: split, map, shuffle, reduce, commit."""

from __future__ import annotations

import errno
import os
import resource
import sys
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from emrsim.core.ports import Storage, StorageError
from emrsim.mapreduce.errors import JobFailed, JobRefused, TaskFailed
from emrsim.mapreduce.formats.exchange import exchange_for
from emrsim.mapreduce.input.files import input_files
from emrsim.mapreduce.input.readers import reader_for
from emrsim.mapreduce.input.splits import Split, combine_by_size, split_by_lines, split_by_size
from emrsim.mapreduce.job.arguments import Arguments
from emrsim.mapreduce.job.classes import NULL_OUTPUT
from emrsim.mapreduce.job.job import job_of
from emrsim.mapreduce.job.parts import PARTITION_FILE, Sorting
from emrsim.mapreduce.report import counters as names
from emrsim.mapreduce.report import joblog
from emrsim.mapreduce.report.counters import Counters
from emrsim.mapreduce.report.progress import Progress
from emrsim.mapreduce.shuffle.shuffle import Shuffle
from emrsim.mapreduce.tasks import output
from emrsim.mapreduce.tasks.attempt import Attempt, TaskContext
from emrsim.mapreduce.tasks.environment import job_environment
from emrsim.mapreduce.tasks.guardian import TaskGuardian
from emrsim.mapreduce.tasks.localise import LocalFiles, localise
from emrsim.mapreduce.tasks.process import Supervisor
from emrsim.mapreduce.tasks.resources import Slots, memory_bytes, run_all
from emrsim.mapreduce.tasks.tasks import MapTask, ReduceTask, Task

_MEANINGLESS = ("dfs", "jt", "background", "inputtagged")
_YARN_CLIENT = "org.apache.hadoop.yarn.client.api.impl.YarnClientImpl"
_JOB_CLIENT = {1: joblog.STREAM_JOB, 2: "org.apache.hadoop.mapreduce.Job"}


class Runner:
    """Runs one job. Raises JobRefused, JobFailed or JobCancelled; then no output looks finished."""

    def __init__(
        self,
        arguments: Arguments,
        storage: Storage,
        log: joblog.JobLog,
        work: Path,
        supervisor: Supervisor,
        guardian: TaskGuardian,
    ) -> None:
        """Resolve the job; `guardian` is told of its output."""
        self._arguments = arguments
        self._storage = storage
        self._log = log
        self._work = work
        self._supervisor = supervisor
        self._guardian = guardian
        self._committer: output.Committer | None = None
        self.counters = Counters()
        self.job = job_of(arguments)
        self._reader = reader_for(self.job)
        parallel = arguments.own_value("parallel")
        self._slots = Slots(arguments.own_value("slots"), int(parallel) if parallel else None)
        try:
            self.progress = Progress(log, self.job.generation, arguments.own_value("json-progress"))
        except OSError as error:
            raise JobRefused(f"--json-progress: {error}", usage=True) from error

    def run(self) -> None:
        """Run the job."""
        files = LocalFiles(self._work / "files")
        programs = localise(self._arguments, self.job.programs, files, self._storage)
        job = self.job = replace(self.job, programs=programs, sorting=self._sorting(files))
        committer = self._new_committer()
        self._log_options()
        splits = self._splits()
        self._log_submission(splits)
        try:
            committer.set_up()
            self._committer = committer
            if job.output.format != NULL_OUTPUT:
                self._guardian.note_output(committer.directory)
        except OSError as error:
            reason = f"Mkdirs failed to create {error.filename}: {error.strerror}"
            raise JobRefused(f"java.io.IOException: {reason}") from error
        site = TaskContext(
            job,
            work=self._work,
            files=files,
            environment=job_environment(job.configuration, self._arguments.all("cmdenv"), job.generation),
            reader=self._reader,
            exchange=exchange_for(job.streams),
            committer=committer,
            supervisor=self._supervisor,
            progress=self.progress,
            log=self._log,
            task_logs=self._arguments.own_value("task-logs"),
            keep_failed=self._keep_failed(),
        )
        try:
            self._map_and_reduce(site, splits)
            self._supervisor.check()
            self._count_resources()
            committer.commit(
                mark=job.configuration.boolean("mapreduce.fileoutputcommitter.marksuccessfuljobs", True)
            )
        except BaseException:
            committer.abort()
            raise

    def check(self) -> None:
        """Raise JobCancelled if the job was told to stop."""
        self._supervisor.check()

    def undo(self) -> None:
        """Take the output away again."""
        if self._committer is not None:
            self._committer.abort()

    def _map_and_reduce(self, site: TaskContext, splits: Sequence[Split]) -> None:
        reduces = self.job.reduces
        self.progress.begin(len(splits), reduces)
        if not reduces:
            self._run([MapTask(site, index, split, None) for index, split in enumerate(splits)])
            return
        shuffle = Shuffle(
            self.job,
            site.exchange,
            self._work,
            memory_bytes(self._arguments.own_value("memory")),
            self._slots.count,
        )
        try:
            self._run([MapTask(site, index, split, shuffle) for index, split in enumerate(splits)])
            shuffle.sort()
            self._run([ReduceTask(site, index, shuffle) for index in range(reduces)])
            self.counters.framework(names.SPILLED_RECORDS, shuffle.spilled_records)
            map_output_bytes = self.counters.get(names.FRAMEWORK, names.MAP_OUTPUT_BYTES)
            self.counters.framework(names.REDUCE_SHUFFLE_BYTES, map_output_bytes)
        finally:
            shuffle.close()

    def _count_resources(self) -> None:
        """CPU and largest memory of this process and the commands together."""
        usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
        seconds = sum(usage.ru_utime + usage.ru_stime for usage in usages)
        unit = 1 if sys.platform == "darwin" else 1024
        self.counters.framework(names.CPU_MILLISECONDS, int(seconds * 1000))
        self.counters.framework(names.PHYSICAL_MEMORY, sum(usage.ru_maxrss for usage in usages) * unit)

    def _run(self, tasks: Sequence[Task]) -> None:
        """Run the tasks of one phase; some may fail, if the job allows it."""
        failures: list[Task] = []
        run_all(tasks, lambda task: self._run_task(task, tasks, failures), self._slots, self._supervisor)

    def _run_task(self, task: Task, phase: Sequence[Task], failures: list[Task]) -> None:
        job = self.job
        for number in range(job.limits.attempts[task.kind]):
            if self._attempt(task, number):
                self.progress.finished(task.kind)
                return
        failures.append(task)
        allowed = job.limits.failures_percent[task.kind]
        if len(failures) * 100 > allowed * len(phase):
            raise JobFailed(self._failure_text(task))

    def _attempt(self, task: Task, number: int) -> bool:
        """Make one attempt; returns whether it succeeded."""
        kind = "map" if task.kind == "m" else "reduce"
        self.counters.add(names.JOB, f"Launched {kind} tasks", 1)
        attempt = Attempt(task.site, task.kind, task.index, number)
        try:
            task.run(attempt)
        except (TaskFailed, OSError) as raised:
            error = _task_error(raised)
            task.failed(attempt, error)
            self.counters.add(names.JOB, f"Failed {kind} tasks", 1)
            self._log.info(
                _JOB_CLIENT[self.job.generation], f"Task Id : {attempt.id}, Status : FAILED\nError: {error}"
            )
            self.progress.ended(attempt.id, str(error))
            task.site.committer.discard(attempt.output_folder)
            return False
        finally:
            attempt.close()
        self.progress.ended(attempt.id, None)
        self.counters.merge(attempt.counters)
        return True

    def _keep_failed(self) -> str | None:
        """Where failed attempts are kept; Hadoop's own property keeps them below the current folder."""
        if self.job.configuration.boolean("keep.failed.task.files", False):
            return self._arguments.own_value("keep-failed") or "failed-tasks"
        return self._arguments.own_value("keep-failed")

    def _new_committer(self) -> output.Committer:
        uri = self._arguments.first("output")
        assert uri is not None  # the command line was checked
        drops_output = self.job.output.format == NULL_OUTPUT  # which does not look at the folder
        try:
            directory = self._storage.writable_path(uri)
            if not drops_output:
                output.check_output(directory, self._storage.qualify(uri), self.job.generation)
        except StorageError as error:
            raise JobRefused(f"java.io.IOException: {error}") from error
        return output.Committer(directory, self._guardian.note_committed, may_exist=drops_output)

    def _sorting(self, files: LocalFiles) -> Sorting:
        """The job's sorting, with the file of TotalOrderPartitioner found: shipped under its default name."""
        sorting = self.job.sorting
        total = sorting.total_order
        if total is None:
            return sorting
        try:
            shipped = total.name == PARTITION_FILE
            path = files.folder / PARTITION_FILE if shipped else self._storage.path(total.name)
        except StorageError as error:
            raise JobRefused(f"java.io.IOException: {error}") from error
        return sorting._replace(total_order=total._replace(path=path))

    def _splits(self) -> list[Split]:
        job = self.job
        recursive = job.configuration.boolean("mapred.input.dir.recursive", False)
        files = input_files(self._arguments.all("input"), self._storage, recursive=recursive)
        self._log.info(joblog.FILE_INPUT_FORMAT, f"Total input paths to process : {len(files)}")
        if job.input.by_lines:
            return split_by_lines(files, job.configuration.integer("mapred.line.input.format.linespermap", 1))
        can_split = partial(self._reader.can_split, generation=job.generation)
        split = combine_by_size if job.input.combines else split_by_size
        return split(files, job.configuration, can_split)

    def _log_options(self) -> None:
        """Say what was shipped, as Hadoop does on standard output, and what has no meaning here."""
        if shipped := self._arguments.all("file"):
            name = self.job.configuration.text("mapred.job.name")
            print(f"packageJobJar: [{', '.join(shipped)}] [] {self._work}/{name} tmpDir=null", flush=True)
        for option in _MEANINGLESS:
            if self._arguments.flag(option):
                self._log.warn(joblog.STREAM_JOB, f"-{option} has no meaning on one machine and is ignored")

    def _log_submission(self, splits: Sequence[Split]) -> None:
        job, log = self.job, self._log
        if job.generation == 1:
            log.info(joblog.STREAM_JOB, f"getLocalDirs(): [{self._work}]")
            log.info(joblog.STREAM_JOB, f"Running job: {job.ids.job}")
            log.info(joblog.STREAM_JOB, "To kill this job, run:")
            log.info(joblog.STREAM_JOB, f"kill {os.getpid()}")
            return
        submitter = "org.apache.hadoop.mapreduce.JobSubmitter"
        log.info(submitter, f"number of splits:{len(splits)}")
        log.info(submitter, f"Submitting tokens for job: {job.ids.job}")
        log.info(_YARN_CLIENT, f"Submitted application application_{job.ids.number}")
        log.info(_JOB_CLIENT[2], f"Running job: {job.ids.job}")

    def _failure_text(self, task: Task) -> str:
        """Why the job failed, in the words of the generation's client."""
        task_id = self.job.ids.task(task.kind, task.index)
        is_map = task.kind == "m"
        if self.job.generation == 1:
            kind = "Map" if is_map else "Reduce"
            return (
                f"# of failed {kind} Tasks exceeded allowed limit. FailedCount: 1. LastFailedTask: {task_id}"
            )
        return (
            f"Task failed {task_id}\nJob failed as tasks failed. "
            f"failedMaps:{int(is_map)} failedReduces:{int(not is_map)}"
        )


def _task_error(error: TaskFailed | OSError) -> TaskFailed:
    """The error as a task's own; a full disk is the job's, since no further attempt will do better."""
    if isinstance(error, TaskFailed):
        return error
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        raise JobFailed(f"java.io.IOException: {error.strerror}: {error.filename or 'output'}") from error
    return TaskFailed(f"java.io.IOException: {error}")


def log_success(runner: Runner, log: joblog.JobLog, output_uri: str) -> None:
    """Write what the client says of a job that succeeded."""
    job = runner.job
    if job.generation == 1:
        log.info(joblog.STREAM_JOB, f"Job complete: {job.ids.job}")
        log.info(joblog.STREAM_JOB, f"Output: {output_uri}")
        return
    log.info(_JOB_CLIENT[2], f"Job {job.ids.job} completed successfully")
    log.info(_JOB_CLIENT[2], runner.counters.text())
    log.info(joblog.STREAM_JOB, f"Output directory: {output_uri}")


def log_failure(runner: Runner, log: joblog.JobLog, error: Exception) -> None:
    """Write what the client says of a job that failed."""
    job = runner.job
    if job.generation == 1:
        log.error(joblog.STREAM_JOB, f"Job not successful. Error: {error}")
        log.info(joblog.STREAM_JOB, "killJob...")
        return
    log.info(_JOB_CLIENT[2], f"Job {job.ids.job} failed with state FAILED due to: {error}")
    log.info(_JOB_CLIENT[2], runner.counters.text())
    log.error(joblog.STREAM_JOB, "Job not Successful!")
