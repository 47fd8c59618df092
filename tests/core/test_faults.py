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
        ({}, "fault: required: expected one of throttling, error, latency"),
        ({"fault": "trouble"}, "^unknown fault 'trouble': expected one of drop, error"),
        (
            {"fault": "drop", "operatoin": "RunJobFlow"},
            r"^unknown field 'operatoin': did you mean 'operation'\?",
        ),
        ({"fault": "drop", "seconds": 1}, "seconds: only the fault 'latency' has it, not 'drop'"),
        (
            {"fault": "drop", "operation": "RunJobFlows"},
            r"operation: unknown operation of emr 'RunJobFlows': did you mean 'RunJobFlow'\?",
        ),
        (
            {"fault": "drop", "operation": "GetObject"},
            "operation: unknown operation of emr 'GetObject'",
        ),
        ({"fault": "drop", "operation": "List*"}, r"operation: unknown operation of emr 'List\*'"),
        ({"fault": "drop", "operation": []}, "operation: an empty list: expected a name or a list"),
        ({"fault": "drop", "operation": [1]}, r"operation\[0\]: 1 is not text"),
        ("drop", "'drop' is not a fault: expected fields, such as fault='drop'"),
        ({"fault": ["drop"]}, r"^unknown fault \['drop'\]"),
        ({"fault": "drop", "service": "sss"}, "unknown service 'sss': expected one of emr, iam, s3"),
        ({"fault": "drop", "service": "S3"}, "unknown service 'S3': did you mean 's3'"),
        ({"fault": "drop", "service": 1}, "service: 1 is not text"),
        ({"fault": "drop", "count": 0}, "count: 0 is out of range: expected 1 or more"),
        ({"fault": "drop", "count": True}, "count: True is not a whole number"),
        ({"fault": "drop", "skip": -1}, "skip: -1 is out of range: expected 0 or more"),
        (
            {"fault": "drop", "probability": "often"},
            "probability: 'often' is not a number",
        ),
        ({"fault": "drop", "probability": 2}, "probability: 2 is out of range: expected 0 to 1"),
        ({"fault": "drop", "seed": 3}, "seed: needs a probability"),
        ({"fault": "throttling", "burst": 3}, "per_second: a token bucket needs both"),
        (
            {"fault": "throttling", "burst": 3, "per_second": 1, "probability": 0.5},
            "probability: a token bucket strikes by its tokens",
        ),
        ({"fault": "throttling", "burst": 0, "per_second": 1}, "burst: 0 is out of range: expected 1 to 1e"),
        ({"fault": "latency"}, "seconds: required"),
        ({"fault": "latency", "seconds": -1}, "seconds: -1 is out of range: expected 0 to 3600"),
        ({"fault": "error", "status": 404}, "status: 404 is out of range: expected 500 to 599"),
        ({"fault": "error", "status": 600}, "status: 600 is out of range: expected 500 to 599"),
        ({"fault": "error", "code": ""}, "code: '' is empty"),
        ({"fault": "truncate", "bytes": 1.5}, "bytes: 1.5 is not a whole number"),
    ],
)
def test_invalid_fault_is_rejected_by_the_name_of_its_field(given: Any, message: str) -> None:
    with pytest.raises(BadFault, match=message):
        fault_of("fault-1", given, KNOWN)
