"""The order of keys: of their bytes, of fields in them, of numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from emrsim.mapreduce.job.job import Job
from emrsim.mapreduce.job.keyfields import FieldRange, field_lengths

SortKey = Callable[[bytes], bytes]

_NUMBER = rb"(-?)(\d*)(?:\.(\d*))?"
_COMPLEMENT = bytes(255 - byte for byte in range(256))


def sort_key_of(job: Job) -> SortKey | None:
    """Return what makes the bytes that keys are sorted by; None: the keys themselves."""
    if job.sorts_numbers:
        return _long_sort_key
    return key_field_sort_key(job.sorting.sort_by, job.sorting.separator)


def _long_sort_key(key: bytes) -> bytes:
    return (int(key) + 2**63).to_bytes(8, "big")


def key_field_sort_key(ranges: Sequence[FieldRange], separator: bytes) -> SortKey | None:
    """Bytes whose order is that of KeyFieldBasedComparator; None when that is the order of the keys."""
    if not ranges or list(ranges) == [FieldRange()]:
        return None

    def sort_key(key: bytes) -> bytes:
        lengths = field_lengths(key, separator)
        return b"".join([_range_sort_key(selected, key, lengths, len(separator)) for selected in ranges])

    return sort_key


def _range_sort_key(selected: FieldRange, key: bytes, lengths: Sequence[int], separator_size: int) -> bytes:
    """One range as bytes that sort right and never are the beginning of another key's."""
    start, end = selected.bounds(len(key), lengths, separator_size)
    if start < 0:
        text = b"\x00"  # a missing field comes first
    elif selected.numeric:
        text = b"\x01" + _number_sort_key(key[start:end])
    else:
        text = b"\x01" + _terminated(key[start:end])
    return text.translate(_COMPLEMENT) if selected.reverse else text


def _terminated(text: bytes) -> bytes:
    return text.replace(b"\x00", b"\x00\xff") + b"\x00\x00"


def _number_sort_key(text: bytes) -> bytes:
    """A number of any size: sign, count of digits, digits, decimals. What is no number counts as 0."""
    match = re.match(_NUMBER, text)
    assert match is not None  # every part of the expression may be empty
    digits = match[2].lstrip(b"0")
    decimals = (match[3] or b"").rstrip(b"0")
    if not digits and not decimals:
        return b"\x01"
    size = len(digits).to_bytes(4, "big") + digits + decimals + b"\x00"
    return b"\x00" + size.translate(_COMPLEMENT) if match[1] else b"\x02" + size
