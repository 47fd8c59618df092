"""The input files of a job: lists, globs, directories, hidden names, and Hadoop's words for what is wrong."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from emrsim.core.ports import Storage, StorageError
from emrsim.mapreduce.errors import EXIT_IO_ERROR, JobRefused
from emrsim.mapreduce.input import globs

_INVALID_INPUT = "org.apache.hadoop.mapred.InvalidInputException"


class InputFile(NamedTuple):
    """A file to read: where it is, its name in the scheme that the user wrote, and its size in bytes."""

    uri: str
    path: Path
    size: int


def input_files(values: Sequence[str], storage: Storage, *, recursive: bool) -> list[InputFile]:
    """The files that `-input` values name, in Hadoop's order.

    Raises JobRefused with exit code 5: missing paths and empty patterns all together, then a
    directory inside an input directory.
    """
    found: list[InputFile] = []
    problems: list[str] = []
    for value in values:
        for pattern in globs.split_list(value):
            matches = _matching(pattern, storage, problems)
            for uri, path in matches:
                found.extend(_files_of(uri, path, recursive))
    if problems:
        raise JobRefused(f"{_INVALID_INPUT}: " + "\n".join(problems), EXIT_IO_ERROR)
    for file in found:
        if file.path.is_dir():
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
    """`path`, once Storage had its chance to refuse it: a link may lead out of the root."""
    return path if uri.startswith("file:") else storage.path(uri)


def _files_of(uri: str, path: Path, recursive: bool) -> Iterator[InputFile]:
    if not path.is_dir():
        yield InputFile(uri, path, path.stat().st_size)
        return
    for entry in sorted(os.scandir(path), key=lambda entry: os.fsencode(entry.name)):
        if _is_hidden(entry.name):
            continue
        child_uri = f"{uri}/{entry.name}"
        if recursive and entry.is_dir():
            yield from _files_of(child_uri, path / entry.name, recursive)
        else:
            yield InputFile(child_uri, path / entry.name, entry.stat().st_size)


def _is_hidden(name: str) -> bool:
    return name.startswith(("_", "."))
