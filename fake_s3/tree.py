"""The keys of a bucket's directory, in S3's order, from any key on."""

from __future__ import annotations

import os
import stat
import time
from bisect import bisect_left
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Lock

from fake_s3.keys import is_key_name, is_too_long, is_within

# A directory's modification time moves in ticks (10 ms on Linux, up to 2 s on FAT): within one, a change
# may leave it as it was. So names are kept only of directories that have been quiet for longer.
_QUIET_NS = 2_500_000_000
_KEPT_NAMES_MAX = 2_000_000


class Directories:
    """The sorted names of directories, kept while they do not change. Folders' names end in `/`.

    With the slash the order of names is that of keys: `a.txt` comes before what is in `a/`.
    """

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[tuple[int, int, int], list[str]]] = OrderedDict()
        self._kept_names = 0
        self._lock = Lock()

    def names(self, path: str, root: Path) -> list[str]:
        """The names in the directory `path`; links that leave `root`, and what is no file, are left out."""
        status = os.stat(path)
        version = (status.st_dev, status.st_ino, status.st_mtime_ns)
        kept = self._kept.get(path)
        if kept is not None and kept[0] == version:
            return kept[1]
        names, may_keep = _read_names(path, root)
        if may_keep and time.time_ns() - status.st_mtime_ns > _QUIET_NS:
            self._keep(path, version, names)
        return names

    def _keep(self, path: str, version: tuple[int, int, int], names: list[str]) -> None:
        with self._lock:
            _, replaced = self._kept.pop(path, (version, []))
            self._kept[path] = (version, names)
            self._kept_names += len(names) - len(replaced)
            while self._kept_names > _KEPT_NAMES_MAX and len(self._kept) > 1:
                _, (_, dropped) = self._kept.popitem(last=False)
                self._kept_names -= len(dropped)


def _read_names(path: str, root: Path) -> tuple[list[str], bool]:
    """Sorted names, and whether they may be kept: what a link leads to can change without the directory."""
    names = []
    may_keep = True
    with os.scandir(path) as entries:
        for entry in entries:
            if not is_key_name(entry.name):
                continue
            if entry.is_symlink():
                may_keep = False
                if not is_within(root, Path(entry.path)) or not os.path.exists(entry.path):
                    continue
            if entry.is_dir():
                names.append(entry.name + "/")
            elif entry.is_file():
                names.append(entry.name)
    names.sort()
    return names, may_keep


class Tree:
    """The keys of the bucket in `directory`. `is_marker` returns whether a folder is a key itself (`x/`)."""

    def __init__(
        self, directory: Path, directories: Directories, is_marker: Callable[[str, os.stat_result], bool]
    ) -> None:
        self._root = directory.parent
        self._directory = directory
        self._directories = directories
        self._is_marker = is_marker
        # Each directory is read once for one page, however often it is sought in.
        self._read: dict[str, list[str]] = {}

    def keys_from(self, start: str) -> Iterator[str]:
        """The keys from `start` on, in order."""
        return self._walk("", start, ())

    def _walk(self, folder: str, start: str, above: tuple[tuple[int, int], ...]) -> Iterator[str]:
        """Keys below `folder` ("" or ends in `/`) that are not before `start`, of which `folder` is a prefix.

        `above` are the directories on the way here: a link that leads back to one of them is not followed.
        """
        names = self._names(folder)
        for index in range(_first(names, start[len(folder) :]), len(names)):
            key = folder + names[index]
            if is_too_long(key):
                continue
            if not key.endswith("/"):
                yield key
                continue
            status = self._status(key)
            if status is None or (identity := (status.st_dev, status.st_ino)) in above:
                continue
            if key >= start and self._is_marker(key, status):
                yield key
            inner = start if start.startswith(key) else key
            yield from self._walk(key, inner, (*above, identity))

    def _names(self, folder: str) -> list[str]:
        names = self._read.get(folder)
        if names is None:
            try:
                names = self._directories.names(os.path.join(self._directory, folder), self._root)
            except (FileNotFoundError, NotADirectoryError):
                names = []  # removed while we were on our way to it
            self._read[folder] = names
        return names

    def _status(self, folder: str) -> os.stat_result | None:
        try:
            status = os.stat(os.path.join(self._directory, folder))
        except (FileNotFoundError, NotADirectoryError):
            return None
        return status if stat.S_ISDIR(status.st_mode) else None


def _first(names: list[str], start: str) -> int:
    """The index of the first name that is not before `start`, or is the folder that `start` lies in."""
    index = bisect_left(names, start)
    folder = start[: start.find("/") + 1] if "/" in start else ""
    return bisect_left(names, folder) if folder else index
