"""How commands and the framework exchange records: text lines, raw bytes, typed bytes.

A codec has two sides: `encode` writes pairs to a command, a decoder reads pairs from one.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Protocol

from emrsim.mapreduce.errors import JobRefused, TaskFailed
from emrsim.mapreduce.formats.lines import LineBlocks, count_lines

Pair = tuple[bytes, bytes]
CountedPair = tuple[bytes, bytes, int]


class LineFormat:
    """Lines of key, separator, value; the key reaches to the `fields`-th separator."""

    def __init__(self, separator: bytes = b"\t", fields: int = 1) -> None:
        self.separator = separator
        # Zero key fields act like one (facts: recorded).
        self.fields = max(fields, 1)

    def split(self, line: bytes) -> Pair:
        """Key and value of a line; a line with too few separators is all key."""
        if self.fields == 1:
            key, _, value = line.partition(self.separator)
            return key, value
        end = -len(self.separator)
        for _ in range(self.fields):
            end = line.find(self.separator, end + len(self.separator))
            if end < 0:
                return line, b""
        return line[:end], line[end + len(self.separator) :]

    def pairs(self, block: bytes | memoryview) -> list[Pair]:
        """The records of a block of whole lines."""
        lines = bytes(block).split(b"\n")
        lines.pop()
        if self.fields == 1:
            separator = self.separator
            return [(cut[0], cut[2]) for cut in [line.partition(separator) for line in lines]]
        return [self.split(line) for line in lines]

    def join(self, pairs: Iterable[Pair]) -> bytes:
        """The lines of `pairs`."""
        separator = self.separator
        return b"".join([b"%b%b%b\n" % (key, separator, value) for key, value in pairs])


class Lines:
    """Records as the lines that a command printed: whole lines, each ended by `\\n`."""

    def __init__(self, text: bytes | memoryview, form: LineFormat) -> None:
        self.text: bytes | memoryview = text
        self.form = form
        self.column: Any = None  # the lines as a column of text, where somebody made one
        self.size = len(text)

    @cached_property
    def count(self) -> int:
        """The number of records."""
        return count_lines(self.text) if self.column is None else len(self.column)

    def kept(self) -> Lines:
        """The same, able to outlive the buffer that it was read into."""
        return self if isinstance(self.text, bytes) else Lines(bytes(self.text), self.form)

    def pairs(self) -> list[Pair]:
        """The records one by one."""
        return self.form.pairs(self.text)

    def rewritten(self, form: LineFormat, *, in_arrays: bool) -> bytes | memoryview:
        """The lines of the same records in another form.

        `in_arrays` loads the array libraries: several times faster, and worth it from some megabytes on.
        """
        if self.form.fields > 1 or self.form.separator != form.separator or len(form.separator) > 1:
            return form.join(self.pairs())
        separator = form.separator
        if in_arrays:
            from emrsim.mapreduce.formats.columns import with_separators

            text, self.count = with_separators(self.text, separator[0])
            return text
        lines = bytes(self.text).split(b"\n")
        lines.pop()
        completed = [line if separator in line else line + separator for line in lines]
        return b"\n".join([*completed, b""])


class Pairs:
    """Records as keys and values."""

    def __init__(self, pairs: list[Pair]) -> None:
        self._pairs = pairs
        self.count = len(pairs)
        self.size = sum([len(key) + len(value) for key, value in pairs])

    def kept(self) -> Pairs:
        """See Lines.kept."""
        return self

    def pairs(self) -> list[Pair]:
        """The records one by one."""
        return self._pairs


Batch = Lines | Pairs


class Decoder(Protocol):
    """Reads what a command prints."""

    def feed(self, chunk: bytes) -> Batch:
        """The records that `chunk` completes."""

    def finish(self) -> Batch:
        """What is left at the end of the output; TaskFailed if it ends inside a record."""


class LineDecoder:
    """`-io text`: the usual."""

    def __init__(self, form: LineFormat) -> None:
        self.form = form
        self._blocks = LineBlocks()

    def feed(self, chunk: bytes) -> Batch:
        """See Decoder."""
        return Lines(self._blocks.feed(chunk), self.form)

    def finish(self) -> Batch:
        """See Decoder."""
        return Lines(self._blocks.finish(), self.form)


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


def raw_item(data: bytes) -> bytes:
    """An item as `-io rawbytes` writes it."""
    return len(data).to_bytes(4, "big") + data


def typed_text(text: bytes) -> bytes:
    """A typed-bytes string."""
    return bytes([_TYPED_STRING]) + raw_item(text)


def typed_long(number: int) -> bytes:
    """A typed-bytes long."""
    return b"\x04" + number.to_bytes(8, "big", signed=True)


def shown_raw(data: bytes) -> bytes:
    """Bytes as BytesWritable prints them: hexadecimal, blanks between."""
    return data.hex(" ").encode()


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

        from emrsim.mapreduce.tasks.aggregate import java_double

        return java_double(struct.unpack(">f" if code == 5 else ">d", data[1:])[0]).encode()
    return shown_raw(data[5:] if code == _TYPED_BYTES else data)


def check_io(name: str) -> str:
    """The data format of `-io`, or JobRefused."""
    if name not in {"text", "rawbytes", "typedbytes", "keyonlytext"}:
        raise JobRefused(f"java.lang.RuntimeException: unknown identifier for -io: {name}")
    return name
