"""Byte ranges (source: RFC 9110, 14; S3 answers a single range and ignores what it cannot read)."""

from __future__ import annotations

from fake_s3.errors import invalid_range
from fake_s3.numbers import offset


def parse_range(header: str | None, size_bytes: int) -> range | None:
    """Return the bytes asked for, cut to the object; None, for what is no single range, means all of it.

    Reject a range that no byte of the object is in (InvalidRange).
    """
    ends = _ends(header or "")
    if ends is None:
        return None
    first, last = ends
    if first is None:
        wanted = range(max(size_bytes - (last or 0), 0), size_bytes)
    elif last is not None and last < first:
        return None
    else:
        wanted = range(first, size_bytes if last is None else min(last + 1, size_bytes))
    if not wanted:
        raise invalid_range((header or "")[:200], size_bytes)
    return wanted


def _ends(header: str) -> tuple[int | None, int | None] | None:
    """Return first and last of `bytes=first-last`, of which one may be left out; None if it is no range."""
    unit, equals, given = header.partition("=")
    first, dash, last = given.partition("-")
    texts = first.strip(), last.strip()
    ends = offset(texts[0]), offset(texts[1])
    is_range = unit.strip().lower() == "bytes" and equals and dash and any(texts)
    if not is_range or any(text and end is None for text, end in zip(texts, ends, strict=True)):
        return None
    return ends
