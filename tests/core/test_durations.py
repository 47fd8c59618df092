"""Durations as text."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emrsim.core.durations import BadDuration, duration, duration_text


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("PT1H", timedelta(hours=1)),
        ("P1DT2H3M4.5S", timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
        ("P2W", timedelta(weeks=2)),
        ("PT0.5S", timedelta(milliseconds=500)),
        ("-P1D", timedelta(days=-1)),
        ("PT90M", timedelta(minutes=90)),
    ],
)
def test_iso_8601_is_read(text: str, value: timedelta) -> None:
    assert duration(text) == value


@given(st.timedeltas(min_value=timedelta(days=-10_000), max_value=timedelta(days=10_000)))
def test_what_is_written_is_read_back(value: timedelta) -> None:
    assert duration(duration_text(value)) == value


@pytest.mark.parametrize(
    "value", [float("nan"), float("inf"), 1e300, "P999999999999W", "P36526D", "-P36526D", timedelta.min]
)
def test_what_is_too_long_is_refused(value: object) -> None:
    with pytest.raises(BadDuration, match="is out of range: expected at most a hundred years"):
        duration(value)
