"""Moving bytes through pipes: from files without a copy, and how often to look at pipes that carry much.

A Python command flushes 8 KB at a time, and a reader that blocks is woken for each: measured, nearly
twice the CPU. Once a process has moved a fair amount, its pipes are made large and looked at only every few
milliseconds, as often as their flow asks for.
"""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import time
from collections.abc import Sequence

_LARGE_PIPE_BYTES = 1 << 20
_AWAKE_BYTES = 256 << 10  # until then, every byte is moved as soon as it is there
_WANTED_BYTES = 384 << 10  # per look
_NAP_SECONDS_MAX = 0.01


class FileRange:
    """`size` bytes of an open file from `start`, which can go into a pipe without being read."""

    def __init__(self, descriptor: int, start: int, size: int) -> None:
        self._descriptor = descriptor
        self._start = start
        self._size = size

    def __len__(self) -> int:
        return self._size

    def __bytes__(self) -> bytes:
        return os.pread(self._descriptor, self._size, self._start)

    def write_to(self, pipe: int) -> int:
        """Move some of the bytes into a pipe and forget them; BlockingIOError when it is full."""
        count = self._splice(pipe) if hasattr(os, "splice") else self._copy(pipe)
        self._start += count
        self._size -= count
        return count

    def _splice(self, pipe: int) -> int:
        try:
            return os.splice(self._descriptor, pipe, self._size, offset_src=self._start)
        except BlockingIOError:
            raise
        except OSError as error:
            if error.errno not in {errno.EINVAL, errno.ENOSYS, errno.EPERM}:
                raise
            return self._copy(pipe)  # a file system that cannot

    def _copy(self, pipe: int) -> int:
        return os.write(pipe, os.pread(self._descriptor, min(self._size, _LARGE_PIPE_BYTES), self._start))


class Bytes:
    """Bytes in memory that go into a pipe, like a FileRange."""

    def __init__(self, data: bytes | memoryview) -> None:
        self._rest = memoryview(data)

    def __len__(self) -> int:
        return len(self._rest)

    def write_to(self, pipe: int) -> int:
        """Write some of the bytes and forget them; BlockingIOError when the pipe is full."""
        count = os.write(pipe, self._rest)
        self._rest = self._rest[count:]
        return count


# What a command is fed with.
Chunk = bytes | memoryview | FileRange


class Pace:
    """The naps between two looks at the pipes of one process; 0 as long as it should be waited for."""

    def __init__(self, pipes: Sequence[int]) -> None:
        self.nap_seconds = 0.0
        self._pipes = pipes
        self._moved_bytes = 0
        self._looked_at = 0.0

    def moved(self, count: int) -> None:
        """Note that `count` bytes moved since the last look, and set the nap from the flow."""
        self._moved_bytes += count
        if self._moved_bytes < _AWAKE_BYTES:
            return
        now = time.monotonic()
        if not self._looked_at:
            self._enlarge()
        elif count == 0:
            # Nothing moves: wait for it rather than look in vain.
            self.nap_seconds = 0.0
        else:
            self.nap_seconds = min(_NAP_SECONDS_MAX, _WANTED_BYTES * (now - self._looked_at) / count)
        self._looked_at = now

    def _enlarge(self) -> None:
        set_size = getattr(fcntl, "F_SETPIPE_SZ", None)
        if set_size is None:
            return
        for pipe in self._pipes:
            # Refused when the user's pipes are at their limit already, or this one is closed by now.
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe, set_size, _LARGE_PIPE_BYTES)
