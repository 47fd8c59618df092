"""The input files of a job: lists, globs, directories, hidden names, and Hadoop's words for what is wrong."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from emrsim.core.ports import Storage, StorageError
from emrsim.mapreduce.errors import EXIT_IO_ERROR, JobRefused
from emrsim.mapreduce.input import globs

_INVALID_INPUT = "org.apache.hadoop.mapred.InvalidInputException"


class Stamp(NamedTuple):
    """What a file looked like when the job began: by it the job knows that the file is still the same."""

    size: int
    modified_ns: int
    inode: int


class InputFile(NamedTuple):
    """A file to read: its name in the scheme that the user wrote, where it is, and what it looks like."""

    uri: str
    path: Path
    stamp: Stamp
    is_regular: bool = True

    @property
    def size(self) -> int:
        """The size in bytes."""
        return self.stamp.size


def stamp_of(status: os.stat_result) -> Stamp:
    """Return the stamp of a file."""
    return Stamp(status.st_size, status.st_mtime_ns, status.st_ino)


def input_files(
    values: Sequence[str],
    storage: Storage,
    *,
    recursive: bool,
    leave_out: Callable[[str], None] | None = None,
) -> list[InputFile]:
    """Return the files that `-input` values name, in Hadoop's order.

    A link that leads out of the storage is rejected; with `leave_out` it is no object, as in S3's lists,
    unless nothing else is there, and `leave_out` is told of it in a sentence. Raises JobRefused with exit
    code 5: missing paths and empty patterns all together, then a directory inside an input directory, or
    something else that is not a file.
    """
    found: list[InputFile] = []
    problems: list[str] = []
    walk = _Walk(storage, recursive, leave_out)
    for value in values:
        for pattern in globs.split_list(value):
            for uri, path in _matching(pattern, walk, problems):
                try:
                    found.extend(walk.files_of(uri, path))
                except StorageError as error:
                    problems.append(f"Input path does not exist: {error}")
                except OSError as error:
                    problems.append(f"Input path does not exist: {error.filename or uri}: {error.strerror}")
    if walk.left_out and not found:
        problems += [f"Input path does not exist: {reason}" for reason in walk.left_out]
    if problems:
        raise JobRefused(f"{_INVALID_INPUT}: " + "\n".join(problems), EXIT_IO_ERROR)
    for file in found:
        if not file.is_regular:
            raise JobRefused(f"java.io.IOException: Not a file: {file.uri}", EXIT_IO_ERROR)
    return found


def _matching(pattern: str, walk: _Walk, problems: list[str]) -> list[tuple[str, Path]]:
    """What exists under `pattern`; what is wrong with it is added to `problems`."""
    try:
        matches = sorted(
            (match for expanded in globs.expand_braces(pattern) for match in walk.expand(expanded)),
            key=lambda match: os.fsencode(match[0]),
        )
        qualified = walk.storage.qualify(pattern.rstrip("/") or "/")
    except StorageError as error:
        problems.append(f"Input path does not exist: {error}")
        return []
    if not matches and globs.has_glob(pattern):
        problems.append(f"Input Pattern {qualified} matches 0 files")
    elif not matches:
        problems.append(f"Input path does not exist: {qualified}")
    return matches


class _Walk:
    """Finds the files of paths and patterns in `storage`; of links that lead out of it, see `input_files`."""

    def __init__(self, storage: Storage, recursive: bool, leave_out: Callable[[str], None] | None) -> None:
        self.storage = storage
        self._recursive = recursive
        self._leave_out = leave_out
        self.left_out: list[str] = []

    def expand(self, pattern: str) -> Iterator[tuple[str, Path]]:
        """Yield what is at `pattern`, which has no braces. Raises StorageError for what cannot be named."""
        base, components = globs.split_at_glob(pattern)
        base_path = self.storage.path(base)
        base_uri = self.storage.qualify(base).rstrip("/")
        if not components:
            if base_path.exists() and not _is_hidden(base_path.name):
                yield base_uri, base_path
            return
        for names in globs.matches(base_path, components):
            uri, path = "/".join([base_uri, *names]), base_path.joinpath(*names)
            if not _is_hidden(names[-1]) and self._is_inside(uri):
                yield uri, path

    def files_of(self, uri: str, path: Path, above: tuple[tuple[int, int], ...] = ()) -> Iterator[InputFile]:
        """Yield a file, or those in a folder; a link back to one of the folders `above` has none."""
        if not path.is_dir():
            yield _input_file(uri, path, path.stat())
            return
        status = path.stat()
        if (identity := (status.st_dev, status.st_ino)) in above:
            return
        for entry in sorted(os.scandir(path), key=lambda entry: os.fsencode(entry.name)):
            child, child_uri = path / entry.name, f"{uri}/{entry.name}"
            if _is_hidden(entry.name) or (entry.is_symlink() and not self._is_inside(child_uri)):
                continue
            if self._recursive and entry.is_dir():
                yield from self.files_of(child_uri, child, (*above, identity))
            else:
                yield _input_file(child_uri, child, entry.stat())

    def _is_inside(self, uri: str) -> bool:
        if uri.startswith("file:"):
            return True
        try:
            self.storage.path(uri)
        except StorageError as error:
            if self._leave_out is None:
                raise
            self.left_out.append(str(error))
            self._leave_out(f"{error}, so it is no object, and is left out")
            return False
        return True


def _input_file(uri: str, path: Path, status: os.stat_result) -> InputFile:
    return InputFile(uri, path, stamp_of(status), stat.S_ISREG(status.st_mode))


def _is_hidden(name: str) -> bool:
    return name.startswith(("_", "."))
