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
    """All matches of numbered reads, either strand, with at most k differences."""
    find = _with_indels if indels else _with_mismatches
    for number, read in reads:
        for reverse in (False, True):
            strand = "".join(_COMPLEMENT[base] for base in reversed(read)) if reverse else read
            for reference, text in enumerate(references, 1):
                for start, end, differences in find(strand, text, k):
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


def _codes(bases: str, unknown: str) -> NDArray[np.uint8]:
    """Bases as numbers; N of a read and N of a reference are two numbers, so that they never are the same."""
    return np.frombuffer(bases.replace("N", unknown).encode(), np.uint8)


def _with_mismatches(read: str, text: str, k: int) -> Iterator[tuple[int, int, int]]:
    places = len(text) - len(read) + 1
    if places < 1:
        return
    codes = _codes(text, "n")
    mismatches = np.zeros(places, np.int16)
    for i, base in enumerate(_codes(read, "m")):
        mismatches += codes[i : i + places] != base
    for start in np.flatnonzero(mismatches <= k):
        yield int(start), int(start) + len(read), int(mismatches[start])


def _with_indels(read: str, text: str, k: int) -> Iterator[tuple[int, int, int]]:
    """Stretches that are best for their start as well as for their end."""
    length = len(read)
    distances = _distances(read, text, length + k)
    rank = [(abs(size - length), size) for size in range(length + k + 1)]

    def best(ends: Iterable[tuple[int, int]]) -> tuple[int, int]:
        """The best (start, size) of some."""
        return min(ends, key=lambda place: (distances[place], rank[place[1]]))

    for start, size in np.argwhere(distances <= k):
        end = start + size
        of_start = best((start, other) for other in range(length + k + 1))
        of_end = best((end - other, other) for other in range(min(end, length + k) + 1))
        if of_start == of_end == (start, size):
            yield int(start), int(end), int(distances[start, size])


def _distances(read: str, text: str, longest: int) -> NDArray[np.int32]:
    """Edit distances of the read to text[start : start + size], at [start, size]."""
    starts = np.arange(len(text) + 1)
    # Beyond the end are bases that match nothing; such stretches are struck out below.
    codes = np.concatenate([_codes(text, "n"), np.zeros(longest, np.uint8)])
    row = np.tile(np.arange(longest + 1, dtype=np.int32), (len(starts), 1))
    for i, base in enumerate(_codes(read, "m"), 1):
        below = np.empty_like(row)
        below[:, 0] = i
        for size in range(1, longest + 1):
            substituted = row[:, size - 1] + (codes[starts + size - 1] != base)
            below[:, size] = np.minimum(np.minimum(row[:, size], below[:, size - 1]) + 1, substituted)
        row = below
    row[starts[:, None] + np.arange(longest + 1) > len(text)] = _FAR
    return row
