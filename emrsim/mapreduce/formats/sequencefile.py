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
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, NamedTuple

from emrsim.mapreduce.errors import JobRefused, TaskFailed
from emrsim.mapreduce.formats import bounds
from emrsim.mapreduce.formats.pairs import Pair
from emrsim.mapreduce.formats.writables import read_text, read_vint, shower, text, vints

_MAGIC = b"SEQ"
_VERSION = 6
_SYNC_BYTES = 16
_SYNC_ESCAPE = 0xFFFFFFFF
_SEARCHED_BYTES = 1 << 20
_SYNC_EVERY_BYTES = 2000  # SYNC_INTERVAL: 100 times the size of a mark
_TEXT = b"org.apache.hadoop.io.Text"


def _decompressor(make: Callable[[], Any]) -> Callable[[bytes], bytes]:
    """Return what decompresses the streams in some bytes; their text may be no larger than a record."""

    def decompress(data: bytes) -> bytes:
        pieces: list[bytes] = []
        size = 0
        while data or not pieces:
            decoder = make()
            piece = decoder.decompress(data, bounds.RECORD_BYTES_MAX + 1 - size)
            pieces.append(piece)
            size += len(piece)
            if size > bounds.RECORD_BYTES_MAX:
                raise bounds.too_large("a compressed record")
            if not decoder.eof:
                raise EOFError("Unexpected end of input stream")
            data = decoder.unused_data
        return b"".join(pieces)

    return decompress


_DECOMPRESSORS: dict[str, Callable[[bytes], bytes]] = {
    "DefaultCodec": _decompressor(zlib.decompressobj),
    "DeflateCodec": _decompressor(zlib.decompressobj),
    "GzipCodec": _decompressor(lambda: zlib.decompressobj(16 + zlib.MAX_WBITS)),
    "BZip2Codec": _decompressor(bz2.BZ2Decompressor),
}


class _Header(NamedTuple):
    key_class: str
    value_class: str
    block_compressed: bool
    decompress: Callable[[bytes], bytes] | None
    sync: bytes


class Batch(NamedTuple):
    """Some records of a file as they are serialised, and the names of the classes that did it."""

    key_class: str
    value_class: str
    pairs: list[Pair]


def read_pairs(
    path: Path, start: int = 0, end: int | None = None, name: str | None = None
) -> Iterator[list[Pair]]:
    """Yield the records of a file, or of its split from `start` to `end`, as Java prints them.

    Raises TaskFailed for a damaged file, which it calls `name`, by default its path.
    """
    return converted(path, start, end, name, shower)


def converted(
    path: Path,
    start: int,
    end: int | None,
    name: str | None,
    converter: Callable[[str], Callable[[bytes], bytes]],
) -> Iterator[list[Pair]]:
    """As `read_pairs`, with the keys and values as `converter` of their class's name makes them."""
    with _damage_named(name or str(path)):
        for key_class, value_class, pairs in _batches(path, start, end):
            key, value = converter(key_class), converter(value_class)
            yield [(key(pair[0]), value(pair[1])) for pair in pairs]


def read_serialised(
    path: Path, start: int = 0, end: int | None = None, name: str | None = None
) -> Iterator[Batch]:
    """As `read_pairs`, with the records as they are in the file, decompressed."""
    with _damage_named(name or str(path)):
        yield from _batches(path, start, end)


@contextmanager
def _damage_named(name: str) -> Iterator[None]:
    try:
        yield
    except (struct.error, IndexError, zlib.error, OSError, EOFError, ValueError) as error:
        raise TaskFailed(f"java.io.IOException: {name}: {error}") from error


def _batches(path: Path, start: int, end: int | None) -> Iterator[Batch]:
    """A record belongs to the split that holds the sync mark before it; the first ones to the first split."""
    with open(path, "rb") as source:
        header = _read_header(source)
        if start > 0 and not _seek_sync(source, start, header.sync):
            return
        for pairs in _raw_pairs(source, header, end):
            yield Batch(header.key_class, header.value_class, pairs)


