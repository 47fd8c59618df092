"""Tar archives, read header by header (source: POSIX.1, pax; GNU tar manual, Basic Tar Format)."""

from __future__ import annotations

import gzip
import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO, Protocol

from emrsim.unpacking.folder import Folder
from emrsim.unpacking.limits import ArchiveError

_BLOCK = 512
_PIECE_BYTES = 1 << 18
_HEADER_BYTES_MAX = 1 << 20  # of a long name or of pax records
_SECONDS_MAX = 1 << 40

_FILES = frozenset("0\07")
_HARD, _SYMBOLIC, _FOLDER = "1", "2", "5"
_DEVICES = {"3": "a device", "4": "a device", "6": "a named pipe"}
_LONG_NAME, _LONG_TARGET, _PAX, _PAX_GLOBAL, _SPARSE = "L", "K", "x", "g", "S"


@dataclass(slots=True)
class _Member:
    kind: str
    name: str
    target: str
    size_bytes: int
    mode: int
    modified_ns: int


class Readable(Protocol):
    """A binary file."""

    def read(self, size: int, /) -> bytes: ...


def unpack_tar(archive: IO[bytes], folder: Folder, mode: Callable[[int], int], *, is_gzip: bool) -> None:
    """Unpack a tar, read from where it stands to its end; `mode` gives a file's mode from the archive's.

    Raise ArchiveError for one that is damaged or cut off, and for devices and pipes; OSError of the disk.
    """
    try:
        if not is_gzip:
            _unpack(archive, folder, mode)
            return
        with gzip.GzipFile(fileobj=archive) as stream:
            _unpack(stream, folder, mode)
            while rest := stream.read(_PIECE_BYTES):  # the checksum is behind what the tar ends with
                folder.count(len(rest))
    except (zlib.error, EOFError, gzip.BadGzipFile) as error:
        raise ArchiveError(f"damaged gzip: {error}") from error


def _unpack(stream: Readable, folder: Folder, mode: Callable[[int], int]) -> None:
    for member in _members(stream, folder):
        if member.kind == _FOLDER:
            folder.directory(member.name, member.modified_ns)
        elif member.kind == _SYMBOLIC:
            folder.symbolic_link(member.name, member.target)
        elif member.kind == _HARD:
            folder.hard_link(member.name, member.target)
        else:
            content = _content(stream, member.size_bytes)
            folder.file(member.name, content, mode(member.mode), member.modified_ns)
            _read(stream, -member.size_bytes % _BLOCK)
    folder.finish()


def _members(stream: Readable, folder: Folder) -> Iterator[_Member]:
    """Yield the members; the content of a file is read by the caller, before the next."""
    shared: dict[str, str] = {}
    own: dict[str, str] = {}
    while header := _header(stream):
        kind = chr(header[156])
        size = _number(header[124:136])
        if kind in {_LONG_NAME, _LONG_TARGET, _PAX, _PAX_GLOBAL}:
            text = _extension(stream, size)
            folder.count(_BLOCK)
            if kind == _PAX_GLOBAL:
                shared |= _pax(text)
            elif kind == _PAX:
                own |= _pax(text)
            else:
                own["path" if kind == _LONG_NAME else "linkpath"] = _text(text)
            continue
        yield _member(header, kind, size, {**shared, **own})
        own = {}


def _member(header: bytes, kind: str, size: int, records: dict[str, str]) -> _Member:
    name = records.get("path") or _name(header)
    if kind in _DEVICES:
        raise ArchiveError(f"the member {name[:200]} is {_DEVICES[kind]}")
    if kind == _SPARSE or any(record.startswith("GNU.sparse.") for record in records):
        raise ArchiveError(f"the member {name[:200]} is a sparse file, which is not supported")
    if kind not in {_HARD, _SYMBOLIC, _FOLDER}:
        kind = _FOLDER if kind in _FILES and name.endswith("/") else "0"  # unknown kinds are files to tar too
    if "size" in records:
        size = _decimal(records["size"])
    modified = _modified_ns(records.get("mtime"), header)
    target = records.get("linkpath") or _text(header[157:257])
    return _Member(kind, name, target, size, _number(header[100:108]) & 0o777, modified)


