"""What a person can set of an emulator."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from emrsim.core.pace import Pace

__version__ = "0.2.0"  # the only place; pyproject.toml reads it here

DEFAULT_PORT = 4580
# For tests: so long that most steps of tests end within it, and much less than clients wait for an answer
# (boto3 60 s, boto 2 70 s).
TESTS_SETTLE_SECONDS = 5.0
# Nearly as long as a waiter of botocore's sleeps between two looks (30 s); it waits 60 s for an answer.
SERVE_WAITERS_SECONDS = 25.0
DATA_FOLDER_NAME = ".emrsim"  # below the root; a dot-folder is no bucket


def default_slots() -> int:
    """Return the number of cores that this process may use; on macOS, of all cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def default_cache() -> Path:
    """Return the folder for what is made once: EMRSIM_CACHE, else the user's (XDG Base Directory)."""
    if named := os.environ.get("EMRSIM_CACHE"):
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "emrsim"


@dataclass(frozen=True)
class Settings:
    """All settings of an emulator, as `emrsim.options` reads them; `data` is where logs and work folders go.

    Invented waits: `boot` passes between RunJobFlow and a cluster that is ready, half of it in STARTING and
    half in BOOTSTRAPPING; `step` before the process of a step that is RUNNING begins; `shutdown` in
    SHUTTING_DOWN. Where they are None the pace of the clock says how long they are (`service.waits`).

    A cluster that is to end with its last step and has none stays in BOOTSTRAPPING for up to `first_step`:
    EMR takes minutes to boot, so clients such as mrjob ask for a cluster, tag it, and then add its steps.

    `step_memory_bytes` and `step_cpu_seconds` limit each process of a step; steps see `pass_env` of the
    emulator's environment beside a few harmless names; with `keep` the folders of a cluster stay at its end.
    """

    root: Path
    data: Path
    host: str
    port: int
    clock: Pace
    first_step: timedelta
    waiters: timedelta  # ... of one that a waiter of botocore's asks for
    settle: timedelta  # how long an answer is held back for a better one (`service.settle`)
    region: str  # of calls whose signature names none
    strict: bool  # roles and a version are required, as today
    allow_anonymous: bool
    allowed_hosts: tuple[str, ...]  # names of this server's beside localhost
    allowed_origins: tuple[str, ...]  # web pages that may call, beside the server's own
    allow_other_users: bool  # of this machine
    pass_env: tuple[str, ...]
    missing_packages: str  # `fail` or `ignore`: what `yum install` does for what is not on this machine
    keep: bool
    durable: bool  # state is kept in the data folder (`service.record`)
    fsync: bool  # ... and written to the disk before a call is answered
    fresh: bool  # ... and what is kept there is removed first
    on_stop: str  # "fail" or "requeue": what becomes of steps that run when emrsim is stopped
    is_clock_given: bool  # else the pace of the record counts
    boot: timedelta | None = None
    step: timedelta | None = None
    shutdown: timedelta | None = None
    events: Path | str | None = None  # where EMR's events are sent: a file, or an http address
    keys: Mapping[str, str] | None = None  # secrets by access key; None: signatures are not checked
    step_key: tuple[str, str] = ("emrsim", "emrsim")  # with which programs of steps sign their calls
    step_memory_bytes: int | None = None
    step_cpu_seconds: int | None = None
    hadoop_home: Path | None = None  # an installation of the user's own, for jars
    spark_master: str | None = None  # a cluster of the user's own, for Spark
    is_own_process: bool = False  # the process is emrsim's alone, and not a test's or program's of the user
    python2: Path | None = None  # for what asks for a Python 2 (`emrsim.interpreters`)
    interpreters: tuple[str, ...] = ()  # NAME=PATH, for what asks for others
    slots: int = field(default_factory=default_slots)
    cache: Path = field(default_factory=default_cache)


def settings_for(root: Path, data: Path | None = None, **others: object) -> Settings:
    """Settings with the data folder at its usual place below the root, unless `data` names another."""
    return Settings(root=root, data=data or root / DATA_FOLDER_NAME, **others)  # type: ignore[arg-type]
