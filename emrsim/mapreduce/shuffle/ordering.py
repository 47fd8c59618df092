"""Sorting keys in columns: eight bytes at a time, as numbers. Large jobs only: loads numpy."""

from __future__ import annotations

from emrsim.mapreduce.formats.arrays import np
from emrsim.mapreduce.formats.columns import WORD, Ints, Texts, words

_DEEPEST_BYTES = 256  # keys that are equal so far are then compared one by one


def order_by(column: Texts, lengths: Ints) -> tuple[Ints, Ints]:
    """The stable order by the first `lengths` bytes of each string, and which of them repeat.

    The second array has an entry for each string but the first, in their order: whether its key is, byte for
    byte, that of the string before.
    """
    numbers = words(column, lengths, 0)
    order = stable_order(numbers)
    placed = numbers[order]
    same = placed[1:] == placed[:-1]
    if same.any():
        _refine(column, lengths, order, same)
    return order, same


def repeated(column: Texts, lengths: Ints) -> Ints:
    """For each string but the first: whether its first `lengths` bytes are those of the string before."""
    same: Ints = lengths[1:] == lengths[:-1]
    pairs = np.flatnonzero(same)
    depth = 0
    while len(pairs):
        if depth >= _DEEPEST_BYTES:
            for pair in pairs.tolist():
                length = int(lengths[pair])
                same[pair] = column.item(pair, length) == column.item(pair + 1, length)
            break
        equal = words(column, lengths, depth, pairs) == words(column, lengths, depth, pairs + 1)
        same[pairs[~equal]] = False
        depth += WORD
        pairs = pairs[equal]
        pairs = pairs[lengths[pairs] > depth]
    return same


def stable_order(numbers: Ints) -> Ints:
    """What `argsort(kind="stable")` gives, in half the time: numpy's fast sort is not stable.

    After it, equal numbers are put into their order by a second sort, of numbers that hold the place of a run
    of equal ones and the index.
    """
    order = np.argsort(numbers)
    placed = numbers[order]
    changes = placed[1:] != placed[:-1]
    if changes.all():
        return order
    bits = np.uint64(len(numbers).bit_length())
    packed = np.zeros(len(numbers), np.uint64)
    np.cumsum(changes, out=packed[1:])
    packed <<= bits
    packed |= order.view(np.uint64)
    packed.sort()
    packed &= np.uint64((1 << int(bits)) - 1)
    return packed.view(np.int64)


def _refine(column: Texts, lengths: Ints, order: Ints, same: Ints) -> None:
    """Put strings whose first words agree into their full order; `order` and `same` change in place."""
    depth = 0
    pairs = np.flatnonzero(same)
    while len(pairs):
        # Two of one length, no longer than what was compared, are equal; of all others more must be known.
        before, after = lengths[order[pairs]], lengths[order[pairs + 1]]
        unknown = pairs[(before != after) | (after > depth + WORD)]
        if not len(unknown):
            return
        places, group = _members(same, unknown)
        depth += WORD
        if depth >= _DEEPEST_BYTES:
            _sort_one_by_one(column, lengths, order, same, places, group)
            return
        pairs = _sort_within(column, lengths, order, same, places, group, depth)


def _members(same: Ints, pairs: Ints) -> tuple[Ints, Ints]:
    """The places of all strings in the runs of `same` that hold one of `pairs`, and the run of each."""
    run_of_pair = np.cumsum(np.concatenate(([True], ~same)))
    wanted = np.zeros(int(run_of_pair[-1]) + 1, bool)
    wanted[run_of_pair[pairs]] = True
    places = np.flatnonzero(wanted[run_of_pair])
    return places, run_of_pair[places]


def _sort_within(
    column: Texts, lengths: Ints, order: Ints, same: Ints, places: Ints, group: Ints, depth: int
) -> Ints:
    """Sort each group by the word at `depth`; returns the pairs that still are the same."""
    chosen = order[places]
    numbers = words(column, lengths, depth, chosen)
    # Zeros after the end of a key look like bytes of it: then the shorter key comes first.
    ends = np.minimum(lengths[chosen], depth + WORD)
    neighbours = group[1:] == group[:-1]
    equal = (numbers[1:] == numbers[:-1]) & (ends[1:] == ends[:-1])
    if (neighbours & ~equal).any():
        inner = np.argsort(ends.astype(np.uint16), kind="stable")
        inner = inner[stable_order(numbers[inner])]
        inner = inner[stable_order(group[inner])]
        order[places] = chosen[inner]
        numbers, ends = numbers[inner], ends[inner]
        equal = (numbers[1:] == numbers[:-1]) & (ends[1:] == ends[:-1])
    firsts = places[:-1][neighbours]
    same[firsts] = equal[neighbours]
    pairs: Ints = firsts[equal[neighbours]]
    return pairs


def _sort_one_by_one(
    column: Texts, lengths: Ints, order: Ints, same: Ints, places: Ints, group: Ints
) -> None:
    """Sort each group with its keys as Python bytes."""
    for members in np.split(places, np.flatnonzero(np.diff(group)) + 1):
        keyed = [(column.item(index, int(lengths[index])), index) for index in order[members].tolist()]
        keyed.sort()
        order[members] = [index for _, index in keyed]
        for place, (key, _), (next_key, _) in zip(members[:-1].tolist(), keyed, keyed[1:], strict=False):
            same[place] = key == next_key
