"""Objects over a directory: ROOT/<bucket>/<key> is the object, whoever put it there.

Writers stage a file and rename it into place under the key's lock, so readers never see half an object
and a writer that is killed leaves the old one. Readers take no lock: they open the file first and then
look for the metadata of what they have open.
"""

from __future__ import annotations

import base64
import errno
import hashlib
import io
import logging
import os
import sqlite3
import stat
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from fake_s3 import errors
from fake_s3.buckets import Buckets, remove_empty_folders
from fake_s3.etags import compute_etag, etag_of_large, may_keep
from fake_s3.folders import TRIES, Folders
from fake_s3.keys import (
    BOOKKEEPING,
    is_open_within,
    is_within,
    leaves_root,
    object_path,
    opened_folder,
)
from fake_s3.listing import Page, Query, list_page
from fake_s3.locks import Locks
from fake_s3.metadata import Details, Metadata, MetadataLost, file_stamp, folder_stamp
from fake_s3.staging import StagedFile, Staging, read_whole
from fake_s3.tree import Directories, Tree

_logger = logging.getLogger(__name__)
_FOLDER_BODY_BYTES_MAX = 1 << 16

# Is asked under the key's lock, with the object as it is (None: there is none), before it is changed.
Check = Callable[["ObjectInfo | None"], None]


@dataclass(frozen=True, slots=True)
class ObjectInfo:
    """An object as a HEAD shows it. `etag` comes without quotes."""

    key: str
    size_bytes: int
    modified_ns: int
    etag: str
    details: Details

    @property
    def modified(self) -> datetime:
        """When the object was written (UTC)."""
        return datetime.fromtimestamp(self.modified_ns / 1e9, UTC)


@dataclass(frozen=True, slots=True)
class ListedObjects:
    """A page of a listing, with what each key holds."""

    objects: list[ObjectInfo]
    page: Page


