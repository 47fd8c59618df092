"""Hadoop sequence files: read as text, written with text keys and values or those of other classes.

Layout (source: Hadoop's SequenceFile): header with class names, compression and a 16-byte sync mark, then
records (plain or each value compressed) or blocks (counts and four compressed buffers), the mark between.
"""

from __future__ import annotations

import bz2
import gzip
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator
from typing import IO, NamedTuple

from emrsim.mapreduce.errors import JobRefused, TaskFailed
from emrsim.mapreduce.formats.pairs import Pair
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.tasks.aggregate import java_double

_MAGIC = b"SEQ"
_VERSION = 6
_SYNC_BYTES = 16
_SYNC_ESCAPE = 0xFFFFFFFF
_SYNC_EVERY_BYTES = 2000  # SYNC_INTERVAL: 100 times the size of a mark
_TEXT = b"org.apache.hadoop.io.Text"

_DECOMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "DefaultCodec": zlib.decompress,
    "DeflateCodec": zlib.decompress,
    "GzipCodec": gzip.decompress,
    "BZip2Codec": bz2.decompress,
}


class _Header(NamedTuple):
    key_class: str
    value_class: str
    block_compressed: bool
    decompress: Callable[[bytes], bytes] | None
    sync: bytes


def vint(number: int) -> bytes:
    """An integer as WritableUtils.writeVLong writes it."""
    if -112 <= number <= 127:
        return struct.pack("b", number)
    base, magnitude = (-112, number) if number >= 0 else (-120, ~number)
    size = (magnitude.bit_length() + 7) // 8
    return struct.pack("b", base - size) + magnitude.to_bytes(size, "big")


def read_pairs(split: Split) -> Iterator[list[Pair]]:
    """The records of a split, keys and values as Java prints them; TaskFailed names a damaged file.

    A record belongs to the split that holds the sync mark before it; the first ones to the first split.
    """
    with open(split.path, "rb") as source:
        try:
            header = _read_header(source)
            if split.start > 0 and not _seek_sync(source, split.start, header.sync):
                return
            show_key = _shower(header.key_class)
            show_value = _shower(header.value_class)
            for pairs in _raw_pairs(source, header, split.end):
                yield [(show_key(key), show_value(value)) for key, value in pairs]
        except (struct.error, IndexError, zlib.error, OSError, EOFError, ValueError) as error:
            raise TaskFailed(f"java.io.IOException: {split.uri}: {error}") from error


def _read_header(source: IO[bytes]) -> _Header:
    magic = source.read(4)
    if magic[:3] != _MAGIC or magic[3] != _VERSION:
        raise ValueError("not a SequenceFile")
    key_class, value_class = _read_text(source), _read_text(source)
    compressed, block_compressed = source.read(2)
    codec = _read_text(source).rpartition(".")[2] if compressed else ""
    if codec and codec not in _DECOMPRESSORS:
        raise ValueError(f"the codec {codec} is not supported in sequence files")
    (entries,) = struct.unpack(">I", source.read(4))
    for _ in range(entries * 2):
        _read_text(source)
    return _Header(
        key_class, value_class, bool(block_compressed), _DECOMPRESSORS.get(codec), source.read(_SYNC_BYTES)
    )


def _seek_sync(source: IO[bytes], start: int, sync: bytes) -> bool:
    """Go to the escape before the first sync mark at or after `start`."""
    source.seek(start)
    position = source.read().find(struct.pack(">I", _SYNC_ESCAPE) + sync)
    if position < 0:
        return False
    source.seek(start + position)
    return True


def _raw_pairs(source: IO[bytes], header: _Header, end: int) -> Iterator[list[Pair]]:
    while head := source.read(4):
        (size,) = struct.unpack(">I", head)
        if size == _SYNC_ESCAPE:
            # A split ends at the first mark at or after its end.
            if source.tell() - 4 >= end:
                return
            if source.read(_SYNC_BYTES) != header.sync:
                raise ValueError("File is corrupt!")
            if header.block_compressed:
                yield list(_read_block(source, header))
            continue
        yield [_read_record(source, header, size)]


def _read_record(source: IO[bytes], header: _Header, size: int) -> Pair:
    (key_size,) = struct.unpack(">I", source.read(4))
    body = source.read(size)
    if len(body) < size:
        raise EOFError("Unexpected end of file")
    value = body[key_size:]
    return body[:key_size], header.decompress(value) if header.decompress else value


def _read_block(source: IO[bytes], header: _Header) -> Iterator[Pair]:
    assert header.decompress is not None  # blocks are always compressed
    count = _read_vint(source)
    buffers = [header.decompress(source.read(_read_vint(source))) for _ in range(4)]
    keys = _cut(buffers[1], _vints(buffers[0], count))
    values = _cut(buffers[3], _vints(buffers[2], count))
    yield from zip(keys, values, strict=True)


