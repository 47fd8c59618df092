"""Fields of a key as `-kF[.C][,F[.C]][nr]` selects them (Hadoop's KeyFieldHelper)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from emrsim.mapreduce.errors import JobRefused

# Compiled when first used: most jobs have no such keys.
_SPEC = r"(\d+)(?:\.(\d+))?([nr]*)(?:,(\d+)(?:\.(\d+))?([nr]*))?"
_INVALID_SPEC = (
    "java.lang.IllegalArgumentException: Invalid -k argument. Must be of the form -k pos1,[pos2], "
    "where pos is of the form f[.c]nr"
)


class FieldRange(NamedTuple):
    """One `-k`: 1-based fields and characters; end field 0: end of the key, end character 0: of the field."""

    begin_field: int = 1
    begin_char: int = 1
    end_field: int = 0
    end_char: int = 0
    numeric: bool = False
    reverse: bool = False

    def bounds(self, size: int, lengths: Sequence[int], separator_size: int) -> tuple[int, int]:
        """Start and end offset of the range in a key of `size` bytes; start is -1 if the field is missing.

        A start character beyond its field runs on into the next one, as in Hadoop.
        """
        if self.begin_field > len(lengths):
            return -1, -1
        start = _field_start(lengths, self.begin_field, separator_size) + self.begin_char - 1
        if start >= size:
            return -1, -1
        if self.end_field == 0 or self.end_field > len(lengths):
            return start, size
        end = _field_start(lengths, self.end_field, separator_size)
        end += self.end_char or lengths[self.end_field - 1]
        return start, min(end, size)


def field_lengths(key: bytes, separator: bytes) -> list[int]:
    """The length of each field of a key, as Hadoop counts it.

    After a separator of several bytes Hadoop goes on one byte after its beginning, not after its end, so
    that later fields seem longer and begin later (docs/facts/streaming.md#sorting-and-grouping).
    """
    lengths = []
    start = 0
    position = key.find(separator)
    while position >= 0:
        lengths.append(position - start)
        start = position + 1
        position = key.find(separator, start)
    lengths.append(len(key) - start)
    return lengths


def parse_ranges(options: str) -> list[FieldRange]:
    """The ranges of an option text such as `-k1,1 -k2,2nr`; global letters apply to ranges without any.

    Letters alone give one range over the whole key; no text at all gives none.
    """
    words = options.split()
    numeric = reverse = False
    ranges = []
    while words:
        word = words.pop(0)
        if word in {"-n", "-r", "-nr"}:
            numeric = numeric or "n" in word
            reverse = reverse or "r" in word
        elif word.startswith("-k"):
            text = word[2:] or (words.pop(0) if words else "")
            if text:
                ranges.append(_parse_range(text))
    ranges = [
        range_ if range_.numeric or range_.reverse else range_._replace(numeric=numeric, reverse=reverse)
        for range_ in ranges
    ]
    if options.strip() and not ranges:
        ranges.append(FieldRange(numeric=numeric, reverse=reverse))
    return ranges


def _parse_range(text: str) -> FieldRange:
    first = re.split(r"[nr.,]", text)[0]
    if not re.fullmatch(r"[+-]?\d+", first):
        raise JobRefused(f'java.lang.NumberFormatException: For input string: "{first or text[:1]}"')
    match = re.fullmatch(_SPEC, text)
    if match is None:
        raise JobRefused(_INVALID_SPEC)
    letters = match[3] + (match[6] or "")
    return FieldRange(
        begin_field=int(match[1]),
        begin_char=int(match[2] or 1),
        end_field=int(match[4] or 0),
        end_char=int(match[5] or 0),
        numeric="n" in letters,
        reverse="r" in letters,
    )


def _field_start(lengths: Sequence[int], field: int, separator_size: int) -> int:
    return sum(lengths[: field - 1]) + separator_size * (field - 1)
