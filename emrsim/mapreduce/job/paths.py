"""URIs as Hadoop's Path normalises them."""

from __future__ import annotations

import re

_URI = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*://[^/]*)(/.*)", re.DOTALL)


def normalised(uri: str) -> str:
    """Return a URI with runs of slashes made one, and `.` and `..` resolved; what is no URI stays as it is.

    A `..` that would leave the top stays, as in java.net.URI.normalize. Globs are parts like others.
    """
    match = _URI.fullmatch(uri)
    if match is None:
        return uri
    parts: list[str] = []
    for part in match[2].split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return f"{match[1]}/{'/'.join(parts)}"
