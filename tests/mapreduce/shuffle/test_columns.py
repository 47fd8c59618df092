"""Arrays of byte strings against plain Python, for arbitrary bytes."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from emrsim.mapreduce.formats import arrays, columns
from emrsim.mapreduce.shuffle import ordering
from emrsim.mapreduce.shuffle.partition import hash_bytes

# Few different bytes, zeros among them, and long common beginnings: what sorting by words has to get right.
KEYS = st.lists(
    st.one_of(
        st.binary(max_size=20),
        st.lists(st.sampled_from([b"\0", b"a", b"\xff", b"prefix--", b"\0" * 8]), max_size=45).map(b"".join),
    ),
    max_size=60,
)
TAILS = st.binary(max_size=9)


@given(keys=KEYS, tail=TAILS)
@settings(deadline=None)
def test_keys_are_ordered_as_bytes_are_and_stably(keys: list[bytes], tail: bytes) -> None:
    column = columns.from_items([key + tail for key in keys])
    lengths = np.array([len(key) for key in keys], np.int32)

    order, same = ordering.order_by(column, lengths)

    assert order.tolist() == sorted(range(len(keys)), key=lambda index: keys[index])
    placed = [keys[index] for index in order.tolist()]
    assert same.tolist() == [left == right for left, right in pairwise(placed)]


@given(keys=KEYS, tail=TAILS)
@settings(deadline=None)
def test_repeated_neighbours_are_found(keys: list[bytes], tail: bytes) -> None:
    column = columns.from_items([key + tail for key in keys])
    lengths = np.array([len(key) for key in keys], np.int32)

    assert ordering.repeated(column, lengths).tolist() == [left == right for left, right in pairwise(keys)]


@given(keys=KEYS, tail=TAILS)
@settings(deadline=None)
def test_hashes_are_those_of_hadoop(keys: list[bytes], tail: bytes) -> None:
    column = columns.from_items([key + tail for key in keys])
    lengths = np.array([len(key) for key in keys], np.int64)

    hashes = columns.hashes(column, lengths, np.arange(len(keys))[::-1])

    assert hashes.tolist() == [hash_bytes(key) for key in reversed(keys)]


@given(numbers=st.lists(st.one_of(st.integers(0, 3), st.integers(0, 2**64 - 1)), max_size=100))
@settings(deadline=None)
def test_the_stable_order_is_that_of_a_stable_sort(numbers: list[int]) -> None:
    order = ordering.stable_order(np.array(numbers, np.uint64))

    assert order.tolist() == sorted(range(len(numbers)), key=lambda index: numbers[index])


def test_keys_that_differ_only_deep_inside_are_sorted() -> None:
    keys = [b"x" * 300 + ending for ending in (b"b", b"a", b"", b"ab", b"a")]
    column = columns.from_items(keys)

    order, same = ordering.order_by(column, column.lengths)

    assert [keys[index] for index in order] == sorted(keys)
    assert same.tolist() == [False, True, False, False]


@given(lines=st.lists(st.binary(max_size=5).filter(lambda line: b"\n" not in line), max_size=30))
@settings(deadline=None)
def test_every_line_gets_one_separator_at_least(lines: list[bytes]) -> None:
    block = b"".join(line + b"\n" for line in lines)

    text, count = columns.with_separators(block, 9)

    assert count == len(lines) == arrays.count_newlines(block)
    assert bytes(text) == b"".join((line if b"\t" in line else line + b"\t") + b"\n" for line in lines)
