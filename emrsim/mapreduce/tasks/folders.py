"""The folders that attempts run in; removing and copying in few system calls, since shutil loads slowly."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

_COPY_BYTES = 1 << 20
_TMP = "tmp"

# Name, inode and kind of what is in a folder, and mode and time of change of the folder and its `tmp`. No one
# of them is enough: an inode may serve again at once, and the clock of a file system ticks slowly.
_Look = tuple[frozenset[tuple[str, int, bool]], tuple[int, int], tuple[int, int]]


def remove_tree(folder: str | Path) -> None:
    """Remove a folder and all that is in it, as far as that is allowed; links are not followed."""
    try:
        _remove(folder)
    except OSError:
        import shutil

        # A program left something odd there: folders that nobody may read, say.
        shutil.rmtree(folder, ignore_errors=True)


def copy_file(source: Path, target: Path) -> None:
    """Copy the contents of a file."""
    with open(source, "rb") as old, open(target, "wb") as new:
        while chunk := old.read(_COPY_BYTES):
            new.write(chunk)


def _remove(folder: str | Path) -> None:
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.is_dir(follow_symlinks=False):
                _remove(entry.path)
            else:
                os.unlink(entry.path)
    os.rmdir(folder)


class WorkFolders:
    """Makes folders with the job's files in them; safe to use from threads.

    One that an attempt left as it found it is handed on to the next: making and removing folders is most of
    what a small task costs.
    """

    def __init__(self, parent: Path, link_files_into: Callable[[Path], None]) -> None:
        self._parent = parent
        self._link_files_into = link_files_into
        self._lock = threading.Lock()
        self._looks: dict[Path, _Look | None] = {}
        self._free: list[tuple[Path, _Look]] = []

    def make(self, name: str) -> Path:
        """A folder `name`, with links to the job's files and an empty `tmp`."""
        folder = self._parent / name
        with self._lock:
            found = self._free.pop() if self._free else None
        look: _Look | None
        if found is not None:
            used, look = found
            os.rename(used, folder)
        else:
            (folder / _TMP).mkdir(parents=True)
            self._link_files_into(folder)
            look = _look(folder)
        self._looks[folder] = look
        return folder

    def give_back(self, folder: Path) -> None:
        """The attempt is over."""
        look = self._looks.pop(folder)
        if look is None or _look(folder) != look:
            remove_tree(folder)
        else:
            with self._lock:
                self._free.append((folder, look))


def _look(folder: Path) -> _Look | None:
    """What a folder looks like; None if something is in its `tmp`, or it cannot be seen."""
    tmp = folder / _TMP
    try:
        with os.scandir(tmp) as entries:
            if next(entries, None) is not None:
                return None
        with os.scandir(folder) as entries:
            names = frozenset([(entry.name, entry.inode(), entry.is_symlink()) for entry in entries])
        return names, _state(folder), _state(tmp)
    except OSError:
        return None


def _state(folder: Path) -> tuple[int, int]:
    status = os.stat(folder)
    return status.st_mode, status.st_mtime_ns
