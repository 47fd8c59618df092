"""Files in the making: written where no key can see them, then renamed into place in one step."""

from __future__ import annotations

import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from fake_s3.errors import entity_too_large
from fake_s3.keys import BOOKKEEPING

# Large enough that the calls cost nothing beside the hashing.
BLOCK_BYTES = 1 << 18


def blocks(file: BinaryIO, size_bytes: int | None = None) -> Iterator[bytes]:
    """The bytes of `file` from where it stands, at most `size_bytes`, a block at a time."""
    left = size_bytes
    while left is None or left > 0:
        block = file.read(BLOCK_BYTES if left is None else min(left, BLOCK_BYTES))
        if not block:
            return
        if left is not None:
            left -= len(block)
        yield block


def read_whole(chunks: Iterable[bytes], bytes_max: int) -> bytes:
    """Return all bytes, however small the chunks are that they come in (EntityTooLarge)."""
    content = bytearray()
    for chunk in chunks:
        content += chunk
        if len(content) > bytes_max:
            raise entity_too_large(len(content), bytes_max)
    return bytes(content)


class StagedFile:
    """A file on its way: `write` it, then `move_to` its place. The lock on it shows that its writer lives."""

    def __init__(self, directory: Path, sync: bool) -> None:
        self.md5 = hashlib.md5(usedforsecurity=False)
        self._sync = sync
        self._is_moved = False
        self.path, self._file = _create_locked(directory)

    def write(self, chunks: Iterable[bytes]) -> None:
        """Appends the chunks; whatever their iterator raises passes through."""
        for chunk in chunks:
            self.md5.update(chunk)
            self._append(chunk)

    def write_unhashed(self, chunks: Iterable[bytes]) -> None:
        """The same for bytes whose hash nobody will ask for."""
        for chunk in chunks:
            self._append(chunk)

    def _append(self, chunk: bytes) -> None:
        view = memoryview(chunk)
        while view:
            view = view[self._file.write(view) :]

    def status(self) -> os.stat_result:
        """The file's status, which the rename keeps: inode, size, modification time."""
        return os.fstat(self._file.fileno())

    def move_to(self, name: str, folder: int) -> None:
        """Put the file as `name` into an open folder: from one moment to the next readers see it whole."""
        if self._sync:
            os.fsync(self._file.fileno())
        os.replace(self.path, name, dst_dir_fd=folder)
        self._is_moved = True
        if self._sync:
            os.fsync(folder)

    def discard(self) -> None:
        """Closes the file and removes it, unless it was moved."""
        if not self._is_moved:
            self.path.unlink(missing_ok=True)
        self._file.close()


class Staging:
    """Makes staged files in `directory`, or beside their place where that is another file system."""

    def __init__(self, directory: Path, sync: bool) -> None:
        self._directory = directory
        self._sync = sync
        self._make()

    @contextmanager
    def file(self, near: Path) -> Iterator[StagedFile]:
        """A new file that can be renamed to a place in or below the existing directory `near`."""
        same = near.stat().st_dev == self._device
        try:
            staged = StagedFile(self._directory if same else near, self._sync)
        except FileNotFoundError:  # the root was made anew since
            self._make()
            staged = StagedFile(self._directory, self._sync)
        try:
            yield staged
        finally:
            staged.discard()

    def _make(self) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        self._device = self._directory.stat().st_dev

    def remove_orphans(self) -> None:
        """Removes what dead writers left: the files nobody holds locked."""
        for path in self._directory.iterdir():
            with suppress(FileNotFoundError, BlockingIOError), path.open("rb") as file:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                path.unlink()


def _create_locked(directory: Path) -> tuple[Path, FileIO]:
    while True:
        path = directory / f"{BOOKKEEPING}-{secrets.token_hex(8)}"
        file = path.open("xb", buffering=0)
        fcntl.flock(file, fcntl.LOCK_EX)
        # Between the two calls a server that starts may have taken the file for an orphan.
        if os.fstat(file.fileno()).st_nlink:
            return path, file
        file.close()
