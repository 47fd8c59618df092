"""What a command is fed with: bytes, or ranges of files that go into a pipe without a copy."""

from __future__ import annotations

import errno
import os

from emrsim.mapreduce.errors import TaskFailed

_COPIED_BYTES = 1 << 20


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
        """Move some of the bytes into a pipe and forget them.

        Raises BlockingIOError when the pipe is full, TaskFailed when the file has become shorter.
        """
        count = self._splice(pipe) if hasattr(os, "splice") else self._copy(pipe)
        if count == 0:
            raise TaskFailed("java.io.EOFException: the input became shorter while the job read it")
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
        data = os.pread(self._descriptor, min(self._size, _COPIED_BYTES), self._start)
        return os.write(pipe, data) if data else 0


class Bytes:
    """Bytes in memory that go into a pipe, like a FileRange."""

    def __init__(self, data: bytes | memoryview) -> None:
        self._rest = memoryview(data)

    def __len__(self) -> int:
        return len(self._rest)

    def write_to(self, pipe: int) -> int:
        """Write some of the bytes and forget them. Raises BlockingIOError when the pipe is full."""
        count = os.write(pipe, self._rest)
        self._rest = self._rest[count:]
        return count


# What a command is fed with.
Chunk = bytes | memoryview | FileRange
