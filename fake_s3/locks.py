"""Locks by name, held against other threads and other processes on the same root alike."""

from __future__ import annotations

import fcntl
import os
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

_STRIPES = 256
_FLAGS = os.O_RDWR | os.O_CREAT | os.O_CLOEXEC


class Locks:
    """Files in `directory` to lock; names share a fixed number of them, so a thread holds one at a time."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        directory.mkdir(parents=True, exist_ok=True)

    def _open(self, name: str) -> int:
        try:
            return os.open(self._directory / name, _FLAGS, 0o600)
        except FileNotFoundError:  # the root was removed, or made anew
            self._directory.mkdir(parents=True, exist_ok=True)
            return os.open(self._directory / name, _FLAGS, 0o600)

    @contextmanager
    def held(self, name: str) -> Iterator[None]:
        """Waits for the lock and holds it for the block. The system frees it if the process dies."""
        stripe = zlib.crc32(name.encode()) % _STRIPES
        descriptor = self._open(f"{stripe:02x}")
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)
