"""When a fault strikes, and which faults cannot be meant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emrsim.core.faults import BadFault, Fault, Operations, fault_of

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
KNOWN: Operations = {
    "emr": ["RunJobFlow", "DescribeCluster", "DescribeStep"],
    "s3": ["GetObject"],
    "iam": None,
}


def fault(**given: Any) -> Fault:
    return fault_of("fault-1", {"fault": "throttling", **given}, KNOWN)


def strikes(one: Fault, times: int, every: timedelta = timedelta(0)) -> list[bool]:
    return [one.strikes("RunJobFlow", NOON + number * every) for number in range(times)]


def test_fault_without_limits_strikes_always() -> None:
    assert strikes(fault(), 3) == [True, True, True]


def test_count_is_how_often_it_strikes_and_skip_how_many_it_spares() -> None:
    assert strikes(fault(count=2, skip=1), 5) == [False, True, True, False, False]


def test_probability_is_drawn_from_the_seed() -> None:
    one = strikes(fault(probability=0.5, seed=7), 50)

    assert one == strikes(fault(probability=0.5, seed=7), 50)
    assert one != strikes(fault(probability=0.5, seed=8), 50)
    assert 10 < sum(one) < 40


def test_probability_of_0_never_and_of_1_always_strikes() -> None:
    assert not any(strikes(fault(probability=0), 50))
    assert all(strikes(fault(probability=1), 50))


def test_count_of_a_probability_counts_strikes_not_requests() -> None:
    assert sum(strikes(fault(probability=0.5, count=3), 100)) == 3


def test_token_bucket_lets_a_burst_through_and_then_the_refill() -> None:
    bucket = fault(burst=5, per_second=0.5)

    assert strikes(bucket, 7) == [False] * 5 + [True] * 2
    later = NOON + timedelta(seconds=4)
    assert [bucket.strikes("RunJobFlow", later) for _ in range(3)] == [False, False, True]


def test_token_bucket_holds_no_more_than_a_burst() -> None:
    bucket = fault(burst=2, per_second=10)
    bucket.strikes("RunJobFlow", NOON)

    later = NOON + timedelta(hours=1)
    assert [bucket.strikes("RunJobFlow", later) for _ in range(3)] == [False, False, True]


def test_each_operation_has_a_token_bucket_of_its_own() -> None:
    bucket = fault(burst=1, per_second=0)

    struck = [bucket.strikes(one, NOON) for one in ("RunJobFlow", "DescribeStep", "RunJobFlow")]

    assert struck == [False, False, True]


def test_token_bucket_stands_a_clock_that_is_set_back() -> None:
    bucket = fault(burst=1, per_second=1)
    bucket.strikes("RunJobFlow", NOON)

    assert bucket.strikes("RunJobFlow", NOON - timedelta(hours=1))


@pytest.mark.parametrize(
    ("operation", "matched"),
    [
        ("*", ["RunJobFlow", "DescribeCluster", "DescribeStep"]),
        ("Describe*", ["DescribeCluster", "DescribeStep"]),
        ("RunJobFlow", ["RunJobFlow"]),
        (["RunJobFlow", "DescribeStep"], ["RunJobFlow", "DescribeStep"]),
    ],
)
def test_operations_are_matched_by_name_and_wildcard(operation: Any, matched: list[str]) -> None:
    one = fault(operation=operation)

    names = ("RunJobFlow", "DescribeCluster", "DescribeStep")
    assert [name for name in names if one.matches("emr", name)] == matched
    assert not one.matches("s3", matched[0])


def test_operations_of_neighbours_may_be_any() -> None:
    assert fault(service="iam", operation="ListRoles").matches("iam", "ListRoles")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "fault: it is missing, and must be one of throttling, error, latency"),
        ({"fault": "trouble"}, "fault: there is none called 'trouble', but throttling"),
        (
            {"fault": "drop", "operatoin": "RunJobFlow"},
            "operatoin: there is no such field; those of drop are",
        ),
        ({"fault": "drop", "seconds": 1}, "seconds: it belongs to the fault latency, not to drop"),
        (
            {"fault": "drop", "operation": "RunJobFlows"},
            "emr has no operation RunJobFlows; do you mean RunJob",
        ),
        ({"fault": "drop", "operation": "GetObject"}, "operation: emr has no operation GetObject"),
        ({"fault": "drop", "operation": "List*"}, r"operation: emr has no operation List\*"),
        ({"fault": "drop", "operation": []}, r"operation: it must be a name or a list of names, not \[\]"),
        ({"fault": "drop", "operation": [1]}, "operation: 1 is not a name"),
        ("drop", "a fault has fields, as in fault='drop', and is not 'drop'"),
        ({"fault": ["drop"]}, r"fault: there is none called \['drop'\], but throttling"),
        ({"fault": "drop", "service": "sss"}, "service: there is none called 'sss', but emr, s3, iam"),
        ({"fault": "drop", "service": "S3"}, "service: there is none called 'S3', .*; do you mean s3?"),
        ({"fault": "drop", "service": 1}, "service: it must be a text, not 1"),
        ({"fault": "drop", "count": 0}, "count: it must be a whole number from 1 up, not 0"),
        ({"fault": "drop", "count": True}, "count: it must be a whole number from 1 up, not True"),
        ({"fault": "drop", "skip": -1}, "skip: it must be a whole number from 0 up, not -1"),
        (
            {"fault": "drop", "probability": "often"},
            "probability: it must be a number from 0 to 1, not 'often'",
        ),
        ({"fault": "drop", "probability": 2}, "probability: it must be a number from 0 to 1, not 2"),
        ({"fault": "drop", "seed": 3}, "seed: it is for a probability"),
        ({"fault": "throttling", "burst": 3}, "per_second: a token bucket needs both"),
        (
            {"fault": "throttling", "burst": 3, "per_second": 1, "probability": 0.5},
            "probability: a token bucket strikes by its tokens",
        ),
        ({"fault": "throttling", "burst": 0, "per_second": 1}, "burst: it must be a number from 1"),
        ({"fault": "latency"}, "seconds: it is missing"),
        ({"fault": "latency", "seconds": -1}, "seconds: it must be a number from 0 to 3600, not -1"),
        ({"fault": "error", "status": 404}, "status: it must be a whole number from 500 up, not 404"),
        ({"fault": "error", "status": 600}, "status: it must be from 500 to 599, not 600"),
        ({"fault": "error", "code": ""}, "code: it must be a text, not ''"),
        ({"fault": "truncate", "bytes": 1.5}, "bytes: it must be a whole number from 0 up, not 1.5"),
    ],
)
def test_malformed_fault_is_refused_by_the_name_of_its_field(given: Any, message: str) -> None:
    with pytest.raises(BadFault, match=message):
        fault_of("fault-1", given, KNOWN)
