"""The master of a cluster, as far as its programs can see: folders, an environment, programs run in it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

DEADLINE_SECONDS = 240
TOP = Path(__file__).parents[2]
STARTED = "1500000000000"  # when the cluster started, as in the ids of its jobs


class Master:
    """Runs programs as a step of a cluster does; `root` holds the buckets, `hdfs` is HDFS."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self.root = folder / "s3"
        self.hdfs = folder / "hdfs"
        self.conf = folder / "conf"
        self.logs = folder / "logs"
        self.work = folder / "work"
        self.home = folder / "home"
        for path in (self.root, self.hdfs, self.conf, self.logs, self.work, self.home):
            path.mkdir()
        self.syslog = self.logs / "syslog"
        self.counter = folder / STARTED
        self.environment = {
            **{name: os.environ[name] for name in ("PATH", "JAVA_HOME") if name in os.environ},
            "HOME": str(self.home),
            "PYTHONPATH": str(TOP),
            "TMPDIR": str(self.work),
            "EMRSIM_ROOT": str(self.root),
            "EMRSIM_HDFS": str(self.hdfs),
            "EMRSIM_CACHE": str(cache),
            "EMRSIM_JOB_COUNTER": str(self.counter),
            "HADOOP_CONF_DIR": str(self.conf),
            "HADOOP_LOG_DIR": str(self.logs),
            "HADOOP_LOGFILE": "syslog",
        }

    def put(self, name: str, content: bytes | str) -> Path:
        """An object `bucket/key`; its bucket is made."""
        return write(self.root / name, content)

    def start(self, *words: object, **environment: str) -> subprocess.Popen[str]:
        """Start a program of emrsim's: its name and its arguments."""
        return subprocess.Popen(
            [sys.executable, "-m", "emrsim", *map(str, words)],
            cwd=self.home,
            env={**self.environment, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        """Run a program of emrsim's to its end."""
        process = self.start(*words, **environment)
        out, err = process.communicate(timeout=DEADLINE_SECONDS)
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def log(self) -> str:
        """What Hadoop's client has logged."""
        return self.syslog.read_text() if self.syslog.exists() else ""


def write(path: Path, content: bytes | str) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def lines(folder: Path, parts: str = "part-*") -> list[str]:
    """The lines of all parts in a folder, sorted."""
    return sorted(line for part in folder.glob(parts) for line in part.read_text().splitlines())
