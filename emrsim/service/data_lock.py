"""A data folder belongs to one emulator at a time, and what a killed one has left in it is removed.

Two that share one would end each other's processes and remove each other's folders.
"""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
from collections.abc import Callable
from pathlib import Path

from emrsim.processes.guardian import kill_leftovers
from emrsim.service.folders import DataFolder

_NOT_LOCKABLE = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.EINVAL})
_NOTE_BYTES_MAX = 1000


class DataFolderInUse(OSError):
    """Another emulator works in the data folder."""

    def __init__(self, folder: Path, holder: str) -> None:
        super().__init__(
            errno.EBUSY,
            f"the data folder {folder} is in use: {holder or 'another emrsim'} holds it. "
            "Stop that, or take another folder with --data (Emulator: data=)",
        )


class DataLock:
    """The lock on a data folder, held from its making until `release` or the end of the process."""

    def __init__(self, folder: DataFolder) -> None:
        """Raises DataFolderInUse, which names the process that holds it, and OSError."""
        self._file = os.open(folder.lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            holder = os.pread(self._file, _NOTE_BYTES_MAX, 0).decode("utf-8", "replace").strip()
            os.close(self._file)
            if error.errno in {errno.EWOULDBLOCK, errno.EACCES}:
                raise DataFolderInUse(folder.path, holder) from None
            if error.errno not in _NOT_LOCKABLE:
                raise
            self._file = -1  # a file system without locks
            return
        self.note("")

    def note(self, url: str) -> None:
        """Write down who holds it, for those that come later."""
        if self._file != -1:
            os.ftruncate(self._file, 0)
            serving = f", serving at {url}" if url else ""
            os.pwrite(self._file, f"process {os.getpid()}{serving}".encode(), 0)

    def release(self) -> None:
        """Release the folder. A child process that has inherited the lock does not keep it."""
        if self._file != -1:
            os.ftruncate(self._file, 0)
            fcntl.flock(self._file, fcntl.LOCK_UN)
            os.close(self._file)
            self._file = -1


def remove_leftovers(folder: DataFolder, lives: Callable[[str], bool], keep: bool) -> None:
    """End the processes and remove the folders, but for logs, of clusters that a killed emulator has left.

    `lives` returns whether the cluster of an id is this emulator's and has not ended. With `keep` the
    folders stay.
    """
    left = [
        cluster
        for cluster in (folder.cluster(name) for name in _names(folder.clusters))
        if not lives(cluster.path.name) and any(map(os.path.lexists, cluster.is_gone_with_the_cluster))
    ]
    for cluster in left:
        kill_leftovers(cluster.path)
        for path in () if keep else cluster.is_gone_with_the_cluster:
            if not lives(cluster.path.name):
                shutil.rmtree(path, ignore_errors=True)


def has_clusters(folder: DataFolder) -> bool:
    """Whether there is anything that `remove_leftovers` would look at."""
    return bool(_names(folder.clusters))


def _names(folder: Path) -> list[str]:
    try:
        return os.listdir(folder)
    except FileNotFoundError:
        return []