def _cut(data: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    position = 0
    for size in sizes:
        yield data[position : position + size]
        position += size


def _vints(data: bytes, count: int) -> Iterator[int]:
    position = 0
    for _ in range(count):
        number, position = _vint_at(data, position)
        yield number


def _vint_at(data: bytes, position: int) -> tuple[int, int]:
    """A variable-length integer and the offset after it."""
    (first,) = struct.unpack_from("b", data, position)
    if first >= -112:
        return first, position + 1
    size = -112 - first if first >= -120 else -120 - first
    magnitude = int.from_bytes(data[position + 1 : position + 1 + size], "big")
    return (magnitude if first >= -120 else ~magnitude), position + 1 + size


def _read_vint(source: IO[bytes]) -> int:
    first = source.read(1)
    (number,) = struct.unpack("b", first)
    size = 0 if number >= -112 else (-112 - number if number >= -120 else -120 - number)
    return _vint_at(first + source.read(size), 0)[0]


def _read_text(source: IO[bytes]) -> str:
    return source.read(_read_vint(source)).decode()


def _shown_text(data: bytes) -> bytes:
    size, position = _vint_at(data, 0)
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
    "VIntWritable": lambda data: b"%d" % _vint_at(data, 0)[0],
    "VLongWritable": lambda data: b"%d" % _vint_at(data, 0)[0],
    "FloatWritable": lambda data: _java_float(struct.unpack(">f", data)[0]),
    "DoubleWritable": _shown_double(">d"),
    "BooleanWritable": lambda data: b"true" if data[0] else b"false",
    "BytesWritable": lambda data: data[4:].hex(" ").encode(),
    "NullWritable": lambda data: b"(null)",
}


def _java_float(number: float) -> bytes:
    """A float as Java prints it: the shortest decimal that reads back as the same float."""
    for digits in range(1, 10):
        shorter = float(f"{number:.{digits}g}")
        if struct.pack(">f", shorter) == struct.pack(">f", number):
            return java_double(shorter).encode()
    return java_double(number).encode()


def _shower(class_name: str) -> Callable[[bytes], bytes]:
    """The toString of a Writable class of Hadoop's own."""
    package, _, name = class_name.rpartition(".")
    if package != "org.apache.hadoop.io" or name not in _SHOWERS:
        raise ValueError(f"WritableName can't load class: {class_name}")
    return _SHOWERS[name]


class RecordWriter:
    """Writes serialised keys and values of the classes named, uncompressed or each value compressed (RECORD).

    `sync` is the file's mark of 16 bytes, for files that are to be the same each time; else it is random.
    """

    def __init__(
        self,
        target: IO[bytes],
        key_class: bytes,
        value_class: bytes,
        codec: str | None = None,
        sync: bytes | None = None,
    ) -> None:
        self._target = target
        self._sync = sync or os.urandom(_SYNC_BYTES)
        self._since_sync = 0
        self._compress = _compressor(codec)
        target.write(_MAGIC + bytes([_VERSION]) + _text(key_class) + _text(value_class))
        target.write(bytes([codec is not None, False]))
        if codec is not None:
            target.write(_text(codec.encode()))
        target.write(struct.pack(">I", 0) + self._sync)

    def write_serialised(self, records: Iterable[Pair]) -> None:
        """Add records."""
        for key, value in records:
            if self._since_sync >= _SYNC_EVERY_BYTES:
                self._target.write(struct.pack(">I", _SYNC_ESCAPE) + self._sync)
                self._since_sync = 0
            compressed = self._compress(value)
            record = struct.pack(">II", len(key) + len(compressed), len(key)) + key + compressed
            self._target.write(record)
            self._since_sync += len(record)


class PairWriter(RecordWriter):
    """Writes text keys and values, uncompressed or each value compressed (RECORD)."""

    def __init__(self, target: IO[bytes], codec: str | None) -> None:
        super().__init__(target, _TEXT, _TEXT, codec)

    def write(self, pairs: Iterable[Pair]) -> None:
        """Add records."""
        self.write_serialised((_text(key), _text(value)) for key, value in pairs)

    def close(self) -> None:
        """Nothing is held back."""


def _compressor(codec: str | None) -> Callable[[bytes], bytes]:
    if codec is None:
        return bytes
    compressors: dict[str, Callable[[bytes], bytes]] = {
        "DefaultCodec": zlib.compress,
        "GzipCodec": gzip.compress,
        "BZip2Codec": bz2.compress,
    }
    name = codec.rpartition(".")[2]
    if name not in compressors:
        raise JobRefused(f"java.lang.IllegalArgumentException: {codec} is not supported in sequence files")
    return compressors[name]


def _text(data: bytes) -> bytes:
    return vint(len(data)) + data
