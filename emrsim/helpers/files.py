"""Objects put and read with one call: what a test gives to a job, and what came of it."""

from __future__ import annotations

import shutil
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

from emrsim.core.ports import NoSuchBucket, StorageError
from emrsim.mapreduce.errors import JobRefused, TaskFailed
from emrsim.mapreduce.formats.codecs import is_compressed, read_chunks
from emrsim.mapreduce.input.files import InputFile, input_files
from emrsim.mapreduce.input.globs import split_list
from emrsim.storage import DirectoryStorage

_PIECE_BYTES = 1 << 20


def put(storage: DirectoryStorage, uri: str, content: str | bytes | Path) -> Path:
    """Make `content` the object `uri`; a Path is a file to copy, or a folder whose files get keys below it.

    The bucket is made if it is not there. Gives the object's own path. Raises StorageError for a name that
    a directory cannot hold, FileNotFoundError if there is nothing at the Path.
    """
    if isinstance(content, Path) and not content.exists():
        raise FileNotFoundError(f"no file or folder at {content} to copy to {uri}")
    is_folder = isinstance(content, Path) and content.is_dir()
    if storage.is_s3(uri) and not is_folder and (uri.endswith("/") or uri.count("/") == 2):
        raise StorageError(f"{uri} names a bucket or a folder: expected s3://BUCKET/KEY of a file")
    if storage.is_s3(uri) and storage.qualify(uri).rstrip("/") != uri.rstrip("/"):
        raise StorageError(f"{uri} cannot be the name of a file: a part of its key is empty, `.` or `..`")
    storage.make_bucket(uri)
    target = storage.writable_path(uri)
    try:
        _write(target, content)
    except OSError as error:
        raise StorageError(f"{uri} cannot be written: {error}") from error
    return target


def read(storage: DirectoryStorage, uri: str) -> bytes:
    """All files of `uri` in memory: see `pieces`. Warns, at its caller's caller, of what is left out."""
    left_out: list[str] = []
    content = b"".join(pieces(storage, uri, left_out.append))
    for reason in left_out:
        warnings.warn(reason, stacklevel=3)
    return content


def pieces(storage: DirectoryStorage, uri: str, leave_out: Callable[[str], None]) -> Iterator[bytes]:
    """Yield all files of `uri`, one after the other as a job would read them, in pieces of some megabytes.

    An object, or a folder, in the order of the names: hidden files (`_SUCCESS`, `.x`) are left out, and what
    is compressed is decompressed by the ending of its name. Globs are Hadoop's. A link that leads out of S3
    is no object: `leave_out` gets a sentence about it. Raises FileNotFoundError, StorageError for what is
    no URI of S3, and ValueError for a compressed file that is damaged.
    """
    for one in split_list(uri) or [""]:
        if not storage.is_s3(one):
            raise StorageError(f"invalid URI {one!r}: expected one that begins with s3://")
    try:
        files = input_files([uri], storage, recursive=True, leave_out=leave_out)
    except JobRefused as error:
        raise FileNotFoundError(str(error).partition(": ")[2]) from error
    for file in files:
        yield from _content(file)


def objects(storage: DirectoryStorage, uri: str) -> list[str]:
    """The URIs of all objects at `uri` and below it, sorted. Raises StorageError for what is no URI of S3."""
    if not storage.is_s3(uri):
        raise StorageError(f"invalid URI {uri!r}: expected one that begins with s3://")
    try:
        path = storage.path(uri)
    except NoSuchBucket:
        return []
    if path.is_file():
        return [uri]
    beginning = uri.rstrip("/")
    found = {
        f"{beginning}/{one.relative_to(path).as_posix()}": one for one in path.rglob("*") if one.is_file()
    }
    return sorted(one for one, file in found.items() if not file.is_symlink() or _is_inside(storage, one))


def _is_inside(storage: DirectoryStorage, uri: str) -> bool:
    try:
        storage.path(uri)
    except StorageError:
        return False
    return True


def _content(file: InputFile) -> Iterator[bytes]:
    if not is_compressed(file.path.name):
        with open(file.path, "rb") as content:
            while piece := content.read(_PIECE_BYTES):
                yield piece
        return
    try:
        yield from read_chunks(file.path)
    except TaskFailed as error:
        raise ValueError(f"{file.uri} cannot be decompressed: {error}") from error


def _write(target: Path, content: str | bytes | Path) -> None:
    if isinstance(content, Path) and content.is_dir():
        shutil.copytree(content, target, dirs_exist_ok=True)
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    if isinstance(content, Path):
        shutil.copyfile(content, target)
    else:
        target.write_bytes(content.encode() if isinstance(content, str) else content)
