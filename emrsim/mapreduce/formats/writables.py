"""Hadoop's Writable types: how they are serialised, and how Java prints them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import IO

from emrsim.mapreduce.formats.bounds import read_exactly
from emrsim.mapreduce.formats.javanumbers import java_double, java_float


def vint(number: int) -> bytes:
    """An integer as WritableUtils.writeVLong writes it."""
    if -112 <= number <= 127:
        return struct.pack("b", number)
    base, magnitude = (-112, number) if number >= 0 else (-120, ~number)
    size = (magnitude.bit_length() + 7) // 8
    return struct.pack("b", base - size) + magnitude.to_bytes(size, "big")


def text(data: bytes) -> bytes:
    """Return a serialised Text: a variable-length size, then the bytes."""
    return vint(len(data)) + data


def vints(data: bytes, count: int) -> Iterator[int]:
    """Yield `count` variable-length integers."""
    position = 0
    for _ in range(count):
        number, position = vint_at(data, position)
        yield number


def vint_at(data: bytes, position: int) -> tuple[int, int]:
    """Return a variable-length integer and the offset after it. Raises EOFError, struct.error."""
    (first,) = struct.unpack_from("b", data, position)
    end = position + 1 + _more_bytes(first)
    if first >= -112:
        return first, end
    if end > len(data):
        raise EOFError("Unexpected end of a number")
    magnitude = int.from_bytes(data[position + 1 : end], "big")
    return (magnitude if first >= -120 else ~magnitude), end


def read_vint(source: IO[bytes]) -> int:
    """Read a variable-length integer. Raises EOFError."""
    first = read_exactly(source, 1)
    (number,) = struct.unpack("b", first)
    return vint_at(first + read_exactly(source, _more_bytes(number)), 0)[0]


def _more_bytes(first: int) -> int:
    """Return how many bytes of a variable-length integer follow its first."""
    return 0 if first >= -112 else (-112 - first if first >= -120 else -120 - first)


def read_text(source: IO[bytes]) -> str:
    """Read a Text, or a string as Hadoop writes it. Raises EOFError, ValueError."""
    return read_exactly(source, read_vint(source)).decode()


def text_at(data: bytes) -> bytes:
    """Return the bytes of a serialised Text. Raises EOFError, ValueError."""
    size, position = vint_at(data, 0)
    if size < 0:
        raise ValueError(f"negative length {size}")
    if position + size > len(data):
        raise EOFError("Unexpected end of a text")
    return data[position : position + size]


def bytes_at(data: bytes) -> bytes:
    """Return the bytes of a serialised BytesWritable. Raises EOFError, struct.error."""
    (size,) = struct.unpack_from(">i", data)
    if not 0 <= size <= len(data) - 4:
        raise EOFError(f"a length of {size} bytes where {len(data) - 4} are left")
    return data[4 : 4 + size]


def _shown_double(form: str) -> Callable[[bytes], bytes]:
    return lambda data: java_double(struct.unpack(form, data)[0]).encode()


def _shown_number(data: bytes) -> bytes:
    return b"%d" % int.from_bytes(data, "big", signed=True)


_SHOWERS: dict[str, Callable[[bytes], bytes]] = {
    "Text": text_at,
    "IntWritable": _shown_number,
    "LongWritable": _shown_number,
    "ShortWritable": _shown_number,
    "ByteWritable": _shown_number,
    "VIntWritable": lambda data: b"%d" % vint_at(data, 0)[0],
    "VLongWritable": lambda data: b"%d" % vint_at(data, 0)[0],
    "FloatWritable": lambda data: java_float(struct.unpack(">f", data)[0]).encode(),
    "DoubleWritable": _shown_double(">d"),
    "BooleanWritable": lambda data: b"true" if data[0] else b"false",
    "BytesWritable": lambda data: bytes_at(data).hex(" ").encode(),
    "NullWritable": lambda data: b"(null)",
}


def shower(class_name: str) -> Callable[[bytes], bytes]:
    """The toString of a Writable class of Hadoop's own."""
    package, _, name = class_name.rpartition(".")
    if package != "org.apache.hadoop.io" or name not in _SHOWERS:
        raise ValueError(f"WritableName can't load class: {class_name}")
    return _SHOWERS[name]