def _header(stream: Readable) -> bytes | None:
    """Return the next header, None at the end of the archive: a block of zeros, or no more blocks."""
    block = stream.read(_BLOCK)
    if not block or not any(block):
        return None
    if len(block) < _BLOCK:
        raise ArchiveError("it is cut off, or no tar archive")
    # The sum is of the header with blanks in the place of the sum itself; old tars added signed bytes.
    blanked = block[:148] + b" " * 8 + block[156:]
    if _number(block[148:156]) not in {sum(blanked), sum(memoryview(blanked).cast("b"))}:
        raise ArchiveError("it has a damaged header, or is no tar archive")
    return block


def _name(header: bytes) -> str:
    name = _text(header[:100])
    is_posix = header[257:263] == b"ustar\0"
    prefix = _text(header[345:500]) if is_posix else ""
    return f"{prefix}/{name}" if prefix else name


def _extension(stream: Readable, size: int) -> bytes:
    if size > _HEADER_BYTES_MAX:
        raise ArchiveError(f"it has a header of {size:,} bytes")
    text = _read(stream, size)
    _read(stream, -size % _BLOCK)
    return text


def _content(stream: Readable, size: int) -> Iterator[bytes]:
    while size:
        piece = _read(stream, min(size, _PIECE_BYTES))
        size -= len(piece)
        yield piece


def _read(stream: Readable, size: int) -> bytes:
    read = stream.read(size) if size else b""
    while len(read) < size:
        piece = stream.read(size - len(read))
        if not piece:
            raise ArchiveError("it is cut off")
        read += piece
    return read


def _pax(text: bytes) -> dict[str, str]:
    """Return pax records, each `LENGTH NAME=VALUE` and a newline, where LENGTH is of all of it."""
    records = {}
    position = 0
    while position < len(text) and text[position]:
        end_of_length = text.find(b" ", position, position + 20)
        digits = text[position:end_of_length] if end_of_length >= 0 else b""
        end = position + int(digits) if digits.isdigit() else 0
        record = text[end_of_length + 1 : end - 1]
        name, equals, value = record.partition(b"=")
        if not end_of_length < end <= len(text) or text[end - 1 : end] != b"\n" or not equals:
            raise ArchiveError("it has a damaged pax header")
        records[_text(name)] = os.fsdecode(value)
        position = end
    return records


def _number(field: bytes) -> int:
    """Return a number of a header: octal digits, or where the first bit is set the bytes themselves."""
    if field[0] & 0x80:
        value = int.from_bytes(bytes([field[0] & 0x7F]) + field[1:], "big")
        if field[0] & 0x40 or value > 1 << 62:
            raise ArchiveError("it has a negative or immense number in a header")
        return value
    digits = field.split(b"\0", 1)[0].strip()
    if not digits:
        return 0
    if not digits.isdigit() or b"8" in digits or b"9" in digits:
        raise ArchiveError("it has a damaged header, or is no tar archive")
    return int(digits, 8)


def _decimal(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or len(text) > 18:
        raise ArchiveError("it has a damaged pax header")
    return int(text)


def _modified_ns(record: str | None, header: bytes) -> int:
    if record is None:
        is_negative = header[136] & 0xC0 == 0xC0
        seconds, fraction = 0 if is_negative else min(_number(header[136:148]), _SECONDS_MAX), ""
    else:
        whole, _, fraction = record.partition(".")
        seconds = min(_decimal(whole.removeprefix("-")), _SECONDS_MAX)
        seconds = -seconds if whole.startswith("-") else seconds
    return seconds * 1_000_000_000 + (_decimal(fraction[:9].ljust(9, "0")) if fraction else 0)


def _text(raw: bytes) -> str:
    return os.fsdecode(raw.split(b"\0", 1)[0])
