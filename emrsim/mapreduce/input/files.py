"""The input files of a job: lists, globs, directories, hidden names, and Hadoop's words for what is wrong."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Sequence
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
    values: Sequence[str], storage: Storage, *, recursive: bool, as_listed: bool = False
) -> list[InputFile]:
    """Return the files that `-input` values name, in Hadoop's order.

    A link in a folder that leads out of the storage is rejected, or `as_listed` left out, as S3's lists do.
    Raises JobRefused with exit code 5: missing paths and empty patterns all together, then a
    directory inside an input directory, or something else that is not a file.
    """
    found: list[InputFile] = []
    problems: list[str] = []
    for value in values:
        for pattern in globs.split_list(value):
            matches = _matching(pattern, storage, problems)
            for uri, path in matches:
                try:
                    found.extend(_files_of(uri, path, storage, recursive, as_listed))
                except StorageError as error:
                    problems.append(f"Input path does not exist: {error}")
                except OSError as error:
                    problems.append(f"Input path does not exist: {error.filename or uri}: {error.strerror}")
    if problems:
        raise JobRefused(f"{_INVALID_INPUT}: " + "\n".join(problems), EXIT_IO_ERROR)
    for file in found:
        if not file.is_regular:
            raise JobRefused(f"java.io.IOException: Not a file: {file.uri}", EXIT_IO_ERROR)
    return found


def _matching(pattern: str, storage: Storage, problems: list[str]) -> list[tuple[str, Path]]:
    """What exists under `pattern`; what is wrong with it is added to `problems`."""
    try:
        matches = sorted(
            (match for expanded in globs.expand_braces(pattern) for match in _expand(expanded, storage)),
            key=lambda match: os.fsencode(match[0]),
        )
        qualified = storage.qualify(pattern.rstrip("/") or "/")
    except StorageError as error:
        problems.append(f"Input path does not exist: {error}")
        return []
    if not matches and globs.has_glob(pattern):
        problems.append(f"Input Pattern {qualified} matches 0 files")
    elif not matches:
        problems.append(f"Input path does not exist: {qualified}")
    return matches


def _expand(pattern: str, storage: Storage) -> Iterator[tuple[str, Path]]:
    base, components = globs.split_at_glob(pattern)
    base_path = storage.path(base)
    base_uri = storage.qualify(base).rstrip("/")
    if not components:
        if base_path.exists() and not _is_hidden(base_path.name):
            yield base_uri, base_path
        return
    for names in globs.matches(base_path, components):
        if not _is_hidden(names[-1]):
            uri = "/".join([base_uri, *names])
            yield uri, _checked(uri, base_path.joinpath(*names), storage)


def _checked(uri: str, path: Path, storage: Storage) -> Path:
    """Return `path`. Raises StorageError if it is a link that leads out of the storage."""
    return path if uri.startswith("file:") else storage.path(uri)


def _files_of(
    uri: str, path: Path, storage: Storage, recursive: bool, as_listed: bool
) -> Iterator[InputFile]:
    """Yield a file, or those in a folder. Raises StorageError for links that lead out of the storage."""
    if not path.is_dir():
        yield _input_file(uri, path, path.stat())
        return
    for entry in sorted(os.scandir(path), key=lambda entry: os.fsencode(entry.name)):
        if _is_hidden(entry.name):
            continue
        child, child_uri = path / entry.name, f"{uri}/{entry.name}"
        if entry.is_symlink():
            try:
                child = _checked(child_uri, child, storage)
            except StorageError:
                if as_listed:
                    continue
                raise
        if recursive and entry.is_dir():
            yield from _files_of(child_uri, child, storage, recursive, as_listed)
        else:
            yield _input_file(child_uri, child, entry.stat())


def _input_file(uri: str, path: Path, status: os.stat_result) -> InputFile:
    return InputFile(uri, path, stamp_of(status), stat.S_ISREG(status.st_mode))


def _is_hidden(name: str) -> bool:
    return name.startswith(("_", "."))
