"""Files sent by the system itself: their bytes never come into this process (os.sendfile, under waitress)."""

from __future__ import annotations

import errno
import io
import os
from dataclasses import dataclass
from typing import Any, BinaryIO, cast

from waitress import wasyncore
from waitress.buffers import ReadOnlyFileBasedBuffer
from waitress.channel import HTTPChannel

_DISCONNECTED: frozenset[int] = wasyncore._DISCONNECTED  # type: ignore[attr-defined]
_BLOCK_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class FileSlice:
    """Bytes of a file that are to be sent."""

    file: BinaryIO
    start: int
    size_bytes: int


def file_wrapper(file: Any, block_size: int = 32768) -> ReadOnlyFileBasedBuffer:
    """The `wsgi.file_wrapper` of a server whose channels are `FileSendingChannel`s."""
    try:
        file.fileno()
    except (AttributeError, io.UnsupportedOperation):
        return ReadOnlyFileBasedBuffer(file, block_size)
    return FileBuffer(file, block_size)


class FileBuffer(ReadOnlyFileBasedBuffer):
    """Hands out slices of the file instead of bytes."""

    def get(self, numbytes: int = -1, skip: bool = False) -> Any:
        """The next slice, however many bytes are asked for; sending takes as many of it as fit."""
        size = min(self.remain, _BLOCK_BYTES)
        start = self.file.tell()
        if skip:
            self.skip(size)
        return FileSlice(self.file, start, size)

    def skip(self, numbytes: int, allow_prune: bool = False) -> None:  # type: ignore[override]
        """Goes on by so many bytes."""
        self.file.seek(numbytes, os.SEEK_CUR)
        self.remain -= numbytes


class FileSendingChannel(HTTPChannel):
    """A connection that sends such slices."""

    def send(self, data: Any, do_close: bool = True) -> int:
        """As waitress: how many bytes went; 0 if the connection takes none now, or is gone."""
        if not isinstance(data, FileSlice):
            sent: int = super().send(data, do_close=do_close)
            return sent
        connection = cast(Any, self.socket)
        try:
            count = os.sendfile(connection.fileno(), data.file.fileno(), data.start, data.size_bytes)
        except OSError as error:
            if error.errno == errno.EWOULDBLOCK:
                return 0
            if error.errno not in _DISCONNECTED:
                raise
            count = 0
        # Nothing went: the client has gone, or the file has become shorter than what was promised of it.
        if count == 0 and do_close:
            self.handle_close()
        return count
