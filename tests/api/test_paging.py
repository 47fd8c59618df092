"""Pages: every item once, in the order of the list, whatever is added meanwhile."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emrsim.api.paging import page
from emrsim.core.errors import InvalidRequestException


@dataclass
class Item:
    id: str
    wanted: bool = True


def items(count: int) -> list[Item]:
    return [Item(f"i-{number}") for number in range(count)]


@given(st.lists(st.booleans(), max_size=30), st.integers(1, 7))
def test_pages_together_are_the_wanted_items(wanted: list[bool], size: int) -> None:
    everything = [Item(f"i-{number}", keep) for number, keep in enumerate(wanted)]
    found: list[Item] = []
    marker: str | None = ""
    pages = 0
    while marker is not None:
        chosen, marker = page(everything, {"Marker": marker}, lambda item: item.wanted, size)
        found += chosen
        pages += 1

    kept = [item for item in everything if item.wanted]
    assert found == kept
    assert pages == max(1, -(-len(kept) // size))


def test_items_added_in_front_do_not_come_twice() -> None:
    first, marker = page(items(4), {}, size=2)

    second, _ = page([Item("i-new"), *items(4)], {"Marker": marker}, size=2)

    assert [item.id for item in first + second] == ["i-0", "i-1", "i-2", "i-3"]


def test_item_that_the_marker_names_may_have_ceased_to_be_wanted() -> None:
    _, marker = page(items(4), {}, size=2)

    second, _ = page(items(4), {"Marker": marker}, lambda item: item.id != "i-1", size=2)

    assert [item.id for item in second] == ["i-2", "i-3"]


@pytest.mark.parametrize(
    "marker", ["i-1", "%", "a", "\u20ac", "\ud800", urlsafe_b64encode(b"i-9").decode(), "/w=="]
)
def test_marker_that_names_nothing_is_refused(marker: str) -> None:
    with pytest.raises(InvalidRequestException, match="The marker is not valid"):
        page(items(4), {"Marker": marker})
