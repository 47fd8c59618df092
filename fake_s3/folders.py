"""The folders that keys lie in: made when a key needs them, removed when they are empty.

Each step names a file or folder in a folder that is open, and that lies below the root: a folder that
somebody swaps for a link in the meantime leads nowhere else.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fake_s3 import errors
from fake_s3.buckets import Buckets
from fake_s3.keys import is_open_within, is_within, leaves_root, opened_folder
from fake_s3.metadata import Metadata, folder_stamp

TRIES = 20


class Folders:
    """The folders in the buckets of a root."""

    def __init__(self, root: Path, buckets: Buckets, metadata: Metadata) -> None:
        self._root = root
        self._buckets = buckets
        self._metadata = metadata

    @contextmanager
    def opened(self, bucket: str, key: str, path: Path) -> Iterator[int]:
        """Yield a descriptor of the folder `path`, which `key` needs; it is made if it is not there.

        Raises S3Error: where a file is in its way, where the bucket has gone, and for links out of the root.
        """
        descriptor = self._open(bucket, key, path)
        try:
            if not is_open_within(self._root, descriptor, path):
                raise leaves_root(key)
            yield descriptor
        finally:
            os.close(descriptor)

    def prune(self, bucket: str, directory: Path, folder: Path) -> None:
        """Remove `folder` and those above it while they are empty and are no keys themselves."""
        while folder != directory:
            key = f"{folder.relative_to(directory)}/"
            try:
                is_key = self._metadata.find(bucket, key, folder_stamp(folder.stat())) is not None
                if is_key or folder.is_symlink():
                    return
                with opened_folder(folder.parent, self._root) as parent:
                    os.rmdir(folder.name, dir_fd=parent)
            except (FileNotFoundError, NotADirectoryError):
                pass  # somebody else was faster; the folders above may still be empty
            except OSError as error:
                if error.errno in {errno.ENOTEMPTY, errno.EEXIST}:
                    return
                raise
            folder = folder.parent

    def _open(self, bucket: str, key: str, path: Path) -> int:
        for _ in range(TRIES):
            try:
                return _open_folder(path)
            except FileNotFoundError:
                self._make(bucket, key, path)
            except OSError as error:
                raise self._occupied(bucket, key, path) from error
        raise RuntimeError(f"{path} vanished {TRIES} times while an object was put into it")

    def _make(self, bucket: str, key: str, path: Path) -> None:
        """Make a folder with those above it, one in the other; it may be gone again at once."""
        directory = self._buckets.path(bucket)
        folder = _open_folder(directory)
        try:
            for name in path.relative_to(directory).parts:
                with suppress(FileExistsError):
                    os.mkdir(name, dir_fd=folder)
                inner = _open_folder(name, folder)
                os.close(folder)
                folder = inner
                if not is_open_within(self._root, folder, path):
                    raise leaves_root(key)
        except FileNotFoundError:
            # A delete has just pruned one of them, unless it is a link to nothing.
            if any(p.is_symlink() and not p.exists() for p in (path, *path.parents)):
                raise self._occupied(bucket, key, path) from None
        except OSError as error:
            if error.errno in {errno.ENOTDIR, errno.ELOOP}:
                raise self._occupied(bucket, key, path) from error
            raise
        finally:
            os.close(folder)

    def _occupied(self, bucket: str, key: str, path: Path) -> errors.S3Error:
        """The error of a key below something that is no folder."""
        if not is_within(self._root, path):
            return leaves_root(key)
        directory = self._buckets.path(bucket)
        occupied = next((p for p in (path, *path.parents) if os.path.lexists(p) and not p.is_dir()), path)
        return errors.parent_is_file(key, str(occupied.relative_to(directory)))


def _open_folder(path: Path | str, folder: int | None = None) -> int:
    return os.open(path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC, dir_fd=folder)
