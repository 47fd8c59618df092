"""The applications of a cluster as YARN has them: Hadoop jobs and Spark applications.

Each has a file, which the process that runs it keeps locked until it ends, even by SIGKILL: what can be
locked has ended.
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

from emrsim.programs.surroundings import Surroundings

_FOLDER = "applications"  # beside the counter of jobs


@dataclass(frozen=True)
class Application:
    """An application; `session` is that of its step's processes, `logs` the folder of the step's logs."""

    id: str  # application_1500000000000_0001
    name: str
    kind: str  # MAPREDUCE or SPARK
    started: float  # seconds since 1970
    pid: int
    logs: str | None

    @property
    def job_id(self) -> str:
        return self.id.replace("application_", "job_")


def register(around: Surroundings, application_id: str, name: str, kind: str) -> None:
    """Let an application be seen as running until this process, or what it becomes, ends."""
    folder = _folder(around)
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    logs = str(around.syslog.parent) if around.syslog else None
    application = Application(application_id, name, kind, time.time(), os.getpid(), logs)
    descriptor = os.open(folder / application_id, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.write(descriptor, json.dumps(asdict(application)).encode())
    os.set_inheritable(descriptor, True)


def applications(around: Surroundings) -> Iterator[tuple[Application, bool]]:
    """The applications of the cluster, oldest first, and whether each runs."""
    folder = _folder(around)
    for path in sorted(folder.iterdir()) if folder is not None and folder.is_dir() else ():
        with suppress(ValueError, TypeError), open(path, "rb") as file:
            yield Application(**json.loads(file.read())), not _can_be_locked(file.fileno())


def find(around: Surroundings, an_id: str) -> tuple[Application, bool] | None:
    """The application of an id, or of a job's; None if the cluster has had none of it."""
    wanted = an_id.replace("job_", "application_")
    return next((one for one in applications(around) if one[0].id == wanted), None)


def kill(application: Application) -> None:
    """End an application's process with all it has started in its session."""
    with suppress(ProcessLookupError):
        os.kill(application.pid, signal.SIGTERM)


def next_application_id(around: Surroundings) -> str | None:
    """The id of a new application; None outside of a cluster."""
    job_id = around.next_job_id()
    return job_id.replace("job_", "application_") if job_id else None


def _folder(around: Surroundings) -> Path | None:
    return around.job_counter.parent / _FOLDER if around.job_counter else None


def _can_be_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
