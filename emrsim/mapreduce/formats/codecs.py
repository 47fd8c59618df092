"""Compressed input and output, chosen by file name ending or codec class."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, Protocol

from emrsim.mapreduce.errors import JobRefused, TaskFailed

_CHUNK = 1 << 20
# What fits into the buffer of 256 KiB that Hadoop's reader has by default, however badly it compresses
# (source: io.compression.codec.snappy.buffersize).
_SNAPPY_BLOCK = 192 << 10


def is_compressed(name: str) -> bool:
    """Whether Hadoop reads a file of this name through a codec."""
    return _ending(name) in _READERS


def is_splittable(name: str, generation: int) -> bool:
    """Whether a file of this name may be cut into several splits; Hadoop 2 also cuts .bz2 files."""
    return not is_compressed(name) or (generation > 1 and _ending(name) == ".bz2")


def read_chunks(
    path: Path, start: int = 0, end: int | None = None, ending: str | None = None
) -> Iterator[bytes]:
    """The decompressed bytes of a file, in chunks; TaskFailed names the file when it is damaged.

    All of it, or the text of the split from `start` to `end`. The codec is that of the file's ending, or
    of `ending` (`.gz`).
    """
    import zlib

    try:
        if end is not None and _ending(path.name) == ".bz2" and (start, end) != (0, path.stat().st_size):
            from emrsim.mapreduce.formats.bzip2 import split_chunks

            yield from split_chunks(path, start, end)
            return
        with open(path, "rb") as source:
            yield from _READERS[ending or _ending(path.name)](source)
    except (OSError, EOFError, zlib.error, ValueError, struct.error) as error:
        raise TaskFailed(f"java.io.IOException: {_reason(error)}: {path}") from error


def output_ending(codec: str) -> str:
    """The file name ending that the codec class gives (`.gz`); refuses classes that are not known."""
    try:
        return _CODECS[codec.rpartition(".")[2]][0]
    except KeyError:
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
    text = str(error)
    if "Not a gzipped file" in text:
        return "not a gzip file"
    if isinstance(error, EOFError):
        return "Unexpected end of input stream"
    return text


def _gzip_chunks(source: IO[bytes]) -> Iterator[bytes]:
    import gzip

    with gzip.GzipFile(fileobj=source) as stream:
        yield from _chunks(stream)


def _bzip2_chunks(source: IO[bytes]) -> Iterator[bytes]:
    import bz2

    with bz2.BZ2File(source) as stream:
        yield from _chunks(stream)


def _deflate_chunks(source: IO[bytes]) -> Iterator[bytes]:
    import zlib

    decoder = zlib.decompressobj()
    for chunk in _chunks(source):
        yield decoder.decompress(chunk)
    yield decoder.flush()
    if not decoder.eof:
        raise EOFError


def _zstandard_chunks(source: IO[bytes]) -> Iterator[bytes]:
    with _pyarrow("zst").CompressedInputStream(source, "zstd") as stream:
        yield from _chunks(stream)


def _framed_chunks(codec: str) -> Callable[[IO[bytes]], Iterator[bytes]]:
    """A reader of Hadoop's BlockCompressorStream: 4-byte lengths around raw compressed pieces."""

    def chunks(source: IO[bytes]) -> Iterator[bytes]:
        decoder = _pyarrow(codec).Codec(codec)
        while head := source.read(4):
            expected = _number(head)
            while expected > 0:
                size = _number(source.read(4))
                piece = source.read(size)
                if len(piece) < size:
                    raise EOFError
                plain = decoder.decompress(piece, _plain_size(codec, piece, expected)).to_pybytes()
                expected -= len(plain)
                yield plain

    return chunks


def _number(head: bytes) -> int:
    """A 4-byte big-endian number; EOFError if there are fewer bytes."""
    if len(head) < 4:
        raise EOFError
    return int.from_bytes(head, "big")


def _plain_size(codec: str, piece: bytes, at_most: int) -> int:
    """The decompressed size of one piece: snappy writes it as a varint in front, lz4 does not."""
    if codec != "snappy":
        return at_most
    size = shift = 0
    for byte in piece[:5]:
        size |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    return size


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
