"""The page of options shows the table."""

from __future__ import annotations

from tools.options_table import PAGE, PLACE, draw


def test_page_is_drawn_from_the_table() -> None:
    found = PLACE.search(PAGE.read_text())

    assert found is not None
    assert found.group() == draw(), "run: python -m tools.options_table"
