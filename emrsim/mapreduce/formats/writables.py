"""Hadoop's Writable types: how they are serialised, and how Java prints them."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from typing import IO

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
    position = 0
    for _ in range(count):
        number, position = vint_at(data, position)
        yield number


def vint_at(data: bytes, position: int) -> tuple[int, int]:
    """A variable-length integer and the offset after it."""
    (first,) = struct.unpack_from("b", data, position)
    if first >= -112:
        return first, position + 1
    size = -112 - first if first >= -120 else -120 - first
    magnitude = int.from_bytes(data[position + 1 : position + 1 + size], "big")
    return (magnitude if first >= -120 else ~magnitude), position + 1 + size


def read_vint(source: IO[bytes]) -> int:
    first = source.read(1)
    (number,) = struct.unpack("b", first)
    size = 0 if number >= -112 else (-112 - number if number >= -120 else -120 - number)
    return vint_at(first + source.read(size), 0)[0]


def read_text(source: IO[bytes]) -> str:
    return source.read(read_vint(source)).decode()


def _shown_text(data: bytes) -> bytes:
    size, position = vint_at(data, 0)
    return data[position : position + size]


def _shown_double(form: str) -> Callable[[bytes], bytes]:
    return lambda data: java_double(struct.unpack(form, data)[0]).encode()


def _shown_number(data: bytes) -> bytes:
    return b"%d" % int.from_bytes(data, "big", signed=True)


_SHOWERS: dict[str, Callable[[bytes], bytes]] = {
    "Text": _shown_text,
    "IntWritable": _shown_number,
    "LongWritable": _shown_number,
    "ShortWritable": _shown_number,
    "ByteWritable": _shown_number,
    "VIntWritable": lambda data: b"%d" % vint_at(data, 0)[0],
    "VLongWritable": lambda data: b"%d" % vint_at(data, 0)[0],
    "FloatWritable": lambda data: java_float(struct.unpack(">f", data)[0]).encode(),
    "DoubleWritable": _shown_double(">d"),
    "BooleanWritable": lambda data: b"true" if data[0] else b"false",
    "BytesWritable": lambda data: data[4:].hex(" ").encode(),
    "NullWritable": lambda data: b"(null)",
}


def shower(class_name: str) -> Callable[[bytes], bytes]:
    """The toString of a Writable class of Hadoop's own."""
    package, _, name = class_name.rpartition(".")
    if package != "org.apache.hadoop.io" or name not in _SHOWERS:
        raise ValueError(f"WritableName can't load class: {class_name}")
    return _SHOWERS[name]
