"""The applications of a cluster as YARN has them: Hadoop jobs and Spark applications.

Each has a file, which the process that runs it keeps locked until it ends, even by SIGKILL: what can be
locked has ended. Its first line describes the application; the second, which only an application that has
ended by itself has, tells its exit code.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import NamedTuple

from emrsim.programs.surroundings import Surroundings

_FOLDER = "applications"  # beside the counter of jobs
_TAIL_BYTES = 1 << 16  # of a progress file, in which the last line of progress is
# What whoever wants a program to end sends it; Java and Hadoop's client answer with exit code 128 + N.
_ENDING = (signal.SIGTERM, signal.SIGKILL, signal.SIGINT, signal.SIGHUP)
_KILLED = frozenset(code for number in _ENDING for code in (-number, 128 + number))


@dataclass(frozen=True)
class Application:
    """An application; `session` is that of its step's processes, `logs` the folder of the step's logs."""

    id: str  # application_1500000000000_0001
    name: str
    kind: str  # MAPREDUCE or SPARK
    started: float  # seconds since 1970
    pid: int
    logs: str | None
    progress: str | None = None  # the file in which a streaming job tells how far it is

    @property
    def job_id(self) -> str:
        return self.id.replace("application_", "job_")


class Ending(NamedTuple):
    """How an application ended: its exit code, -N for signal N; when, in seconds since 1970."""

    code: int
    at: float


class Seen(NamedTuple):
    """An application as it is now; `ending` is None while it runs, and if all its processes were killed."""

    application: Application
    runs: bool
    ending: Ending | None

    @property
    def outcome(self) -> str:
        """RUNNING, SUCCEEDED, FAILED or KILLED, as MapReduce has it."""
        if self.runs:
            return "RUNNING"
        if self.ending is None or self.ending.code in _KILLED:
            return "KILLED"
        return "FAILED" if self.ending.code else "SUCCEEDED"

    @property
    def state(self) -> str:
        """The state as YARN has it: what has failed and could still say so is FINISHED.

        Source: Hadoop, RMAppState and FinalApplicationStatus; FAILED is what crashed.
        """
        is_crash = self.outcome == "FAILED" and self.ending is not None and self.ending.code < 0
        if is_crash or self.outcome in {"RUNNING", "KILLED"}:
            return self.outcome
        return "FINISHED"

    @property
    def percents(self) -> tuple[int, int]:
        """How much of the maps and of the reduces is done; 0 of what does not tell it until it succeeds."""
        if self.outcome == "SUCCEEDED":
            return 100, 100
        return _told(self.application.progress)

    @property
    def percent(self) -> int:
        """How much of all is done."""
        return sum(self.percents) // 2


class Registration:
    """An application that runs, as seen by the process that runs it."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def ended(self, code: int) -> None:
        """Tell how it ended, at the end of this process."""
        os.write(self._descriptor, f"\n{json.dumps(Ending(code, time.time())._asdict())}\n".encode())


def register(
    around: Surroundings, application_id: str, name: str, kind: str, progress: Path | None = None
) -> Registration | None:
    """Let an application be seen as running until this process and its children end; None: no cluster."""
    folder = _folder(around)
    if folder is None:
        return None
    folder.mkdir(parents=True, exist_ok=True)
    logs = str(around.syslog.parent) if around.syslog else None
    told = str(progress) if progress else None
    application = Application(application_id, name, kind, time.time(), os.getpid(), logs, told)
    descriptor = os.open(folder / application_id, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.write(descriptor, json.dumps(asdict(application)).encode())
    os.set_inheritable(descriptor, True)
    return Registration(descriptor)


def applications(around: Surroundings) -> Iterator[Seen]:
    """The applications of the cluster, oldest first."""
    folder = _folder(around)
    for path in sorted(folder.iterdir()) if folder is not None and folder.is_dir() else ():
        with suppress(ValueError, TypeError), open(path, "rb") as file:
            is_locked = not _can_be_locked(file.fileno())  # before its end is read, which is written locked
            described, *rest = filter(None, file.read().splitlines())
            ending = Ending(**json.loads(rest[0])) if rest else None
            yield Seen(Application(**json.loads(described)), is_locked and ending is None, ending)


def find(around: Surroundings, an_id: str) -> Seen | None:
    """The application of an id, or of a job's; None if the cluster has had none of it."""
    wanted = an_id.replace("job_", "application_")
    return next((one for one in applications(around) if one.application.id == wanted), None)


def kill(application: Application) -> None:
    """End an application's process with all it has started in its session."""
    with suppress(ProcessLookupError):
        os.kill(application.pid, signal.SIGTERM)


def register_spark(around: Surroundings, name: str) -> Registration | None:
    """Let a Spark application be seen under a new id; None outside of a cluster."""
    an_id = next_application_id(around)
    return register(around, an_id, name, "SPARK") if an_id else None


def next_application_id(around: Surroundings) -> str | None:
    """The id of a new application; None outside of a cluster."""
    job_id = around.next_job_id()
    return job_id.replace("job_", "application_") if job_id else None


def _folder(around: Surroundings) -> Path | None:
    return around.job_counter.parent / _FOLDER if around.job_counter else None


def _told(progress: str | None) -> tuple[int, int]:
    """The last percentages that a progress file tells (see `mapreduce.report.progress`)."""
    lines: list[bytes] = []
    if progress is not None:
        with suppress(OSError), open(progress, "rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - _TAIL_BYTES))
            lines = file.read().splitlines(keepends=True)
    for line in reversed(lines):
        if line.startswith(b'{"event": "progress"') and line.endswith(b"\n"):
            message = json.loads(line)
            return message["map"], message["reduce"]
    return 0, 0


def _can_be_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
