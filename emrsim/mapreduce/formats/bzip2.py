"""Splits of .bz2 files: Hadoop 2 cuts them between their blocks, which begin at any bit.

A block belongs to the split in which the marker before it ends. As in plain text, a split leaves out the line
that it begins in, unless it is the first of the file, and finishes its last line in the blocks that follow.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import IO, NamedTuple

_BLOCK = 0x314159265359
_END_OF_STREAM = 0x177245385090
_MARKER_BITS = 48
_MARKER_BYTES = 7  # that a marker may touch
_WINDOW_BYTES = 1 << 20
_HEADER = b"BZh9"
_HEAD = re.compile(rb"BZh[1-9]")
_CHUNK_BYTES = 256 << 10
_BLOCK_BYTES_MAX = 2 << 20  # of 900,000 bytes, badly compressed
_LINE_END = re.compile(rb"\r\n|\r|\n")


class _Marker(NamedTuple):
    """Where, in bits, a block begins, or its stream ends."""

    bit: int
    is_block: bool

    @property
    def end_byte(self) -> int:
        """The offset after the last byte that the marker touches."""
        return (self.bit + _MARKER_BITS + 7) // 8


def chunks(source: IO[bytes]) -> Iterator[bytes]:
    """Yield the text of a file. Raises EOFError, OSError or ValueError for a damaged one.

    As for Hadoop, an empty file has no lines, and what is lost or added after the last block does not matter.
    """
    import bz2

    _check_head(source)
    decoder = bz2.BZ2Decompressor()
    size, is_first, data = 0, True, source.read(_CHUNK_BYTES)
    if not data:
        return
    while data or not decoder.needs_input:
        try:
            plain = decoder.decompress(data, _WINDOW_BYTES)
        except OSError:
            if is_first:
                raise
            return  # bytes after the last stream that are no stream
        size += len(plain)
        yield plain
        data = b""
        if decoder.eof:
            data = decoder.unused_data
            decoder, is_first = bz2.BZ2Decompressor(), False
        if not data and decoder.needs_input:
            data = source.read(_CHUNK_BYTES)
    if is_first and (not size or size != _size_of_blocks(source)):
        raise EOFError


def _size_of_blocks(source: IO[bytes]) -> int:
    """Return the size of the text in the blocks of a file whose end is missing. Raises as `chunks`."""
    end = source.seek(0, os.SEEK_END)
    return sum(len(block) for block, _ in _blocks(source, 0, end))


def split_chunks(source: IO[bytes], start: int, end: int) -> Iterator[bytes]:
    """Yield the text of the lines that belong to a split, in chunks.

    Raises OSError, EOFError or ValueError for a damaged file.
    """
    _check_head(source)
    yield from _whole_lines(_blocks(source, start, end), drops_first=start > 0)


def _check_head(source: IO[bytes]) -> None:
    """Raise ValueError for a file that is not of this format, EOFError for one that ends in its first bytes.

    Hadoop 2 reads no lines of such files, and says nothing.
    """
    head = source.read(len(_HEADER))
    source.seek(0)
    if head and not _HEAD.fullmatch(head):
        if len(head) < len(_HEADER) and _HEADER.startswith(head):
            raise EOFError
        raise ValueError("Stream is not BZip2 formatted: it does not begin with 'BZh'")


def _blocks(source: IO[bytes], start: int, end: int) -> Iterator[tuple[bytes, bool]]:
    """The text of each block from the first of the split on; and whether it belongs to the split."""
    markers = _markers(source, max(start - _MARKER_BYTES, 0))
    marker = next(markers, None)
    while marker is not None:
        following = next(markers, None)
        if marker.is_block and marker.end_byte > start:
            if following is None:
                raise EOFError
            yield _decompressed(source, marker.bit, following.bit), marker.end_byte <= end
        marker = following


def _whole_lines(blocks: Iterator[tuple[bytes, bool]], *, drops_first: bool) -> Iterator[bytes]:
    """The text of the split's own blocks and the end of their last line, without its first line.

    A `\\r` at the end of a text is held back: it may be half of a `\\r\\n`.
    """
    held_back, finished = b"", 0  # of what is held back, how much belongs to a line that is finished
    for block, is_own in blocks:
        if not is_own and drops_first:
            if not held_back or block.startswith(b"\n"):
                return  # no line begins here
            # The first line ended with the last block, and the one that begins after it is the split's still.
            held_back, drops_first, finished = b"", False, 0
        text = held_back + block
        held_back = b"\r" if text.endswith(b"\r") else b""
        usable = len(text) - len(held_back)
        if not is_own:
            found = _LINE_END.search(text, finished, usable)
            if found is not None:
                yield text[: found.end()]
                return
            finished = 0
        elif drops_first:
            found = _LINE_END.search(text, 0, usable)
            if found is None:
                continue
            text, drops_first = text[found.end() :], False
            usable = len(text) - len(held_back)
        if is_own:
            finished = len(held_back)
        yield text[:usable]
    if not drops_first and held_back:
        yield held_back


def _markers(source: IO[bytes], start: int) -> Iterator[_Marker]:
    """All markers that begin at byte `start` or later, in their order."""
    source.seek(start)
    window, base = b"", start
    while chunk := source.read(_WINDOW_BYTES):
        window += chunk
        found = [*_found(window, _BLOCK), *_found(window, _END_OF_STREAM)]
        for bit in sorted(found):
            yield _Marker(base * 8 + bit, _bits(window, bit) == _BLOCK)
        # Markers that the window cuts are found in the next one, and only there.
        kept = min(_MARKER_BYTES - 1, len(window))
        base += len(window) - kept
        window = window[len(window) - kept :]


def _found(window: bytes, marker: int) -> Iterator[int]:
    """The bit offsets of a marker, looked for by the five bytes in it that are whole for a given shift."""
    for shift in range(8):
        inner = (marker >> shift & (1 << 40) - 1).to_bytes(5, "big")
        position = window.find(inner, 1)
        while position >= 0:
            bit = (position - 1) * 8 + shift
            if position + 6 <= len(window) and _bits(window, bit) == marker:
                yield bit
            position = window.find(inner, position + 1)


def _bits(window: bytes, bit: int) -> int:
    """The 48 bits from a bit offset on."""
    place, shift = divmod(bit, 8)
    number = int.from_bytes(window[place : place + _MARKER_BYTES], "big")
    return number >> 8 - shift & (1 << _MARKER_BITS) - 1


def _decompressed(source: IO[bytes], begin: int, end: int) -> bytes:
    """The text of the block between two bit offsets, made a stream of its own that ends with its own sum."""
    import bz2

    size = end - begin
    if size > 8 * _BLOCK_BYTES_MAX:
        raise ValueError("a block is too large: the file is damaged")
    place = source.tell()
    source.seek(begin // 8)
    data = source.read((end + 7) // 8 - begin // 8)
    source.seek(place)
    block = int.from_bytes(data, "big") >> (-end % 8) & (1 << size) - 1
    checksum = block >> size - _MARKER_BITS - 32 & (1 << 32) - 1
    bits = size + _MARKER_BITS + 32
    stream = ((block << _MARKER_BITS | _END_OF_STREAM) << 32 | checksum) << (-bits % 8)
    return bz2.decompress(_HEADER + stream.to_bytes((bits + 7) // 8, "big"))
