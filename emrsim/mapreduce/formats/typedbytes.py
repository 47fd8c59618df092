"""`-io typedbytes`: keys and values behind a code of their type.

Codes: 0 bytes, 1 byte, 2 boolean, 3 int, 4 long, 5 float, 6 double, 7 string, 8 vector, 9 list, 10 map;
50-200 are bytes of an application's own type; 255 ends a list (source: Hadoop's typedbytes package).
"""

from __future__ import annotations

import struct

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.javanumbers import java_double, java_float
from emrsim.mapreduce.formats.rawbytes import ItemDecoder, checked_length, raw_item

_FIXED_SIZES = {1: 2, 2: 2, 3: 5, 4: 9, 5: 5, 6: 9}  # with the code
_BYTES, _STRING, _VECTOR, _LIST, _MAP = 0, 7, 8, 9, 10
_LIST_END = 255
_LENGTH_FOLLOWS = {_BYTES, _STRING}
_DEPTH_MAX = 1000  # Java's stack ends somewhere there
_UNTIL_MARK = -1


class TypedBytesScanner:
    """Finds the end of an object, going on where it stopped when more bytes have come."""

    def __init__(self) -> None:
        self._begin = -1
        self._scanned = 0  # bytes from the begin of the object
        self._open: list[int] = []  # for each vector, list or map around: the objects that it still lacks

    def item_end(self, data: bytearray, position: int) -> int:
        """See rawbytes.Scanner."""
        if not self._open:
            self._scanned = 0
            if position + 5 <= len(data) and data[position] in _LENGTH_FOLLOWS:  # most are: no further ado
                end = position + 5 + checked_length(data, position + 1)
                return end if end <= len(data) else -1
        place = position + self._scanned
        while True:
            place = self._after_part(data, place)
            if place < 0:
                return -1
            self._scanned = place - position
            if not self._open:
                return place

    def _after_part(self, data: bytearray, place: int) -> int:
        """Return the offset after a simple object, or the head of a compound one; -1 if not complete."""
        if place >= len(data):
            return -1
        code = data[place]
        if code in _FIXED_SIZES:
            end = place + _FIXED_SIZES[code]
        elif code == _LIST:
            self._enter(_UNTIL_MARK)
            return place + 1
        elif code == _LIST_END and self._open and self._open[-1] == _UNTIL_MARK:
            self._open.pop()
            end = place + 1
        elif place + 5 > len(data):
            self._check_code(code)
            return -1
        elif code in {_VECTOR, _MAP}:
            count = int.from_bytes(data[place + 1 : place + 5], "big", signed=True)
            if count < 0:
                raise TaskFailed(f"java.lang.NegativeArraySizeException: {count}")
            if count:
                self._enter(2 * count if code == _MAP else count)
                return place + 5
            end = place + 5
        else:
            self._check_code(code)
            end = place + 5 + checked_length(data, place + 1)
        if end > len(data):
            return -1
        self._completed()
        return end

    def _check_code(self, code: int) -> None:
        if not (code in {_BYTES, _STRING, _VECTOR, _MAP} or 50 <= code <= 200):
            raise TaskFailed(f"java.lang.RuntimeException: unknown type code {code} in typed bytes")

    def _enter(self, count: int) -> None:
        self._open.append(count)
        if len(self._open) > _DEPTH_MAX:
            raise TaskFailed(
                f"java.lang.StackOverflowError: typed bytes nested more than {_DEPTH_MAX} levels deep"
            )

    def _completed(self) -> None:
        """Count one object as there, and those around it that it completes."""
        while self._open and self._open[-1] != _UNTIL_MARK:
            self._open[-1] -= 1
            if self._open[-1]:
                return
            self._open.pop()


def decoder() -> ItemDecoder:
    """Return a decoder of `-io typedbytes`: keys and values keep their code, and sort by it first."""
    return ItemDecoder(TypedBytesScanner(), head_bytes=0)


def typed_text(text: bytes) -> bytes:
    """Return a typed-bytes string."""
    return bytes([_STRING]) + raw_item(text)


def typed_long(number: int) -> bytes:
    """Return a typed-bytes long."""
    return b"\x04" + number.to_bytes(8, "big", signed=True)


def typed_bytes(data: bytes) -> bytes:
    """Return typed-bytes bytes."""
    return bytes([_BYTES]) + raw_item(data)


def shown_typed(data: bytes) -> bytes:
    """Return a typed-bytes object as TypedBytesWritable prints it: as Java prints the object in it."""
    return _Shown(data).next()


class _Shown:
    """Prints the objects in some typed bytes, one after the other."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0

    def next(self) -> bytes:
        code = self._data[self._place]
        self._place += 1
        if code in _FIXED_SIZES:
            return _shown_fixed(code, self._take(_FIXED_SIZES[code] - 1))
        if code == _LIST:
            return b"[%b]" % b", ".join(self._until_mark())
        count = int.from_bytes(self._take(4), "big", signed=True)
        if code == _STRING:
            return self._take(count)
        if code == _VECTOR:
            return b"[%b]" % b", ".join([self.next() for _ in range(count)])
        if code == _MAP:
            return self._map(count)
        return self._take(count).hex().encode()

    def _take(self, size: int) -> bytes:
        self._place += size
        return self._data[self._place - size : self._place]

    def _until_mark(self) -> list[bytes]:
        shown = []
        while self._data[self._place] != _LIST_END:
            shown.append(self.next())
        self._place += 1
        return shown

    def _map(self, count: int) -> bytes:
        """A TreeMap: sorted by key, of equal keys the last. Keys are strings or numbers of one type."""
        entries: dict[tuple[float, bytes], bytes] = {}
        for _ in range(count):
            begin = self._place
            shown = self.next()
            number = _number(self._data[begin : self._place])
            entries[number if number is not None else 0.0, shown] = self.next()
        return b"{%b}" % b", ".join([b"%b=%b" % (key, entries[_, key]) for _, key in sorted(entries)])


def _shown_fixed(code: int, data: bytes) -> bytes:
    if code == 2:
        return b"true" if data[0] else b"false"
    if code == 5:
        return java_float(struct.unpack(">f", data)[0]).encode()
    if code == 6:
        return java_double(struct.unpack(">d", data)[0]).encode()
    return b"%d" % int.from_bytes(data, "big", signed=True)


def _number(item: bytes) -> float | None:
    """Return the value of a number, to sort by."""
    if item[0] in {1, 3, 4}:
        return int.from_bytes(item[1:], "big", signed=True)
    if item[0] in {5, 6}:
        number: float = struct.unpack(">f" if item[0] == 5 else ">d", item[1:])[0]
        return number
    return None
