"""`-io rawbytes`: keys and values behind their length."""

from __future__ import annotations

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.pairs import Batch, Pairs


class RawBytesDecoder:
    """`-io rawbytes`: 4-byte big-endian length and bytes, for the key and for the value."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> Batch:
        """See Decoder."""
        data = self._rest + chunk
        pairs = []
        position = 0
        while True:
            key_end = self._item_end(data, position)
            value_end = self._item_end(data, key_end) if key_end >= 0 else -1
            if value_end < 0:
                break
            pairs.append((self._item(data, position, key_end), self._item(data, key_end, value_end)))
            position = value_end
        self._rest = data[position:]
        return Pairs(pairs)

    def finish(self) -> Batch:
        """See Decoder."""
        if self._rest:
            raise TaskFailed("java.io.EOFException")
        return Pairs([])

    def _item_end(self, data: bytes, position: int) -> int:
        """The offset after the item at `position`, or -1 if it is not complete."""
        if position + 4 > len(data):
            return -1
        size = int.from_bytes(data[position : position + 4], "big", signed=True)
        end: int = position + 4 + size
        return end if size >= 0 and end <= len(data) else -1

    def _item(self, data: bytes, start: int, end: int) -> bytes:
        return data[start + 4 : end]


def raw_item(data: bytes) -> bytes:
    """An item as `-io rawbytes` writes it."""
    return len(data).to_bytes(4, "big") + data


def shown_raw(data: bytes) -> bytes:
    """Bytes as BytesWritable prints them: hexadecimal, blanks between."""
    return data.hex(" ").encode()
