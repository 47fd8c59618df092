"""Java's class-data archive of the Hadoop classes: made once, it saves each job a third of its start."""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from emrsim.programs.jvm.classes import OUR_JAR
from emrsim.programs.jvm.hadoop_conf import job_conf
from emrsim.programs.jvm.java import Java
from emrsim.programs.jvm.launch import FAST_FLAGS, java_command, java_environment
from emrsim.programs.jvm.run_jar import run_jar_command
from emrsim.programs.jvm.sites import SITES, cache_folder
from emrsim.programs.surroundings import Surroundings

_JOB_COUNTER = "EMRSIM_JOB_COUNTER"  # see surroundings
_TRAINING = "emrsim.hadoop.Training"
_TRAINING_SECONDS_MAX = 120.0


def archive_flags(java: Java, jars: Sequence[Path]) -> list[str]:
    """The flags that make Java use the archive for this class path; none where there cannot be one.

    The first call makes it, which takes seconds; others that come meanwhile go without. An archive that Java
    cannot use is ignored by it, so it never fails a job.
    """
    try:
        archive = _archive(java, jars)
    except (OSError, subprocess.SubprocessError):
        return []  # a cache that cannot be written to, a full disk: jobs only start slower
    return [f"-XX:SharedArchiveFile={archive}", "-Xshare:auto", "-Xlog:disable"] if archive else []


def _archive(java: Java, jars: Sequence[Path]) -> Path | None:
    folder = cache_folder()
    name = f"hadoop-classes-{_key(java, jars)}"
    if found := _whole(folder, name):
        return found
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        if _whole(folder, name) is None:
            _make(java, jars, folder, name)
    return _whole(folder, name)


def _whole(folder: Path, name: str) -> Path | None:
    """The archive, if it has the size that its name tells: a part of one would crash Java."""
    for path in folder.glob(f"{name}-*.jsa"):
        if path.stem == f"{name}-{path.stat().st_size}":
            return path
    return None


def _key(java: Java, jars: Sequence[Path]) -> str:
    """Of all that Java compares before it uses an archive."""
    parts = [str(java.home), java.version, *FAST_FLAGS]
    for jar in jars:
        stat = jar.stat()
        parts += [str(jar), str(stat.st_size), str(stat.st_mtime_ns)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


def _make(java: Java, jars: Sequence[Path], folder: Path, name: str) -> None:
    """Run two small jobs of ours, and keep the classes they needed."""
    with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as scratch:
        root = Path(scratch)
        made = root / "archive"
        # A folder on the class path would be refused, so the site files are named as arguments.
        conf = job_conf(Surroundings(root=root), root)
        sites = [word for site in SITES for word in ("-conf", str(conf / site))]
        flags = [*FAST_FLAGS, f"-XX:ArchiveClassesAtExit={made}", "-Xlog:disable", f"-Djava.io.tmpdir={root}"]
        words = [str(OUR_JAR), _TRAINING, *sites, str(root)]
        trained = _quietly(run_jar_command(java, flags, jars, conf, words))
        checked = [*FAST_FLAGS, f"-XX:SharedArchiveFile={made}", "-Xshare:on"]
        if trained and _quietly(java_command(java, checked, jars, "-version", [])):
            made.rename(folder / f"{name}-{made.stat().st_size}.jsa")


def _quietly(command: Sequence[str]) -> bool:
    """Whether it ended well. Its jobs do not count among the cluster's."""
    quiet = subprocess.DEVNULL
    environment = java_environment()
    environment.pop(_JOB_COUNTER, None)
    ended = subprocess.run(
        command,
        stdin=quiet,
        stdout=quiet,
        stderr=quiet,
        env=environment,
        timeout=_TRAINING_SECONDS_MAX,
        check=False,
    )
    return ended.returncode == 0
