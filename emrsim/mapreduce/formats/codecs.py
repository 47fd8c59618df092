"""Compressed input and output, chosen by file name ending or codec class."""

from __future__ import annotations

import os
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from emrsim.mapreduce.errors import JobRefused, TaskFailed
from emrsim.mapreduce.formats import bounds

_CHUNK = 1 << 20
_COMPRESSED_CHUNK = 256 << 10
# What fits into the buffer of 256 KiB that Hadoop's reader has by default, however badly it compresses
# (source: io.compression.codec.snappy.buffersize).
_SNAPPY_BLOCK = 192 << 10
_LZOP_MAGIC = b"\x89LZO\x00\r\n\x1a\n"
_LZ4_MATCH_MIN = 4
_EXPANSION_MAX = 256  # times that a piece of snappy or lz4 grows at most


def is_compressed(name: str) -> bool:
    """Whether Hadoop reads a file of this name through a codec."""
    return _ending(name) in _READERS


def is_splittable(name: str, generation: int) -> bool:
    """Whether a file of this name may be cut into several splits; Hadoop 2 also cuts .bz2 files."""
    return not is_compressed(name) or (generation > 1 and _ending(name) == ".bz2")


def read_chunks(
    path: Path, start: int = 0, end: int | None = None, ending: str | None = None
) -> Iterator[bytes]:
    """Yield the decompressed bytes of a file, in chunks. Raises TaskFailed for a damaged file, naming it.

    All of it, or the text of the split from `start` to `end`, which only .bz2 files have. The codec is that
    of the file's ending, or of `ending` (`.gz`).
    """
    import zlib

    codec = ending or _ending(path.name)
    try:
        with open(path, "rb") as source:
            if end is None or (start, end) == (0, os.fstat(source.fileno()).st_size):
                yield from _READERS[codec](source)
            elif codec == ".bz2":
                from emrsim.mapreduce.formats import bzip2

                yield from bzip2.split_chunks(source, start, end)
            else:
                raise ValueError(f"Cannot seek in {_CLASSES[codec]} compressed stream")
    except (OSError, EOFError, zlib.error, ValueError, struct.error) as error:
        raise TaskFailed(f"java.io.IOException: {_reason(error)}: {path}") from error


def output_ending(codec: str) -> str:
    """The file name ending that the codec class gives (`.gz`); refuses classes that are not known."""
    try:
        return _CODECS[codec.rpartition(".")[2]][0]
    except KeyError:
        if codec.startswith(("org.apache.hadoop.", "com.hadoop.compression.")):
            known = ", ".join(sorted(_CODECS))
            raise JobRefused(f"{codec} is not supported by emrsim: use one of {known}") from None
        raise JobRefused(
            f"java.lang.IllegalArgumentException: Compression codec {codec} not found."
        ) from None


def compressed_writer(codec: str, target: IO[bytes]) -> Writer:
    """A file-like thing that compresses what is written to it into `target`."""
    return _CODECS[codec.rpartition(".")[2]][1](target)


def _ending(name: str) -> str:
    return Path(name).suffix


def _reason(error: Exception) -> str:
    """Hadoop's words for what is wrong with a compressed file."""
    if isinstance(error, EOFError):
        return "Unexpected end of input stream"
    return str(error) or type(error).__name__


def _gzip_chunks(source: IO[bytes]) -> Iterator[bytes]:
    import zlib

    return _zlib_chunks(source, 16 + zlib.MAX_WBITS, "not a gzip file")


def _deflate_chunks(source: IO[bytes]) -> Iterator[bytes]:
    import zlib

    return _zlib_chunks(source, zlib.MAX_WBITS, "incorrect header check")


def _zlib_chunks(source: IO[bytes], window_bits: int, bad_header: str) -> Iterator[bytes]:
    """Decompress one stream after the other; as for Hadoop, an empty file is cut, and nothing may follow."""
    import zlib

    decoder = zlib.decompressobj(window_bits)
    data = source.read(_COMPRESSED_CHUNK)
    if not data:
        raise EOFError
    while data:
        try:
            plain = decoder.decompress(data, _CHUNK)
        except zlib.error as error:
            said = str(error).partition(": ")[2] or str(error)
            raise ValueError(bad_header if said == "incorrect header check" else said) from error
        if plain:
            yield plain
        if decoder.eof:
            data = decoder.unused_data or source.read(_COMPRESSED_CHUNK)
            decoder = zlib.decompressobj(window_bits)
        else:
            data = decoder.unconsumed_tail or source.read(_COMPRESSED_CHUNK)
            if not data:
                raise EOFError


def _bzip2_chunks(source: IO[bytes]) -> Iterator[bytes]:
    from emrsim.mapreduce.formats import bzip2

    return bzip2.chunks(source)


def _zstandard_chunks(source: IO[bytes]) -> Iterator[bytes]:
    if not source.read(1):
        raise EOFError
    source.seek(0)
    with _pyarrow("zst").CompressedInputStream(source, "zstd") as stream:
        yield from _chunks(stream)


def _lzo_chunks(source: IO[bytes]) -> Iterator[bytes]:
    """Raise: EMR's images have the codecs of LZO, which are not Hadoop's own; here there is none."""
    if source.name.endswith(".lzo") and not source.read(len(_LZOP_MAGIC)) == _LZOP_MAGIC:
        raise ValueError("Invalid LZO header")
    raise ValueError("LZO is not supported by emrsim: decompress the file, or use another codec")


