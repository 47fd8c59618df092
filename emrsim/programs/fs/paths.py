"""What the words of a command name: existing files, new ones, and patterns."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

from emrsim.core.ports import StorageError
from emrsim.mapreduce.input import globs
from emrsim.storage import DirectoryStorage, is_visible

NO_SUCH_FILE = "No such file or directory"
FILE_EXISTS = "File exists"
IS_A_DIRECTORY = "Is a directory"
IS_NOT_A_DIRECTORY = "Is not a directory"
INPUT_OUTPUT_ERROR = "Input/output error"
_HIDDEN_OWNER = "hadoop"  # EMR's user; who owns the files here is nobody's business (assumed for S3)


class FsError(Exception):
    """What a command says about one of its words."""


class PathError(FsError):
    """Hadoop's PathIOException: `` `path': message``, or `` `path' to `target': message``."""

    def __init__(self, path: object, message: str, target: object = None) -> None:
        to = "" if target is None else f" to `{target}'"
        super().__init__(f"`{path}'{to}: {message}")


def makes_parents() -> bool:
    """Whether this is Hadoop 1, whose commands make folders that are missing above what they write."""
    return os.environ.get("EMRSIM_HADOOP_VERSION", "").startswith(("0.", "1."))


class Item:
    """A path as it was written, and what is there."""

    def __init__(self, text: str, path: Path, storage: DirectoryStorage, *, is_local: bool = False) -> None:
        self.text = text
        self.path = path
        self.storage = storage
        self.is_local = is_local
        self.refresh()

    def refresh(self) -> None:
        """Look again at what is there."""
        self.status: os.stat_result | None
        try:
            self.status = self.path.stat()
        except (FileNotFoundError, NotADirectoryError):
            self.status = None

    def __str__(self) -> str:
        return self.text

    @property
    def exists(self) -> bool:
        """Whether there is anything."""
        return self.status is not None

    @property
    def is_folder(self) -> bool:
        """Whether it is a directory."""
        return self.status is not None and stat.S_ISDIR(self.status.st_mode)

    @property
    def size(self) -> int:
        """Its bytes; 0 for a directory, as in HDFS and S3."""
        return 0 if self.status is None or self.is_folder else self.status.st_size

    @property
    def mode(self) -> str:
        """The nine letters of its permissions; in S3 all may do all (assumed)."""
        assert self.status is not None
        if self.storage.is_s3(self.text):
            return "rwxrwxrwx" if self.is_folder else "rw-rw-rw-"
        return stat.filemode(self.status.st_mode)[1:]

    @property
    def owner(self) -> str:
        """Owner and group alike."""
        return _HIDDEN_OWNER

    @property
    def name(self) -> str:
        """The last part of its path."""
        return self.path.name

    @property
    def is_top(self) -> bool:
        """Whether it is a bucket, or the root of a file system."""
        return self.path == self._top()

    def is_beside(self, other: Item) -> bool:
        """Whether both are in one file system: HDFS, one bucket, or this machine's own."""
        return self._top() == other._top()

    def parent_exists(self) -> bool:
        """Whether the folder is there that this would be in, or is made with it, as Hadoop 1 does."""
        if not self.is_local and makes_parents():
            return True
        return self.path.is_dir() if self.text.endswith("/") else self.path.parent.is_dir()

    def child(self, name: str) -> Item:
        """What is below it by that name; raises StorageError for a link that leads out."""
        text = name if self.text == "." else f"{self.text.rstrip('/') or ''}/{name}"
        path = self.path / name
        if path.is_symlink() and not self.is_local:
            path = self.storage.path(text)
        return Item(text, path, self.storage, is_local=self.is_local)

    def children(self) -> list[Item]:
        """All that is in it, by name; links that lead out are not shown, nor files in the making."""
        names = sorted(filter(is_visible, os.listdir(self.path)), key=os.fsencode)
        return list(self._shown(names))

    def _shown(self, names: list[str]) -> Iterator[Item]:
        for name in names:
            try:
                item = self.child(name)
            except StorageError:
                continue
            if item.exists:
                yield item

    def writable(self) -> Path:
        """Its path, to change it; raises ReadOnlyBucket."""
        if self.is_local:
            return self.path
        path = self.storage.writable_path(self.text)
        if makes_parents():
            path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _top(self) -> Path:
        return Path("/") if self.is_local else self.storage.top(self.text)


def named(text: str, storage: DirectoryStorage) -> Item:
    """What `text` names, without a look at its globs. Raises StorageError."""
    return Item(text, storage.path(text), storage)


def local(text: str, storage: DirectoryStorage) -> Item:
    """What `text` names on this machine, if it is a plain path."""
    is_local = ":" not in text.split("/")[0] or text.startswith("file:")
    return Item(text, storage.shipped_path(text), storage, is_local=is_local)


def expand(text: str, storage: DirectoryStorage) -> list[Item]:
    """What a pattern matches, at least one; what is no pattern need not exist. Raises also StorageError."""
    if not globs.has_glob(text):
        item = named(text, storage)
        if item.exists and not item.is_top:
            item.text = text.rstrip("/").removeprefix("./") or text
        return [item]
    found = [item for pattern in globs.expand_braces(text) for item in _matches(pattern, storage)]
    if not found:
        raise PathError(text, NO_SUCH_FILE)
    return sorted(found, key=lambda item: os.fsencode(item.text))


def _matches(pattern: str, storage: DirectoryStorage) -> Iterator[Item]:
    base, components = globs.split_at_glob(pattern)
    if not components:
        item = named(base, storage)
        if item.exists:
            yield item
        return
    start = named(base, storage)
    for names in globs.matches(start.path, components):
        if all(map(is_visible, names)):
            item = start
            for name in names:
                item = item.child(name)
            yield item
