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
        ([], "it: [] is not an object with parts, number"),
        ({}, "it.parts: required"),
        ({"parts": {}}, "it.parts: {} is not a list"),
        ({"parts": [{"name": "a"}, {}]}, "it.parts[1].name: required"),
        ({"parts": [{"name": 3}]}, "it.parts[0].name: 3 is not text"),
        ({"parts": [{"name": "a", "stat": 1}]}, "it.parts[0]: unknown field 'stat': did you mean 'state'?"),
        (
            {"parts": [{"name": "a", "state": "DONE"}]},
            "it.parts[0].state: unknown state 'DONE': expected one of CANCELLED, ",
        ),
        ({"parts": [{"name": "a", "state": []}]}, "it.parts[0].state: unknown state []: expected one of"),
        ({"parts": [], "number": True}, "it.number: True is not a whole number"),
        ({"parts": [], "number": 1.5}, "it.number: 1.5 is not a whole number"),
        ({"parts": [], "is_it": "no"}, "it.is_it: 'no' is not true or false"),
        (
            {"parts": [], "at": "soon"},
            "it.at: invalid time 'soon': expected ISO 8601",
        ),
        (
            {"parts": [], "at": "-P1M"},
            "it.at: invalid duration '-P1M': expected seconds",
        ),
        ({"parts": [], "at": 3}, "it.at: invalid time 3: expected ISO 8601, or as long ago as '-P30D'"),
        (
            {"parts": [], "at": "-P999999D"},
            "it.at: '-P999999D' is out of range: ",
        ),
        (
            {"parts": [], "at": "9999-12-31"},
            "it.at: 9999-12-31T00:00:00 is out of range: ",
        ),
        ({"parts": [], "took": "1h"}, "it.took: invalid duration '1h'"),
        ({"parts": [], "move": "JUMP"}, "it.move: unknown move 'JUMP': expected one of"),
        ({"parts": [], "pairs": [["a"]]}, "it.pairs[0]: ['a'] is not a list of 2"),
        ({"parts": [], "labels": {"a": 1}}, "it.labels.a: 1 is not text"),
        ({"parts": [], "labels": []}, "it.labels: [] is not an object"),
    ],
)
def test_what_does_not_fit_is_refused_naming_the_place(data: Any, words: str) -> None:
    with pytest.raises(PlainError) as refused:
        Reader(NOW).read(Whole, data, "it")

    assert str(refused.value)[: len(words)] == words
