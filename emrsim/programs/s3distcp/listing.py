"""The files that there are to copy: below a folder, below prefixes, or from a manifest."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from emrsim.core.ports import StorageError
from emrsim.programs.s3distcp.errors import EXIT_BAD_PREFIXES, CopyRefused, runtime_error
from emrsim.programs.s3distcp.manifest import BadManifest, Entry, read
from emrsim.programs.s3distcp.plan import Source
from emrsim.storage import DirectoryStorage, is_visible

Warn = Callable[[str], None]


def source_files(
    storage: DirectoryStorage, source: str, prefixes_file: str | None, warn: Warn
) -> list[Source]:
    """All files below `source`, or below the prefixes that the file lists, in the order of their names.

    Raises CopyRefused. Links that lead out of where `source` is are left out, as S3 does not show them.
    """
    uri, path = _existing(storage, source)
    if not path.is_dir():
        return [Source(uri, str(path), path.name, path.stat().st_size)]
    if prefixes_file is None:
        return list(_below(storage, uri, str(path), "", (), warn))
    found: dict[str, Source] = {}
    for prefix in _prefixes(storage, prefixes_file, source):
        for file in _with_prefix(storage, prefix, uri, warn):
            found[file.uri] = file
    return [found[name] for name in sorted(found, key=os.fsencode)]


def manifest_files(storage: DirectoryStorage, entries: list[Entry]) -> list[Source]:
    """The files that a manifest says were written, each once. Raises CopyRefused if one is not there."""
    found: dict[str, Source] = {}
    for entry in entries:
        folder = storage.qualify(entry.source_folder).rstrip("/")
        uri, path = _existing(storage, entry.path)
        relative = uri.removeprefix(folder).lstrip("/") if uri.startswith(folder + "/") else path.name
        found[uri] = Source(uri, str(path), relative, path.stat().st_size)
    return list(found.values())


def manifest_entries(storage: DirectoryStorage, manifest: str, purpose: str) -> list[Entry]:
    """The entries of a manifest. Raises CopyRefused, with the words of s3-dist-cp for `purpose`."""
    try:
        return read(storage.path(manifest))
    except FileNotFoundError as error:
        missing = f"java.io.FileNotFoundException: File does not exist: {manifest}"
        raise runtime_error(f"{purpose} '{manifest}'", missing) from error
    except (OSError, StorageError, BadManifest) as error:
        raise runtime_error(f"{purpose} '{manifest}'", str(error)) from error


def _existing(storage: DirectoryStorage, uri: str) -> tuple[str, Path]:
    """What `uri` is called and where it is; a folder's name ends without a slash."""
    try:
        path = storage.path(uri)
        qualified = storage.qualify(uri)
    except StorageError as error:
        raise _no_source(f"java.io.IOException: {error}") from error
    if not path.exists():
        what = "No such file or directory" if storage.is_s3(uri) else "File does not exist:"
        name = f"'{uri}'" if storage.is_s3(uri) else qualified
        raise _no_source(f"java.io.FileNotFoundException: {what} {name}")
    return qualified.rstrip("/"), path


def _no_source(cause: str) -> CopyRefused:
    message = "Failed to get source file system"
    return runtime_error(message, cause, fatal=message)


def _below(
    storage: DirectoryStorage,
    uri: str,
    folder: str,
    relative: str,
    above: tuple[tuple[int, int], ...],
    warn: Warn,
) -> Iterator[Source]:
    """The files below `folder`; a link that leads back to one of the folders `above` is not followed."""
    status = os.stat(folder)
    identity = (status.st_dev, status.st_ino)
    if identity in above:
        return
    for entry in _entries(folder):
        child = f"{uri}/{entry.name}"
        if entry.is_symlink() and not _is_inside(storage, child, warn):
            continue
        if entry.is_dir():
            below = (*above, identity)
            yield from _below(storage, child, entry.path, f"{relative}{entry.name}/", below, warn)
        elif entry.is_file():
            yield Source(child, entry.path, relative + entry.name, entry.stat().st_size)


def _entries(folder: str) -> list[os.DirEntry[str]]:
    """In the order of keys: `a.txt` comes before what is in `a/`."""
    with os.scandir(folder) as entries:
        shown = [entry for entry in entries if is_visible(entry.name)]
    return sorted(shown, key=lambda entry: entry.name + "/" if entry.is_dir() else entry.name)


def _is_inside(storage: DirectoryStorage, uri: str, warn: Warn) -> bool:
    try:
        return storage.path(uri).exists()
    except StorageError as error:
        warn(f"Skipping {uri}: {error}")
        return False


def _prefixes(storage: DirectoryStorage, prefixes_file: str, source: str) -> list[str]:
    try:
        lines = storage.path(prefixes_file).read_text().splitlines()
    except (OSError, StorageError, UnicodeDecodeError) as error:
        message = f"Failed to read srcPrefixesFile: {prefixes_file}\n{error}"
        raise CopyRefused(message, exit_code=EXIT_BAD_PREFIXES) from error
    for line in lines:
        if not line.startswith(source):
            message = f"srcPrefix: {line} does not start with src: {source}"
            raise CopyRefused(message, exit_code=EXIT_BAD_PREFIXES)
    return lines or [source]


def _with_prefix(storage: DirectoryStorage, prefix: str, base: str, warn: Warn) -> Iterator[Source]:
    """Files whose names begin with `prefix`; their `relative` is what follows `base`."""
    for uri, path in _roots(storage, prefix):
        relative = uri.removeprefix(base).lstrip("/")
        if path.is_symlink() and not _is_inside(storage, uri, warn):
            continue
        if path.is_dir():
            yield from _below(storage, uri, str(path), f"{relative}/" if relative else "", (), warn)
        elif path.is_file():
            yield Source(uri, str(path), relative, path.stat().st_size)


def _roots(storage: DirectoryStorage, prefix: str) -> list[tuple[str, Path]]:
    """What a prefix stands for: in S3 all names that begin with it, elsewhere a folder."""
    is_bucket = prefix.count("/") < 3
    if prefix.endswith("/") or is_bucket or not storage.is_s3(prefix):
        return [_existing(storage, prefix)]
    folder, _, start = prefix.rpartition("/")
    uri, path = _existing(storage, folder)
    names = [entry.name for entry in _entries(str(path)) if entry.name.startswith(start)]
    return [(f"{uri}/{name}", path / name) for name in names]
