"""`-io typedbytes`: keys and values behind a code of their type."""

from __future__ import annotations

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.rawbytes import RawBytesDecoder, raw_item, shown_raw


class TypedBytesDecoder(RawBytesDecoder):
    """`-io typedbytes`: a type code and data. Keys and values keep their code, and sort by it first."""

    def _item_end(self, data: bytes, position: int) -> int:
        return typed_end(data, position)

    def _item(self, data: bytes, start: int, end: int) -> bytes:
        return data[start:end]


_FIXED_SIZES = {1: 1, 2: 1, 3: 4, 4: 8, 5: 4, 6: 8}
_TYPED_BYTES, _TYPED_STRING, _TYPED_VECTOR, _TYPED_LIST, _TYPED_MAP = 0, 7, 8, 9, 10
_LIST_END = 255


def typed_end(data: bytes, position: int) -> int:
    """The offset after the typed-bytes object at `position`, or -1 if it is not complete.

    Codes: 0 bytes, 1 byte, 2 boolean, 3 int, 4 long, 5 float, 6 double, 7 string, 8 vector, 9 list,
    10 map; 50-200 are bytes of an application's own type (source: Hadoop's typedbytes package).
    """
    if position >= len(data):
        return -1
    code = data[position]
    if code in _FIXED_SIZES:
        end = position + 1 + _FIXED_SIZES[code]
        return end if end <= len(data) else -1
    if code == _TYPED_LIST:
        return _list_end(data, position + 1)
    if position + 5 > len(data):
        return -1
    count = int.from_bytes(data[position + 1 : position + 5], "big", signed=True)
    if code in {_TYPED_BYTES, _TYPED_STRING} or 50 <= code <= 200:
        end = position + 5 + count
        return end if end <= len(data) else -1
    if code in {_TYPED_VECTOR, _TYPED_MAP}:
        return _items_end(data, position + 5, count * (2 if code == _TYPED_MAP else 1))
    raise TaskFailed(f"java.lang.RuntimeException: unknown type code {code} in typed bytes")


def _items_end(data: bytes, position: int, count: int) -> int:
    for _ in range(count):
        position = typed_end(data, position)
        if position < 0:
            return -1
    return position


def _list_end(data: bytes, position: int) -> int:
    while 0 <= position < len(data):
        if data[position] == _LIST_END:
            return position + 1
        position = typed_end(data, position)
    return -1


def typed_text(text: bytes) -> bytes:
    """A typed-bytes string."""
    return bytes([_TYPED_STRING]) + raw_item(text)


def typed_long(number: int) -> bytes:
    """A typed-bytes long."""
    return b"\x04" + number.to_bytes(8, "big", signed=True)


def shown_typed(data: bytes) -> bytes:
    """A typed-bytes object as TypedBytesWritable prints it.

    Strings, numbers, booleans and bytes only; what is inside vectors, lists and maps is shown as hexadecimal,
    which Hadoop does not do.
    """
    code = data[0]
    if code == _TYPED_STRING:
        return data[5:]
    if code == 2:
        return b"true" if data[1] else b"false"
    if code in {1, 3, 4}:
        return b"%d" % int.from_bytes(data[1:], "big", signed=True)
    if code in {5, 6}:
        import struct

        from emrsim.mapreduce.formats.javanumbers import java_double, java_float

        if code == 5:
            return java_float(struct.unpack(">f", data[1:])[0]).encode()
        return java_double(struct.unpack(">d", data[1:])[0]).encode()
    return shown_raw(data[5:] if code == _TYPED_BYTES else data)