def _read_header(source: IO[bytes]) -> _Header:
    magic = source.read(4)
    if magic[:3] != _MAGIC or magic[3] != _VERSION:
        raise ValueError("not a SequenceFile")
    key_class, value_class = read_text(source), read_text(source)
    compressed, block_compressed = source.read(2)
    codec = read_text(source).rpartition(".")[2] if compressed else ""
    if codec and codec not in _DECOMPRESSORS:
        raise ValueError(f"the codec {codec} is not supported in sequence files")
    (entries,) = struct.unpack(">I", source.read(4))
    for _ in range(entries * 2):
        read_text(source)
    return _Header(
        key_class,
        value_class,
        bool(block_compressed),
        _DECOMPRESSORS.get(codec),
        bounds.read_exactly(source, _SYNC_BYTES),
    )


def _seek_sync(source: IO[bytes], start: int, sync: bytes) -> bool:
    """Go to the escape before the first sync mark at or after `start`."""
    source.seek(start)
    mark = struct.pack(">I", _SYNC_ESCAPE) + sync
    begin, window = start, b""
    while chunk := source.read(_SEARCHED_BYTES):
        window += chunk
        position = window.find(mark)
        if position >= 0:
            source.seek(begin + position)
            return True
        kept = min(len(mark) - 1, len(window))
        begin += len(window) - kept
        window = window[len(window) - kept :]
    return False


def _raw_pairs(source: IO[bytes], header: _Header, end: int | None) -> Iterator[list[Pair]]:
    while head := source.read(4):
        (size,) = struct.unpack(">I", head)
        if size == _SYNC_ESCAPE:
            # A split ends at the first mark at or after its end.
            if end is not None and source.tell() - 4 >= end:
                return
            if source.read(_SYNC_BYTES) != header.sync:
                raise ValueError("File is corrupt!")
            if header.block_compressed:
                yield list(_read_block(source, header))
            continue
        yield [_read_record(source, header, size)]


def _read_record(source: IO[bytes], header: _Header, size: int) -> Pair:
    (key_size,) = struct.unpack(">i", source.read(4))
    if not 0 <= key_size <= size:
        raise ValueError(f"a key of {key_size} bytes in a record of {size}")
    body = bounds.read_exactly(source, size)
    value = body[key_size:]
    return body[:key_size], header.decompress(value) if header.decompress else value


def _read_block(source: IO[bytes], header: _Header) -> Iterator[Pair]:
    assert header.decompress is not None  # blocks are always compressed
    count = read_vint(source)
    buffers = [header.decompress(bounds.read_exactly(source, read_vint(source))) for _ in range(4)]
    keys = _cut(buffers[1], vints(buffers[0], count))
    values = _cut(buffers[3], vints(buffers[2], count))
    yield from zip(keys, values, strict=True)


def _cut(data: bytes, sizes: Iterable[int]) -> Iterator[bytes]:
    position = 0
    for size in sizes:
        if size < 0 or position + size > len(data):
            raise ValueError(f"a length of {size} bytes in a block where {len(data) - position} are left")
        yield data[position : position + size]
        position += size


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
        target.write(_MAGIC + bytes([_VERSION]) + text(key_class) + text(value_class))
        target.write(bytes([codec is not None, False]))
        if codec is not None:
            target.write(text(codec.encode()))
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

    def close(self) -> None:
        """Nothing is held back."""


class PairWriter(RecordWriter):
    """Writes text keys and values, uncompressed or each value compressed (RECORD)."""

    def __init__(self, target: IO[bytes], codec: str | None) -> None:
        super().__init__(target, _TEXT, _TEXT, codec)

    def write(self, pairs: Iterable[Pair]) -> None:
        """Add records."""
        self.write_serialised((text(key), text(value)) for key, value in pairs)


def _compressor(codec: str | None) -> Callable[[bytes], bytes]:
    if codec is None:
        return bytes
    compressors: dict[str, Callable[[bytes], bytes]] = {
        "DefaultCodec": zlib.compress,
        "DeflateCodec": zlib.compress,
        "GzipCodec": gzip.compress,
        "BZip2Codec": bz2.compress,
    }
    name = codec.rpartition(".")[2]
    if name not in compressors:
        raise JobRefused(f"java.lang.IllegalArgumentException: {codec} is not supported in sequence files")
    return compressors[name]
