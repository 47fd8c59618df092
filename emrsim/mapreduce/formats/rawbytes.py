"""`-io rawbytes`: keys and values behind their length."""

from __future__ import annotations

import struct
from typing import Protocol

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats import bounds
from emrsim.mapreduce.formats.pairs import Batch, Pair, Pairs


class Scanner(Protocol):
    """Finds where items end in bytes that come bit by bit."""

    def item_end(self, data: bytearray, position: int) -> int:
        """Return the offset after the item at `position`, or -1 if it is not complete yet.

        Called for the same item again once more bytes are there. Raises TaskFailed for what is no item.
        """


_length_at = struct.Struct(">i").unpack_from


class ItemDecoder:
    """Reads keys and values whose ends a scanner finds; the first `head_bytes` of an item are left out."""

    def __init__(self, scanner: Scanner, head_bytes: int) -> None:
        self._scanner = scanner
        self._head_bytes = head_bytes
        self._data = bytearray()
        self._key_end = -1  # of the key at the beginning of the data, once it is known

    def feed(self, chunk: bytes) -> Batch:
        """See Decoder."""
        data = self._data
        data += chunk
        item_end, head = self._scanner.item_end, self._head_bytes
        pairs: list[Pair] = []
        start, key_end = 0, self._key_end
        while True:
            if key_end < 0:
                key_end = item_end(data, start)
                if key_end < 0:
                    break
            end = item_end(data, key_end)
            if end < 0:
                break
            pairs.append((bytes(data[start + head : key_end]), bytes(data[key_end + head : end])))
            start, key_end = end, -1
        del data[:start]
        self._key_end = key_end - start if key_end >= 0 else -1
        if len(data) > bounds.RECORD_BYTES_MAX:
            raise bounds.too_large("a record")
        return Pairs(pairs)

    def finish(self) -> Batch:
        """See Decoder."""
        if self._data:
            raise TaskFailed("java.io.EOFException")
        return Pairs([])


class _LengthScanner:
    """Items behind a length of four bytes."""

    def item_end(self, data: bytearray, position: int) -> int:
        """See Scanner."""
        if position + 4 > len(data):
            return -1
        end = position + 4 + checked_length(data, position)
        return end if end <= len(data) else -1


def decoder() -> ItemDecoder:
    """Return a decoder of `-io rawbytes`."""
    return ItemDecoder(_LengthScanner(), head_bytes=4)


def checked_length(data: bytearray, position: int) -> int:
    """Return the length at `position`. Raises TaskFailed if it is negative or more than a record may have."""
    (size,) = _length_at(data, position)
    if 0 <= size <= bounds.RECORD_BYTES_MAX:
        return int(size)
    if size < 0:
        raise TaskFailed(f"java.lang.NegativeArraySizeException: {size}")
    raise bounds.too_large("a record")


def raw_item(data: bytes) -> bytes:
    """Return an item as `-io rawbytes` writes it."""
    return len(data).to_bytes(4, "big") + data


def shown_raw(data: bytes) -> bytes:
    """Return bytes as BytesWritable prints them: hexadecimal, blanks between."""
    return data.hex(" ").encode()
