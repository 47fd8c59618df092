"""What is in a file, for a look: text, decompressed and no more than a page of it, or a picture."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Any

from emrsim.mapreduce.errors import TaskFailed
from emrsim.web.console.logs import coloured

PREVIEW_BYTES = 16 << 10
# Raster pictures only: an SVG is a document with scripts.
PICTURES = {
    ".png": "image/png",
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".gif": "image/gif",
    ".webp": "image/webp",
}
_TEXT_SHARE = 0.1  # of characters that no text has, at most


def picture_type(name: str) -> str | None:
    """Return the media type of a picture, by the ending of its name."""
    return PICTURES.get(os.path.splitext(name.lower())[1])


def preview(path: Path) -> dict[str, Any]:
    """Return `text`, the beginning as HTML, and whether it `is_cut`; or a `note` why there is none."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return {"note": "This is not a regular file."}
        content = _beginning(path)
    except (OSError, TaskFailed, ValueError) as error:
        return {"note": f"It cannot be read: {error}"}
    if not content:
        return {"note": "It is empty."}
    text = content[:PREVIEW_BYTES].decode("utf-8", "replace")
    odd = sum(
        character == "\ufffd" or (character < " " and character not in "\t\n\r\x1b\x01") for character in text
    )
    if odd > len(text) * _TEXT_SHARE:
        return {"note": "It is no text; download it to see what it is."}
    return {"text": coloured(text), "is_cut": len(content) > PREVIEW_BYTES}


def _beginning(path: Path) -> bytes:
    """At most a byte more than is shown, decompressed by the ending of the name."""
    from emrsim.mapreduce.formats.codecs import is_compressed, read_chunks

    if not is_compressed(path.name):
        with open(path, "rb") as file:
            return file.read(PREVIEW_BYTES + 1)
    found = b""
    for chunk in read_chunks(path):
        found += bytes(chunk)
        if len(found) > PREVIEW_BYTES:
            break
    return found[: PREVIEW_BYTES + 1]
