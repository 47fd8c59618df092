"""Splits of .bz2 files: Hadoop 2 cuts them between their blocks, which begin at any bit.

A block belongs to the split in which the marker before it ends. As in plain text, a split leaves out the line
that it begins in, unless it is the first of the file, and finishes its last line in the blocks that follow.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NamedTuple

_BLOCK = 0x314159265359
_END_OF_STREAM = 0x177245385090
_MARKER_BITS = 48
_MARKER_BYTES = 7  # that a marker may touch
_WINDOW_BYTES = 1 << 20
_HEADER = b"BZh9"
_LINE_END = re.compile(rb"\r\n|\r|\n")


class _Marker(NamedTuple):
    """Where, in bits, a block begins, or its stream ends."""

    bit: int
    is_block: bool

    @property
    def end_byte(self) -> int:
        """The offset after the last byte that the marker touches."""
        return (self.bit + _MARKER_BITS + 7) // 8


def split_chunks(path: Path, start: int, end: int) -> Iterator[bytes]:
    """The text of the lines that belong to a split, in chunks.

    Raises OSError, EOFError or ValueError for a damaged file.
    """
    with open(path, "rb") as source:
        yield from _whole_lines(_blocks(source, start, end), drops_first=start > 0)


def _blocks(source: BinaryIO, start: int, end: int) -> Iterator[tuple[bytes, bool]]:
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
    rest, searched = b"", 0
    for block, is_own in blocks:
        if not is_own and drops_first:
            if not rest.endswith(b"\r") or block.startswith(b"\n"):
                return  # no line begins here
            # The first line ended with the last block, and the one that begins after it is the split's still.
            rest, searched, drops_first = b"", 0, False
        text = rest + block
        if drops_first or not is_own:
            found = _LINE_END.search(text, searched, len(text) - text.endswith(b"\r"))
            if found is None:
                rest, searched = text, len(text) - text.endswith(b"\r")
                continue
            if not is_own:
                yield text[: found.end()]
                return
            text, drops_first = text[found.end() :], False
        rest = b"\r" if text.endswith(b"\r") else b""
        searched = len(rest)
        yield text[: len(text) - len(rest)]
    if not drops_first and rest:
        yield rest


def _markers(source: BinaryIO, start: int) -> Iterator[_Marker]:
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


def _decompressed(source: BinaryIO, begin: int, end: int) -> bytes:
    """The text of the block between two bit offsets, made a stream of its own that ends with its own sum."""
    import bz2

    place = source.tell()
    source.seek(begin // 8)
    data = source.read((end + 7) // 8 - begin // 8)
    source.seek(place)
    size = end - begin
    block = int.from_bytes(data, "big") >> (-end % 8) & (1 << size) - 1
    checksum = block >> size - _MARKER_BITS - 32 & (1 << 32) - 1
    bits = size + _MARKER_BITS + 32
    stream = ((block << _MARKER_BITS | _END_OF_STREAM) << 32 | checksum) << (-bits % 8)
    return bz2.decompress(_HEADER + stream.to_bytes((bits + 7) // 8, "big"))