class ObjectStore:
    """The buckets and objects of the directory `root`.

    `read_only` are buckets that live elsewhere: listed like others, written to by nobody, hidden by a
    directory ROOT/<name>. With `fsync` each write reaches the disk before it is answered; without, it
    survives the death of any process but may be lost with the machine's power.
    """

    def __init__(
        self, root: Path, read_only: Mapping[str, Path] | None = None, *, fsync: bool = False
    ) -> None:
        self.root = root
        bookkeeping = root / BOOKKEEPING
        self.staging = Staging(bookkeeping / "staging", fsync)
        self.staging.remove_orphans()
        self.locks = Locks(bookkeeping / "locks")
        self.metadata = Metadata(bookkeeping / "metadata.sqlite")
        self.buckets = Buckets(root, read_only or {}, self.metadata, self.locks)
        self._folders = Folders(root, self.buckets, self.metadata)
        self._directories = Directories()

    def close(self) -> None:
        """Lets go of the metadata's file."""
        self.metadata.close()

    # Reading

    def open(self, bucket: str, key: str) -> tuple[BinaryIO, ObjectInfo]:
        """The object's bytes and what is known of them, both of one and the same version (S3Error)."""
        directory = self.buckets.path(bucket)
        # Of a file it is what has been opened that must not have left the root.
        path = object_path(directory, key, follows_links=key.endswith("/"))
        if key.endswith("/"):
            return self._open_folder(bucket, key, path)
        computed: dict[tuple[str, str], str] = {}
        file, info = self._open_file(bucket, directory, key, path, computed)
        if computed:
            self._remember(bucket, computed)
        return file, info

    def head(self, bucket: str, key: str) -> ObjectInfo:
        """What is known of the object (S3Error)."""
        file, info = self.open(bucket, key)
        file.close()
        return info

    def find(self, bucket: str, key: str) -> ObjectInfo | None:
        """Return what is known of the object, None if it does not exist. Raises S3Error for bad names."""
        try:
            return self.head(bucket, key)
        except errors.S3Error as error:
            if error.code == "NoSuchKey":
                return None
            raise

    def list_page(self, bucket: str, query: Query) -> ListedObjects:
        """A page of the bucket's keys (S3Error)."""
        directory = self.buckets.path(bucket)

        def is_marker(key: str, status: os.stat_result) -> bool:
            return self.metadata.find(bucket, key, folder_stamp(status)) is not None

        page = list_page(Tree(directory, self._directories, is_marker).keys_from, query)
        return ListedObjects(self._describe(bucket, directory, page.keys), page)

    # Writing

    def put(
        self,
        bucket: str,
        key: str,
        body: Iterable[bytes],
        details: Callable[[], Details] = Details,
        check: Check | None = None,
    ) -> ObjectInfo:
        """Stores the body as the object; `details` is asked when the body has been read.

        What the body's iterator or `check` raises leaves all as it was.
        """
        directory = self.buckets.writable_path(bucket)
        # The folder that it is put into, once that is open, is what must not have left the root.
        path = object_path(directory, key, follows_links=False)
        if key.endswith("/"):
            return self._put_folder(bucket, key, path, body, details, check)
        with self.staging.file(directory) as staged:
            staged.write(body)
            return self.commit(bucket, key, path, staged, staged.md5.hexdigest(), details(), check)

    def writable_path(self, bucket: str, key: str) -> Path:
        """The file that holds the key, or would; refuses what no PUT of the key could do (S3Error)."""
        return object_path(self.buckets.writable_path(bucket), key)

    def commit(
        self,
        bucket: str,
        key: str,
        path: Path,
        staged: StagedFile,
        etag: str,
        details: Details,
        check: Check | None = None,
    ) -> ObjectInfo:
        """Makes a written file the object of `key`, whose `writable_path` is `path`."""
        status = staged.status()
        with self.lock(bucket, key):
            if check:
                check(self.find(bucket, key))
            for _ in range(TRIES):
                with self._folders.opened(bucket, key, path.parent) as folder:
                    replaced = self._make_way(bucket, key, path, folder)
                    self.metadata.store(bucket, key, file_stamp(status), etag, details, keep=replaced)
                    if _move(key, staged, path, folder):
                        return ObjectInfo(key, status.st_size, status.st_mtime_ns, etag, details)
        raise RuntimeError(f"the folder of {path} vanished {TRIES} times while an object was put into it")

    def update(self, bucket: str, key: str, change: Callable[[Details], Details]) -> ObjectInfo:
        """Changes what is known of an object, not its bytes: tags, ACL."""
        self.buckets.writable_path(bucket)
        with self.lock(bucket, key):
            info = self.head(bucket, key)
            changed = replace(info, details=change(info.details))
            path = object_path(self.buckets.path(bucket), key)
            status = path.stat()
            stamp = folder_stamp(status) if key.endswith("/") else file_stamp(status)
            self.metadata.store(bucket, key, stamp, info.etag, changed.details)
        return changed

    def delete(self, bucket: str, key: str, check: Check | None = None) -> None:
        """Removes the object, if there is one, and the folders that it leaves empty."""
        directory = self.buckets.writable_path(bucket)
        path = object_path(directory, key)
        with self.lock(bucket, key):
            if check:
                check(self.find(bucket, key))
            if key.endswith("/"):
                self.metadata.forget(bucket, key)
                self._folders.prune(bucket, directory, path)
                return
            if not path.is_dir():
                with (
                    suppress(FileNotFoundError, NotADirectoryError),
                    opened_folder(path.parent, self.root) as folder,
                ):
                    os.unlink(path.name, dir_fd=folder)
            self.metadata.forget(bucket, key)
            self._folders.prune(bucket, directory, path.parent)

    def lock(self, bucket: str, key: str) -> AbstractContextManager[None]:
        """The lock under which a key changes."""
        return self.locks.held(f"{bucket}/{key}")

    # Folders that are keys

    def _put_folder(
        self,
        bucket: str,
        key: str,
        path: Path,
        body: Iterable[bytes],
        read_details: Callable[[], Details],
        check: Check | None,
    ) -> ObjectInfo:
        """A key `x/` is the folder x; its body, mostly empty, has no file to be in and goes into its row."""
        content = read_whole(body, _FOLDER_BODY_BYTES_MAX)
        etag = hashlib.md5(content, usedforsecurity=False).hexdigest()
        modified = time.time_ns()
        settings = {"modified": str(modified), "body": base64.b64encode(content).decode()}
        details = read_details()
        details = replace(details, settings={**details.settings, **settings})
        with self.lock(bucket, key):
            if check:
                check(self.find(bucket, key))
            with self._folders.opened(bucket, key, path) as folder:
                self.metadata.store(bucket, key, folder_stamp(os.fstat(folder)), etag, details)
        return ObjectInfo(key, len(content), modified, etag, details)

    def _open_folder(self, bucket: str, key: str, path: Path) -> tuple[BinaryIO, ObjectInfo]:
        try:
            status = path.stat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise errors.no_such_key(key) from error
        row = self.metadata.find(bucket, key, folder_stamp(status))
        if row is None:
            raise errors.no_such_key(key)
        content = base64.b64decode(row[1].settings["body"])
        info = ObjectInfo(key, len(content), int(row[1].settings["modified"]), *row)
        return io.BytesIO(content), info

    # Files and directories

    def _make_way(self, bucket: str, key: str, path: Path, folder: int) -> str | None:
        """The stamp of the file in `folder` that a new one will replace, None if there is none.

        A folder in its place gives way unless a key is in it: to S3 it is nothing
        (ExistingObjectIsDirectory).
        """
        try:
            status = os.stat(path.name, dir_fd=folder, follow_symlinks=False)
            if stat.S_ISLNK(status.st_mode):
                if not is_within(self.root, path):
                    raise leaves_root(key)
                status = os.stat(path.name, dir_fd=folder)
        except FileNotFoundError:
            return None
        if not stat.S_ISDIR(status.st_mode):
            return file_stamp(status)
        below = self.list_page(bucket, Query(prefix=f"{key}/", limit=1)).page.keys
        if below or not remove_empty_folders(path):
            raise errors.existing_is_folder(key)
        return None

    # Finding

    def _open_file(
        self,
        bucket: str,
        directory: Path,
        key: str,
        path: Path,
        computed: dict[tuple[str, str], str],
    ) -> tuple[BinaryIO, ObjectInfo]:
        """The file and its row; an ETag that had to be computed is added to `computed`, to be kept."""
        for _ in range(TRIES):
            file, status = _open_regular(key, path, directory.parent)
            try:
                row = self.metadata.find(bucket, key, file_stamp(status))
            except BaseException:
                file.close()
                raise
            # No row: a file that nobody uploaded, unless two writers have passed since it was opened.
            if row is not None or _is_still(path, status):
                break
            file.close()
        if row is None:
            row = compute_etag(file, status), Details()
            if may_keep(file, status):
                computed[key, file_stamp(status)] = row[0]
        return file, ObjectInfo(key, status.st_size, status.st_mtime_ns, *row)

    def _remember(self, bucket: str, computed: Mapping[tuple[str, str], str]) -> None:
        try:
            self.metadata.remember_etags(bucket, computed)
        except (sqlite3.OperationalError, MetadataLost) as error:
            # A disk that is full or read-only can still be read; the ETags are computed again the next time.
            _logger.warning("ETags of %s are not kept: %s", bucket, error)

    def _describe(self, bucket: str, directory: Path, keys: list[str]) -> list[ObjectInfo]:
        """What a listing shows of the keys, without details and without those that have gone meanwhile."""
        if not keys:
            return []
        etags = self.metadata.etags(bucket, keys[0], keys[-1])
        computed: dict[tuple[str, str], str] = {}
        found = [self._listed(bucket, directory, key, etags, computed) for key in keys]
        if computed:
            self._remember(bucket, computed)
        return [info for info in found if info is not None]

    def _listed(
        self,
        bucket: str,
        directory: Path,
        key: str,
        etags: Mapping[tuple[str, str], str],
        computed: dict[tuple[str, str], str],
    ) -> ObjectInfo | None:
        if key.endswith("/"):
            return self.find(bucket, key)
        path = f"{directory}/{key}"
        try:
            status = os.stat(path)
            etag = etags.get((key, file_stamp(status))) or etag_of_large(status)
            if etag is not None:
                return ObjectInfo(key, status.st_size, status.st_mtime_ns, etag, Details())
            file, info = self._open_file(bucket, directory, key, Path(path), computed)
        except (FileNotFoundError, NotADirectoryError, errors.S3Error):
            return None
        file.close()
        return info


def _move(key: str, staged: StagedFile, path: Path, folder: int) -> bool:
    """Move a staged file into its folder; return whether the folder still exists."""
    try:
        staged.move_to(path.name, folder)
    except FileNotFoundError:  # a delete has just pruned it
        return False
    except IsADirectoryError as error:
        raise errors.existing_is_folder(key) from error
    return True


def _open_regular(key: str, path: Path, root: Path) -> tuple[BinaryIO, os.stat_result]:
    try:
        # Without O_NONBLOCK a named pipe would hold the server until somebody writes to it.
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        if error.errno in {errno.ENOENT, errno.ENOTDIR, errno.ENXIO, errno.ELOOP}:
            raise (errors.no_such_key(key) if is_within(root, path) else leaves_root(key)) from error
        raise
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode) or not is_open_within(root, descriptor, path):
        os.close(descriptor)
        raise errors.no_such_key(key) if is_within(root, path) else leaves_root(key)
    return os.fdopen(descriptor, "rb"), status


def _is_still(path: Path, status: os.stat_result) -> bool:
    try:
        return os.path.samestat(path.stat(), status)
    except (FileNotFoundError, NotADirectoryError):
        return True  # gone: what we have open is the last there was
