"""What mapping reads should find, by trying every place of the reference: no seeds, no bands."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

_COMPLEMENT = {"A": "T", "C": "G", "G": "C", "T": "A", "N": "N"}
_FAR = 1_000


class Match(NamedTuple):
    """A read, by number, on a stretch of a reference, by number."""

    read: int
    reverse: bool
    reference: int
    start: int
    end: int
    differences: int


def matches(
    references: Sequence[str], reads: Iterable[tuple[int, str]], k: int, indels: bool
) -> Iterator[Match]:
    """All matches of numbered reads of one length, either strand, with at most k differences."""
    strands = [
        (number, reverse, _reverse_complement(read) if reverse else read)
        for number, read in reads
        for reverse in (False, True)
    ]
    find = _with_indels if indels else _with_mismatches
    for reference, text in enumerate(references, 1):
        for strand, start, end, differences in find([bases for _, _, bases in strands], text, k):
            number, reverse, _ = strands[strand]
            yield Match(number, reverse, reference, start, end, differences)


def unambiguous(found: Iterable[Match]) -> Iterator[Match]:
    """The best match of every read that has just one best."""
    by_read = defaultdict(list)
    for match in found:
        by_read[match.read].append(match)
    for candidates in by_read.values():
        fewest = min(match.differences for match in candidates)
        best = [match for match in candidates if match.differences == fewest]
        if len(best) == 1:
            yield best[0]


def _reverse_complement(bases: str) -> str:
    return "".join(_COMPLEMENT[base] for base in reversed(bases))


def _codes(bases: str, unknown: str) -> NDArray[np.uint8]:
    """Bases as numbers; N of a read and N of a reference are two numbers, so that they never are the same."""
    return np.frombuffer(bases.replace("N", unknown).encode(), np.uint8)


def _with_mismatches(strands: Sequence[str], text: str, k: int) -> Iterator[tuple[int, int, int, int]]:
    codes = _codes(text, "n")
    for strand, bases in enumerate(strands):
        mismatches = np.zeros(max(0, len(text) - len(bases) + 1), np.int16)
        for i, base in enumerate(_codes(bases, "m")):
            mismatches += codes[i : i + len(mismatches)] != base
        for start in np.flatnonzero(mismatches <= k):
            yield strand, int(start), int(start) + len(bases), int(mismatches[start])


def _with_indels(strands: Sequence[str], text: str, k: int) -> Iterator[tuple[int, int, int, int]]:
    """Stretches that are best for their start as well as for their end."""
    length = len(strands[0])
    by_start = _distances(strands, text, length + k)
    by_end = np.full_like(by_start, _FAR)
    for size in range(min(len(text), length + k) + 1):
        by_end[size, size:] = by_start[size, : len(text) + 1 - size]
    # The first of the least ones is the best one.
    sizes = np.array(sorted(range(length + k + 1), key=lambda size: (abs(size - length), size)))
    of_start, of_end = (sizes[distances[sizes].argmin(axis=0)] for distances in (by_start, by_end))
    for size, start, strand in np.argwhere(by_start <= k):
        end = start + size
        if of_start[start, strand] == of_end[end, strand] == size:
            yield int(strand), int(start), int(end), int(by_start[size, start, strand])


def _distances(strands: Sequence[str], text: str, longest: int) -> NDArray[np.int16]:
    """Edit distances of the strands to text[start : start + size], at [size, start, strand]."""
    starts = len(text) + 1
    # Beyond the end are bases that match nothing; such stretches are struck out below.
    codes = np.concatenate([_codes(text, "n"), np.zeros(longest, np.uint8)])[:, None]
    row = np.empty((longest + 1, starts, len(strands)), np.int16)
    row[:] = np.arange(longest + 1)[:, None, None]
    for i, bases in enumerate(zip(*(_codes(strand, "m") for strand in strands), strict=True), 1):
        below = np.empty_like(row)
        below[0] = i
        for size in range(1, longest + 1):
            substituted = row[size - 1] + (codes[size - 1 : size - 1 + starts] != np.array(bases))
            below[size] = np.minimum(np.minimum(row[size], below[size - 1]) + 1, substituted)
        row = below
    for size in range(longest + 1):
        row[size, max(0, starts - size) :] = _FAR
    return row
