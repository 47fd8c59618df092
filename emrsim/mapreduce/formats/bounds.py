"""How large a single record may be, and reading no more than that at once.

Hadoop holds a record in memory too, and fails with "Java heap space" at some hundred megabytes. What a file
or a command *announces* is never allocated: memory grows with the bytes that really come.
"""

from __future__ import annotations

import os
from typing import IO

from emrsim.mapreduce.errors import TaskFailed

RECORD_BYTES_MAX = 128 << 20
_CHUNK_BYTES = 1 << 20


def too_large(what: str) -> TaskFailed:
    """Return the error for `what` (`a line`) that is larger than a record may be."""
    return TaskFailed(
        f"java.lang.OutOfMemoryError: Java heap space: {what} of more than {RECORD_BYTES_MAX >> 20} MB"
    )


def read_exactly(source: IO[bytes], size: int) -> bytes:
    """Return `size` bytes. Raises EOFError if there are fewer, ValueError for an impossible size."""
    if size < 0:
        raise ValueError(f"negative length {size}")
    if size <= _CHUNK_BYTES:
        data = source.read(size)
        if len(data) < size:
            raise EOFError("Unexpected end of file")
        return data
    if size > RECORD_BYTES_MAX or size > _remaining(source):
        raise EOFError(f"Unexpected end of file: a length of {size} bytes is announced")
    pieces = []
    while size:
        piece = source.read(min(size, _CHUNK_BYTES))
        if not piece:
            raise EOFError("Unexpected end of file")
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _remaining(source: IO[bytes]) -> int:
    """Return how many bytes follow in a file."""
    return os.fstat(source.fileno()).st_size - source.tell()