def _framed_chunks(codec: str) -> Callable[[IO[bytes]], Iterator[bytes]]:
    """Return a reader of Hadoop's BlockCompressorStream: 4-byte lengths around raw compressed pieces."""

    def chunks(source: IO[bytes]) -> Iterator[bytes]:
        decoder = _pyarrow(codec).Codec(codec)
        while head := source.read(4):
            expected = _number(head)
            while expected > 0:
                piece = bounds.read_exactly(source, _number(source.read(4)))
                size = _plain_size(codec, piece, expected)
                plain = decoder.decompress(piece, size).to_pybytes()
                if not plain:
                    raise ValueError("an empty piece in a block")
                expected -= len(plain)
                yield plain

    return chunks


def _number(head: bytes) -> int:
    """Return a 4-byte big-endian number. Raises EOFError if there are fewer bytes, ValueError if negative."""
    if len(head) < 4:
        raise EOFError
    number = int.from_bytes(head, "big", signed=True)
    if number < 0:
        raise ValueError(f"negative length {number}")
    return number


def _plain_size(codec: str, piece: bytes, at_most: int) -> int:
    """Return the decompressed size of one piece: snappy writes it as a varint in front, lz4 nowhere.

    Raises ValueError for a size that no piece of this length can have.
    """
    size = _snappy_size(piece) if codec == "snappy" else _lz4_size(piece)
    if size > at_most or size > _EXPANSION_MAX * len(piece):
        raise ValueError(f"a piece of {len(piece)} bytes cannot hold {size}")
    return size


def _snappy_size(piece: bytes) -> int:
    size = shift = 0
    for byte in piece[:5]:
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return size


def _lz4_size(piece: bytes) -> int:
    """Add up what the sequences of a raw lz4 piece stand for: literal bytes, and bytes that are repeated.

    Arrow, which decompresses it, has to be told: what a piece does not fill, it leaves as zeros.
    """
    size = position = 0
    while position < len(piece):
        token = piece[position]
        literals, position = _lz4_length(piece, position + 1, token >> 4)
        size += literals
        position += literals
        if position < len(piece):  # the last sequence has literals only
            repeated, position = _lz4_length(piece, position + 2, token & 15)
            size += repeated + _LZ4_MATCH_MIN
    return size


def _lz4_length(piece: bytes, position: int, start: int) -> tuple[int, int]:
    """Return a length that begins in four bits, and goes on in bytes as long as these are full."""
    length = start
    while start == 15 and position < len(piece):
        length += piece[position]
        position += 1
        if piece[position - 1] != 255:
            break
    return length, position


def _pyarrow(what: str) -> Any:
    try:
        import pyarrow
    except ImportError as error:
        raise ValueError(f"{what} needs the package pyarrow") from error
    return pyarrow


def _chunks(stream: Any) -> Iterator[bytes]:
    while chunk := stream.read(_CHUNK):
        yield chunk


_READERS: dict[str, Callable[[IO[bytes]], Iterator[bytes]]] = {
    ".gz": _gzip_chunks,
    ".bz2": _bzip2_chunks,
    ".deflate": _deflate_chunks,
    ".zst": _zstandard_chunks,
    ".snappy": _framed_chunks("snappy"),
    ".lz4": _framed_chunks("lz4_raw"),
    ".lzo": _lzo_chunks,
    ".lzo_deflate": _lzo_chunks,
}


# Hadoop's names, for its messages.
_CLASSES = {
    ".gz": "GzipCodec",
    ".bz2": "BZip2Codec",
    ".deflate": "DefaultCodec",
    ".zst": "ZStandardCodec",
    ".snappy": "SnappyCodec",
    ".lz4": "Lz4Codec",
    ".lzo": "LzopCodec",
    ".lzo_deflate": "LzoCodec",
}


class Writer(Protocol):
    """What output needs of a compressing stream."""

    def write(self, data: bytes, /) -> Any: ...

    def close(self) -> None: ...


class _DeflateWriter:
    """A zlib stream: the form of Hadoop's DefaultCodec."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        import zlib

        self._encoder = zlib.compressobj()

    def write(self, data: bytes) -> None:
        self._target.write(self._encoder.compress(data))

    def close(self) -> None:
        self._target.write(self._encoder.flush())


def _gzip_writer(target: IO[bytes]) -> Writer:
    import gzip

    return gzip.GzipFile(filename="", mode="wb", compresslevel=6, fileobj=target, mtime=0)


def _bzip2_writer(target: IO[bytes]) -> Writer:
    import bz2

    return bz2.BZ2File(target, "wb")


def _zstandard_writer(target: IO[bytes]) -> Writer:
    writer: Writer = _pyarrow("ZStandardCodec").CompressedOutputStream(target, "zstd")
    return writer


class _SnappyWriter:
    """Hadoop's BlockCompressorStream: what `_framed_chunks` reads."""

    def __init__(self, target: IO[bytes]) -> None:
        self._target = target
        self._encoder = _pyarrow("SnappyCodec").Codec("snappy")
        self._waiting = bytearray()

    def write(self, data: bytes) -> None:
        self._waiting += data
        while len(self._waiting) >= _SNAPPY_BLOCK:
            self._block(bytes(self._waiting[:_SNAPPY_BLOCK]))
            del self._waiting[:_SNAPPY_BLOCK]

    def close(self) -> None:
        if self._waiting:
            self._block(bytes(self._waiting))
            self._waiting.clear()

    def _block(self, plain: bytes) -> None:
        piece = self._encoder.compress(plain, asbytes=True)
        self._target.write(struct.pack(">II", len(plain), len(piece)) + piece)


_CODECS: dict[str, tuple[str, Callable[[IO[bytes]], Writer]]] = {
    "DefaultCodec": (".deflate", _DeflateWriter),
    "DeflateCodec": (".deflate", _DeflateWriter),
    "GzipCodec": (".gz", _gzip_writer),
    "BZip2Codec": (".bz2", _bzip2_writer),
    "ZStandardCodec": (".zst", _zstandard_writer),
    "SnappyCodec": (".snappy", _SnappyWriter),
}
