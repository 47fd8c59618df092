"""Zip archives and jars, as Hadoop unpacks them: a link is a file with its target in it."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path

from emrsim.unpacking.folder import Folder
from emrsim.unpacking.limits import ArchiveError

_PIECE_BYTES = 1 << 18
# Java's own; others, such as LZMA, could ask for gigabytes of memory.
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}


def unpack_zip(archive: Path, folder: Folder, mode: Callable[[int], int]) -> None:
    """Unpack a zip; `mode` gives a file's mode from the archive's.

    Raise ArchiveError for one that is damaged or would write outside, and OSError of the disk.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            for member in opened.infolist():
                if member.is_dir():
                    folder.directory(member.filename)
                elif member.compress_type not in _METHODS:
                    raise ArchiveError(f"{member.filename[:200]}: unsupported compression method")
                else:
                    folder.file(member.filename, _content(opened, member), mode(member.external_attr >> 16))
            folder.finish()
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise ArchiveError(str(error)) from error


def _content(opened: zipfile.ZipFile, member: zipfile.ZipInfo) -> Iterator[bytes]:
    with opened.open(member) as file:
        while piece := file.read(_PIECE_BYTES):
            yield piece
