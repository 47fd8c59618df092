"""`hadoop jar hadoop-streaming.jar ARGS` as a function: logs, exit codes, signals, scratch space."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from emrsim.core.ports import Storage
from emrsim.mapreduce.errors import EXIT_FAILED, JobCancelled, JobFailed, JobRefused
from emrsim.mapreduce.job.arguments import USAGE, Arguments, parse
from emrsim.mapreduce.report import joblog
from emrsim.mapreduce.runner import Runner, log_failure, log_success
from emrsim.mapreduce.tasks.folders import remove_tree
from emrsim.mapreduce.tasks.guardian import Guardian
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
    with _scratch(arguments.own_value("work")) as work:
        guardian = Guardian(str(work))
        supervisor = Supervisor(guardian.note)
        signals = _cancel_on_signals(supervisor)
        try:
            runner = Runner(arguments, storage, log, work, supervisor)
            return _run_to_the_end(runner, log, storage.qualify(arguments.first("output") or ""), signals)
        finally:
            guardian.dismiss()


def _run_to_the_end(runner: Runner, log: joblog.JobLog, output_uri: str, signals: list[int]) -> int:
    try:
        runner.run()
    except (JobFailed, OSError) as error:  # OSError: a full disk, say, while the output is put in place
        log_failure(runner, log, error)
        runner.progress.report("failed", runner.counters)
    except JobCancelled:
        log.error(joblog.STREAM_JOB, "Job was cancelled by a signal")
        runner.progress.report("cancelled", runner.counters)
        return _SIGNAL_EXIT_BASE + (signals[0] if signals else signal.SIGTERM)
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


@contextmanager
def _scratch(folder: str | None) -> Iterator[Path]:
    """A folder of the job's own, below `folder` or the machine's temporary one, removed at the end."""
    parent = Path(folder or os.environ.get("TMPDIR") or "/tmp").absolute()
    work = parent / f"emrsim-streaming-{os.getpid()}-{time.time_ns()}"
    work.mkdir(parents=True, mode=0o700)
    try:
        yield work
    finally:
        remove_tree(work)


def _cancel_on_signals(supervisor: Supervisor) -> list[int]:
    """Cancel the job on SIGTERM, SIGINT and SIGHUP; the list that is returned fills with what came."""
    received: list[int] = []

    def handler(number: int, frame: FrameType | None) -> None:
        received.append(number)
        supervisor.cancel()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, handler)
    return received
