"""Byte ranges (source: RFC 9110, 14; S3 answers a single range and ignores what it cannot read)."""

from __future__ import annotations

import re

from fake_s3.errors import invalid_range

_RANGE = re.compile(r"\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*", re.IGNORECASE)


def parse_range(header: str | None, size_bytes: int) -> range | None:
    """The bytes asked for, cut to the object; None means all of it, as it does for what is no single range.

    A range that no byte of the object is in is refused (InvalidRange).
    """
    match = _RANGE.fullmatch(header or "")
    if match is None or header is None or match[1] == match[2] == "":
        return None
    first, last = match.groups()
    if first == "":
        wanted = range(max(size_bytes - int(last), 0), size_bytes)
    elif last and int(last) < int(first):
        return None
    else:
        wanted = range(int(first), min(int(last) + 1 if last else size_bytes, size_bytes))
    if not wanted:
        raise invalid_range(header, size_bytes)
    return wanted
