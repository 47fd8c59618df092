"""The HiveServer2 of a cluster: Spark's Thrift server on the cluster's metastore, started when first used.

It is one process, which ends with the cluster at the latest. It has the metastore for as long as it runs, and
serves it to the cluster's other programs. A file, which it keeps locked, tells its port.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from emrsim.programs.remarks import remark
from emrsim.programs.surroundings import Surroundings, surroundings
from emrsim.runtimes.cache import cache_folder
from emrsim.runtimes.missing import Missing

PORT = 10000  # EMR's (source: AWS, "View web interfaces hosted on EMR clusters")

_CLASS = "emrsim.hive.Server"
_NAME = "Thrift JDBC/ODBC Server"  # as YARN's commands show Spark's
_HOST = "127.0.0.1"
_FOLDER = "hive-server2"  # beside the counter of jobs
_SERVER, _METASTORE, _STARTING = "server", "metastore", "starting"
_LOGS = Path("var", "log", "hive")  # below /mnt
_LOG = "hive-server2.log"
_TMP = Path("tmp", "hive-server2")  # below /mnt
_CHECK_SECONDS = 0.1
_START_SECONDS_MAX = 600
_LINES_SHOWN = 15


class Server(NamedTuple):
    """A HiveServer2 that runs: its port and its process."""

    port: int
    pid: int


def server(around: Surroundings) -> Server | None:
    """Return the server of the cluster, which may not answer yet; None if there is none."""
    folder = _folder(around)
    if folder is None:
        return None
    with suppress(OSError, ValueError, TypeError), open(folder / _SERVER, "rb") as file:
        return Server(**json.loads(file.read())) if _is_locked(file.fileno()) else None
    return None


def metastore_uri(around: Surroundings) -> str | None:
    """Return where the server serves the cluster's metastore; None where no server does."""
    folder = _folder(around)
    if folder is None or server(around) is None:
        return None
    with suppress(OSError):
        return f"thrift://{_HOST}:{int((folder / _METASTORE).read_text())}"
    return None


def ensure_server(around: Surroundings) -> Server:
    """Return the server of the cluster once it answers; start it where there is none. Raises Missing."""
    folder = _folder(around)
    if folder is None or around.mnt is None:
        raise Missing("a HiveServer2 belongs to a cluster: run this in a step")
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / _STARTING, "wb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        found = server(around)
        if found is not None and _answers(found.port):
            return found
        log = around.mnt / _LOGS / _LOG
        started = _await(_start(around.mnt, log), around, log)
    remark(f"HiveServer2 listens on {_HOST}:{started.port}; its log is {log}", around)
    if started.port != PORT:
        remark(f"the port {PORT} of this machine is taken: beeline is led to {started.port}", around)
    return started


def stop_server(around: Surroundings) -> bool:
    """End the server of the cluster and wait until it is gone; whether there was one."""
    found = server(around)
    if found is None:
        return False
    with suppress(ProcessLookupError):
        os.kill(found.pid, signal.SIGTERM)
    while server(around) == found:
        time.sleep(_CHECK_SECONDS)
    return True


def _start(mnt: Path, log: Path) -> subprocess.Popen[bytes]:
    """A process of the cluster's own, outside of the step's session."""
    work = mnt / _TMP
    for folder in (work, log.parent):
        folder.mkdir(parents=True, exist_ok=True)
    # It has no task slot: it waits most of the time, and would keep it from all steps.
    from emrsim.programs.jvm.launch import HOLDS_SLOT

    own = {
        "TMPDIR": str(work),
        "SPARK_LOCAL_DIRS": str(work),
        "HADOOP_LOG_DIR": str(log.parent),
        HOLDS_SLOT: "1",
    }
    with open(log, "ab") as output:
        return subprocess.Popen(
            [sys.executable, "-P", "-m", __name__],
            cwd=work,
            env={name: value for name, value in os.environ.items() if name != "HADOOP_LOGFILE"} | own,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )


def _await(process: subprocess.Popen[bytes], around: Surroundings, log: Path) -> Server:
    deadline = time.monotonic() + _START_SECONDS_MAX
    while process.poll() is None and time.monotonic() < deadline:
        found = server(around)
        if found is not None and metastore_uri(around) and _answers(found.port):
            return found
        time.sleep(_CHECK_SECONDS)
    process.kill()
    last = log.read_text(errors="replace").splitlines()[-_LINES_SHOWN:]
    raise Missing("\n".join(["HiveServer2 did not start:", *last]))


def serve() -> int:
    """Become the server; returns only where it cannot start."""
    from emrsim.programs.jvm.classes import HIVE_JAR
    from emrsim.programs.jvm.hive import hive_settings
    from emrsim.programs.jvm.launch import HOLDS_SLOT
    from emrsim.programs.jvm.spark import lock_metastore
    from emrsim.programs.jvm.spark_submit import run_spark

    around = surroundings()
    folder = _folder(around)
    assert folder is not None, "started by ensure_server"
    (folder / _METASTORE).unlink(missing_ok=True)
    lock_metastore(around)
    port = _port()
    _tell(folder / _SERVER, Server(port, os.getpid()))
    os.environ[HOLDS_SLOT] = "1"  # it waits most of the time, and would keep a task slot from all steps
    settings = [word for pair in hive_settings(around).items() for word in ("--conf", "=".join(pair))]
    own = {
        "hive.server2.thrift.port": str(port),
        "hive.server2.thrift.bind.host": _HOST,
        "hive.server2.enable.doAs": "false",
    }
    words = [word for pair in own.items() for word in ("--hiveconf", "=".join(pair))]
    main = ["--name", _NAME, "--class", _CLASS, str(HIVE_JAR), str(folder / _METASTORE)]
    return run_spark("spark-submit", [*settings, *main, *words])


def _port() -> int:
    """EMR's port, if no other cluster's server has or will have it and it is free; else a free one."""
    lock = os.open(cache_folder() / f"hive-server2-{PORT}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    with suppress(OSError):
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        with socket.create_server((_HOST, PORT)):
            pass
        os.set_inheritable(lock, True)
        return PORT
    os.close(lock)
    with socket.create_server((_HOST, 0)) as free:
        port: int = free.getsockname()[1]
        return port


def _tell(file: Path, told: Server) -> None:
    """Write the file and keep it locked until this process, or what it becomes, ends."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps(told._asdict()).encode())
    os.set_inheritable(descriptor, True)


def _answers(port: int) -> bool:
    try:
        with socket.create_connection((_HOST, port), timeout=10):
            return True
    except OSError:
        return False


def _folder(around: Surroundings) -> Path | None:
    return around.job_counter.parent / _FOLDER if around.job_counter and around.mnt else None


def _is_locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False


if __name__ == "__main__":
    from emrsim.programs.jvm.programs import saying_what_is_missing

    sys.exit(saying_what_is_missing(lambda arguments: serve())(sys.argv[1:]))
