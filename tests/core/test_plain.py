"""Values as plain data, and what is refused, naming the place."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from emrsim.core.plain import PlainError, Reader, to_plain
from emrsim.core.states import ClusterMove, StepState

NOW = datetime(2021, 8, 30, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Part:
    name: str
    state: StepState = StepState.PENDING


@dataclass(frozen=True)
class Whole:
    parts: tuple[Part, ...]
    number: int = 0
    is_it: bool | None = None
    at: datetime | None = None
    took: timedelta = timedelta(0)
    move: ClusterMove | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    labels: dict[str, str] = field(default_factory=dict)


VALUES = [
    Whole(()),
    Whole(
        (Part("a"), Part("b", StepState.FAILED)),
        3,
        False,
        NOW,
        timedelta(hours=1, milliseconds=5),
        ClusterMove.STEP_FAILED,
        (("k", "v"),),
        {"x": "y"},
    ),
]


@pytest.mark.parametrize("value", VALUES)
def test_value_is_read_as_it_was_written(value: Whole) -> None:
    assert Reader(NOW).read(Whole, json.loads(json.dumps(to_plain(value))), "it") == value


def test_defaults_are_not_written() -> None:
    assert to_plain(Whole((Part("a"),))) == {"parts": [{"name": "a"}]}


@pytest.mark.parametrize(
    ("told", "time"),
    [
        ("2021-08-30T12:00:00Z", NOW),
        ("2021-08-30T14:00:00+02:00", NOW),
        ("2021-08-30T12:00:00", NOW),
        ("-P1D", NOW - timedelta(days=1)),
        (date(2021, 8, 30), NOW.replace(hour=0)),
        (datetime(2021, 8, 30, 12), NOW),
    ],
)
def test_time_is_told_in_many_ways(told: Any, time: datetime) -> None:
    assert Reader(NOW).read(datetime, told, "it") == time


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ([], "it: [] is no object"),
        ({}, "it.parts: missing"),
        ({"parts": {}}, "it.parts: {} is no list"),
        ({"parts": [{"name": "a"}, {}]}, "it.parts[1].name: missing"),
        ({"parts": [{"name": 3}]}, "it.parts[0].name: 3 is no text"),
        ({"parts": [{"name": "a", "stat": 1}]}, "it.parts[0].stat: unknown; there can be name, state"),
        (
            {"parts": [{"name": "a", "state": "DONE"}]},
            "it.parts[0].state: 'DONE' is none of PENDING",
        ),
        ({"parts": [{"name": "a", "state": []}]}, "it.parts[0].state: [] is none of"),
        ({"parts": [], "number": True}, "it.number: True is no whole number"),
        ({"parts": [], "number": 1.5}, "it.number: 1.5 is no whole number"),
        ({"parts": [], "is_it": "no"}, "it.is_it: 'no' is no true or false"),
        ({"parts": [], "at": "soon"}, "it.at: 'soon' is no time"),
        ({"parts": [], "at": "-P1M"}, "it.at: '-P1M' is no duration"),
        ({"parts": [], "at": 3}, "it.at: 3 is no time: ISO 8601, or as long ago as '-P30D'"),
        ({"parts": [], "at": "-P999999D"}, "it.at: '-P999999D' is longer than a duration can be"),
        ({"parts": [], "at": "9999-12-31"}, "it.at: 9999-12-31T00:00:00 is not in the years 1000 to 9000"),
        ({"parts": [], "took": "1h"}, "it.took: '1h' is no duration"),
        ({"parts": [], "move": "JUMP"}, "it.move: 'JUMP' is none of REQUESTED, MASTER_UP"),
        ({"parts": [], "pairs": [["a"]]}, "it.pairs[0]: ['a'] is no list of 2"),
        ({"parts": [], "labels": {"a": 1}}, "it.labels.a: 1 is no text"),
        ({"parts": [], "labels": []}, "it.labels: [] is no object"),
    ],
)
def test_what_does_not_fit_is_refused_naming_the_place(data: Any, words: str) -> None:
    with pytest.raises(PlainError) as refused:
        Reader(NOW).read(Whole, data, "it")

    assert str(refused.value)[: len(words)] == words
