"""`hadoop jar hadoop-streaming.jar ARGS` as a function: logs, exit codes, signals, scratch space."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import FrameType

from emrsim.core.ports import Storage
from emrsim.mapreduce.errors import EXIT_FAILED, JobCancelled, JobFailed, JobRefused
from emrsim.mapreduce.job.arguments import USAGE, Arguments, parse
from emrsim.mapreduce.report import joblog
from emrsim.mapreduce.runner import Runner, log_failure, log_success
from emrsim.mapreduce.tasks.folders import remove_tree
from emrsim.mapreduce.tasks.guardian import TaskGuardian
from emrsim.mapreduce.tasks.process import Supervisor

_LAST_LINE = "Streaming Command Failed!"
_SIGNAL_EXIT_BASE = 128
_GC_OBJECTS = 50_000


def main(argv: list[str], storage: Storage) -> int:
    """Run a streaming job; returns the exit code of Hadoop's client, 128+n when signal n stopped it."""
    log = joblog.console_log()
    try:
        arguments = parse(argv)
        if arguments.flag("info") or arguments.flag("help"):
            print(USAGE)
            return 0
        _check_required(arguments)
        if syslog := arguments.own_value("syslog"):
            log = joblog.file_log(syslog)
        return _run(arguments, storage, log)
    except JobRefused as error:
        return _refuse(error, log)


def _check_required(arguments: Arguments) -> None:
    if not arguments.all("input"):
        raise JobRefused("Required argument: -input <name>", usage=True)
    if arguments.first("output") is None:
        raise JobRefused("Required argument: -output ", usage=True)


def _run(arguments: Arguments, storage: Storage, log: joblog.JobLog) -> int:
    # Records are many small objects and make no cycles: looking for some at every 700th costs a tenth.
    gc.set_threshold(_GC_OBJECTS)
    work = _scratch_folder(arguments.own_value("work"))
    guardian = TaskGuardian(str(work))
    supervisor = Supervisor(guardian.note, guardian.note_start)
    stop = _Stop(supervisor)
    try:
        work.mkdir(parents=True, mode=0o700)
        try:
            runner = Runner(arguments, storage, log, work, supervisor, guardian)
            return _run_to_the_end(runner, log, storage.qualify(arguments.first("output") or ""), stop)
        finally:
            remove_tree(work)
    finally:
        guardian.dismiss()


def _run_to_the_end(runner: Runner, log: joblog.JobLog, output_uri: str, stop: _Stop) -> int:
    try:
        runner.run()
        stop.undo_with(runner.undo)
        runner.check()  # a signal may have come before that
    except (JobFailed, OSError) as error:  # OSError: a full disk, say, while the output is put in place
        log_failure(runner, log, error)
        runner.progress.report("failed", runner.counters)
    except JobCancelled:
        runner.undo()
        log.error(joblog.STREAM_JOB, "Job was cancelled by a signal")
        runner.progress.report("cancelled", runner.counters)
        return stop.exit_code()
    else:
        log_success(runner, log, output_uri)
        runner.progress.report("succeeded", runner.counters)
        return 0
    print(_LAST_LINE, file=sys.stderr)
    return EXIT_FAILED


def _refuse(error: JobRefused, log: joblog.JobLog) -> int:
    """Say why the job was not run, in the order of Hadoop's client."""
    log.error(joblog.STREAM_JOB, str(error))
    if error.usage:
        print("Try -help for more information", file=sys.stderr)
    if not error.bare:
        print(_LAST_LINE, file=sys.stderr)
    return error.exit_code


def _scratch_folder(folder: str | None) -> Path:
    """Return the name of a new folder, below `folder` or the machine's temporary one."""
    parent = Path(folder or os.environ.get("TMPDIR") or "/tmp").absolute()
    return parent / f"emrsim-streaming-{os.getpid()}-{time.time_ns()}"


class _Stop:
    """What SIGTERM, SIGINT and SIGHUP do: cancel the job; once its output is there, take it away again.

    Whoever stops a process that is still there is told that it was stopped, whatever its exit code: so until
    the process has gone, no output may look finished.
    """

    def __init__(self, supervisor: Supervisor) -> None:
        self._supervisor = supervisor
        self._undo: Callable[[], None] | None = None
        self._received: int | None = None
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, self._handle)

    def undo_with(self, undo: Callable[[], None]) -> None:
        """From now on a signal calls `undo` and ends the process."""
        self._undo = undo

    def exit_code(self) -> int:
        """Return the exit code of a process that a signal stopped."""
        return _SIGNAL_EXIT_BASE + (self._received or signal.SIGTERM)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._received = self._received or number
        if self._undo is None:
            self._supervisor.cancel()
        else:
            self._undo()
            # At once: the guardian removes the rest.
            os._exit(self.exit_code())
