"""Points in time on the wire."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from emrsim.wire.times import from_epoch, from_iso, to_epoch, to_iso

MOMENTS = st.datetimes(datetime(1971, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))


@given(MOMENTS)
def test_epoch_seconds_keep_the_millisecond(moment: datetime) -> None:
    assert abs(from_epoch(to_epoch(moment)) - moment) <= timedelta(milliseconds=1)


@given(MOMENTS)
def test_iso_keeps_the_second(moment: datetime) -> None:
    assert from_iso(to_iso(moment)) == moment.replace(microsecond=0)


def test_iso_is_in_utc() -> None:
    moment = datetime(2010, 10, 21, 3, 0, 25, tzinfo=timezone(timedelta(hours=2)))

    assert to_iso(moment) == "2010-10-21T01:00:25Z"
