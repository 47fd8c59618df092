"""Manifests: a line of JSON for each file copied, compressed with gzip.

The members of a line are those of s3-dist-cp 2 (public listings): `path` is where the file went, `baseName`
its name below the source, `srcDir` the destination, `size` its bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple


class Entry(NamedTuple):
    """One file of a manifest."""

    path: str
    base_name: str
    source_folder: str
    size: int


class BadManifest(Exception):
    """A file is no manifest; the message tells which line is wrong."""


def read(path: Path) -> list[Entry]:
    """The entries of the manifest at `path`. Raises OSError and BadManifest."""
    import gzip

    try:
        text = gzip.decompress(path.read_bytes()).decode()
    except (gzip.BadGzipFile, EOFError, UnicodeDecodeError) as error:
        raise BadManifest(f"java.util.zip.ZipException: Not in GZIP format: {error}") from error
    return [_entry(line, number) for number, line in enumerate(text.splitlines(), 1) if line.strip()]


def written(entries: Iterable[Entry]) -> bytes:
    """The bytes of a manifest; the same for the same entries."""
    import gzip
    import io
    import json

    buffer = io.BytesIO()
    with gzip.GzipFile(filename="", mode="wb", fileobj=buffer, mtime=0) as stream:
        for entry in entries:
            line = dict(zip(("path", "baseName", "srcDir", "size"), entry, strict=True))
            stream.write(json.dumps(line, separators=(",", ":"), ensure_ascii=False).encode() + b"\n")
    return buffer.getvalue()


def _entry(line: str, number: int) -> Entry:
    import json

    try:
        fields = json.loads(line)
        entry = Entry(fields["path"], fields["baseName"], fields["srcDir"], fields["size"])
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise BadManifest(f"com.google.gson.JsonSyntaxException: line {number}: {error!r}") from error
    if not all(isinstance(text, str) for text in entry[:3]) or not isinstance(entry.size, int):
        raise BadManifest(f"com.google.gson.JsonSyntaxException: line {number}: {line[:200]}")
    return entry
