"""Serialised Writables, as sequence files hold them, and the bytes that stand for them elsewhere here.

Source: TextInputWriter, RawBytesInputWriter and TypedBytesWritableOutput of Hadoop streaming.
"""

from __future__ import annotations

from collections.abc import Callable

from emrsim.mapreduce.formats import rawbytes, typedbytes, writables

Convert = Callable[[bytes], bytes]

PACKAGE = "org.apache.hadoop.io."
TYPED_BYTES = "org.apache.hadoop.typedbytes.TypedBytesWritable"
_BYTES = {PACKAGE + "BytesWritable", TYPED_BYTES}
_WRITABLE = 50  # the code of a class that typed bytes know nothing of


def as_shown(class_name: str) -> Convert:
    """Return what prints a serialised `class_name` as Java does. Raises ValueError for an unknown class."""
    if class_name == TYPED_BYTES:
        return lambda data: typedbytes.shown_typed(writables.bytes_at(data))
    return writables.shower(class_name)


def as_line(class_name: str) -> Convert:
    """Return what makes of a serialised `class_name` the text of a line: bytes stay what they are."""
    return writables.bytes_at if class_name in _BYTES else writables.shower(class_name)


def as_raw_bytes(class_name: str) -> Convert:
    """Return what makes of a serialised `class_name` the bytes that rawbytes put behind a length."""
    return writables.bytes_at if class_name in _BYTES else bytes


def as_typed_bytes(class_name: str) -> Convert:
    """Return what makes typed bytes of a serialised `class_name`."""
    if class_name == TYPED_BYTES:
        return writables.bytes_at
    return _TYPED.get(class_name.removeprefix(PACKAGE)) or _typed_writable(class_name)


def _typed_writable(class_name: str) -> Convert:
    """Return the last resort: the name of the class, behind a length of four bytes, and what it wrote."""
    head = rawbytes.raw_item(class_name.encode())
    return lambda data: bytes([_WRITABLE]) + rawbytes.raw_item(head + data)


def _typed_fixed(code: int) -> Convert:
    return lambda data: bytes([code]) + data


def _typed_vint(data: bytes) -> bytes:
    return b"\x03" + writables.vint_at(data, 0)[0].to_bytes(4, "big", signed=True)


_TYPED: dict[str, Convert] = {
    "BytesWritable": lambda data: typedbytes.typed_bytes(writables.bytes_at(data)),
    "Text": lambda data: typedbytes.typed_text(writables.text_at(data)),
    "ByteWritable": _typed_fixed(1),
    "BooleanWritable": _typed_fixed(2),
    "IntWritable": _typed_fixed(3),
    "VIntWritable": _typed_vint,
    "LongWritable": _typed_fixed(4),
    "VLongWritable": lambda data: typedbytes.typed_long(writables.vint_at(data, 0)[0]),
    "FloatWritable": _typed_fixed(5),
    "DoubleWritable": _typed_fixed(6),
}


def serialiser(class_name: str) -> Convert:
    """Return what serialises `class_name`, given as text, as bytes, or as typed bytes with their code."""
    return _SERIALISERS[class_name]


def deserialiser(class_name: str) -> Convert:
    """Return the opposite of `serialiser`. Raises KeyError for a class that no map puts out."""
    return _DESERIALISERS[class_name]


_SERIALISERS: dict[str, Convert] = {
    PACKAGE + "IntWritable": lambda data: int(data).to_bytes(4, "big", signed=True),
    PACKAGE + "Text": writables.text,
    PACKAGE + "LongWritable": lambda data: int(data).to_bytes(8, "big", signed=True),
    PACKAGE + "NullWritable": lambda data: b"",
    PACKAGE + "BytesWritable": rawbytes.raw_item,
    TYPED_BYTES: rawbytes.raw_item,
}
_DESERIALISERS: dict[str, Convert] = {
    PACKAGE + "Text": writables.text_at,
    PACKAGE + "LongWritable": lambda data: b"%d" % int.from_bytes(data, "big", signed=True),
    PACKAGE + "BytesWritable": writables.bytes_at,
    TYPED_BYTES: writables.bytes_at,
}
