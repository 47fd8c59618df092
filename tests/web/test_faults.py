"""Failures on demand, as real clients meet them."""

from __future__ import annotations

import time
from http.client import IncompleteRead, RemoteDisconnected
from threading import Thread
from types import SimpleNamespace
from typing import Any
from urllib.request import urlopen

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from emrsim import Emulator
from emrsim.boto2 import emr_connection
from emrsim.core.faults import BadFault
from tests.support.calls import Caller, Refused, send
from tests.waiting import wait_until


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Clients that try again do so at once; what they would have waited is kept."""
    import botocore.endpoint

    waits: list[float] = []
    monkeypatch.setattr(botocore.endpoint, "time", SimpleNamespace(sleep=waits.append))
    return waits


def client(emulator: Emulator, service: str, attempts: int, mode: str = "standard") -> Any:
    return boto3.client(
        service,
        endpoint_url=emulator.url,
        region_name="us-east-1",
        aws_access_key_id="any",
        aws_secret_access_key="thing",
        config=Config(
            retries={"mode": mode, "total_max_attempts": attempts}, s3={"addressing_style": "path"}
        ),
    )


@pytest.mark.parametrize("mode", ["standard", "legacy"])
def test_boto3_tries_again_when_throttled_and_succeeds(emrsim: Emulator, mode: str) -> None:
    emrsim.faults.add(fault="throttling", operation="ListClusters", count=2)

    answer = client(emrsim, "emr", 5, mode).list_clusters()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 2
    assert [call.error_code for call in emrsim.calls("ListClusters")] == ["ThrottlingException"] * 2 + [None]


def test_boto3_gives_up_and_tells_the_code(emrsim: Emulator) -> None:
    emrsim.faults.add({"fault": "throttling", "operation": "Describe*"})

    with pytest.raises(ClientError) as refused:
        client(emrsim, "emr", 2).describe_cluster(ClusterId="j-1")

    assert refused.value.response["Error"] == {"Code": "ThrottlingException", "Message": "Rate exceeded"}
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert len(emrsim.calls("DescribeCluster")) == 2


def test_boto_2_raises_emr_response_error_with_the_code(emrsim: Emulator) -> None:
    from boto.exception import EmrResponseError

    emrsim.faults.add(fault="throttling", operation="DescribeJobFlows", count=1)
    connection = emr_connection(emrsim.host, emrsim.port)

    with pytest.raises(EmrResponseError) as refused:
        connection.describe_jobflows()

    assert (refused.value.error_code, refused.value.error_message) == ("Throttling", "Rate exceeded")
    assert connection.describe_jobflows() == []


def test_boto_2_tries_again_after_an_error_of_the_server(
    emrsim: Emulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    import boto.connection

    monkeypatch.setattr(boto.connection.time, "sleep", lambda seconds: None)
    emrsim.faults.add(fault="error", status=503, count=2)

    assert emr_connection(emrsim.host, emrsim.port).describe_jobflows() == []
    assert [call.status for call in emrsim.calls()] == [503, 503, 200]


@pytest.mark.parametrize(
    ("fault", "status", "codes", "message"),
    [
        ({"fault": "throttling"}, 400, ("Throttling", "ThrottlingException"), "Rate exceeded"),
        (
            {"fault": "error"},
            500,
            ("InternalFailure", "InternalFailure"),
            "The request processing has failed",
        ),
        ({"fault": "error", "status": 503}, 503, ("ServiceUnavailable",) * 2, "The request has failed"),
        (
            {"fault": "error", "status": 502, "code": "Bad", "message": "<so>"},
            502,
            ("Bad", "Bad"),
            "<so>",
        ),
        (
            {"fault": "expired-credentials"},
            403,
            ("ExpiredToken", "ExpiredTokenException"),
            "The security token included in the request is expired",
        ),
    ],
)
def test_error_has_the_shape_of_the_protocol(
    emrsim: Emulator, emr: Caller, fault: dict[str, Any], status: int, codes: tuple[str, str], message: str
) -> None:
    emrsim.faults.add(fault)

    with pytest.raises(Refused) as refused:
        emr.run()

    assert refused.value.status == status
    assert refused.value.code == codes[0 if emr.protocol == "query" else 1]
    assert refused.value.message.startswith(message)
    assert emrsim.running.state.clusters == {}


def test_fault_meets_its_operations_only(emrsim: Emulator, emr: Caller) -> None:
    emrsim.faults.add(fault="error", operation=["RunJobFlow", "AddTags"])

    assert emr.call("ListClusters") == {"Clusters": []}
    with pytest.raises(Refused):
        emr.run()
    assert emrsim.faults.list()[0]["struck"] == 1


def test_token_bucket_is_refilled_by_the_emulators_clock(emrsim: Emulator, emr: Caller) -> None:
    emrsim.clock.set_pace("manual")
    emrsim.faults.add(fault="throttling", burst=2, per_second=0.5)
    emr.call("ListClusters")
    emr.call("ListClusters")
    with pytest.raises(Refused, match="Rate exceeded"):
        emr.call("ListClusters")

    emrsim.clock.advance("PT2S")

    assert emr.call("ListClusters") == {"Clusters": []}


def test_latency_holds_the_answer_for_so_long_and_no_other(emrsim: Emulator, emr: Caller) -> None:
    emrsim.faults.add(fault="latency", seconds=0.2, operation="ListClusters")
    began = time.monotonic()
    with urlopen(f"{emrsim.url}/_emrsim/health") as answer:
        answer.read()
    emr.call("ListClusters")

    assert time.monotonic() - began >= 0.2
    assert emrsim.calls("ListClusters")[0].seconds >= 0.2


def test_late_answer_does_not_hold_up_the_end_of_the_emulator() -> None:
    with Emulator() as emulator:
        emulator.faults.add(fault="latency", seconds=3600)
        waiting = Thread(target=lambda: Caller(emulator.port, "json").call("ListClusters"))
        waiting.start()
        wait_until(lambda: emulator.faults.list()[0]["struck"])
        began = time.monotonic()
    waiting.join()

    assert time.monotonic() - began < 60


def test_dropped_connection_has_no_answer_and_no_effect(emrsim: Emulator, emr: Caller) -> None:
    emrsim.faults.add(fault="drop", operation="RunJobFlow", count=1)

    with pytest.raises(RemoteDisconnected):
        emr.run()

    assert emrsim.running.state.clusters == {}
    call = emrsim.calls("RunJobFlow")[0]
    assert (call.status, call.parameters["Name"], call.faults) == (0, "a cluster", ("drop",))


def test_truncated_answer_comes_after_the_effect(emrsim: Emulator, emr: Caller) -> None:
    emrsim.faults.add(fault="truncate", bytes=10, count=1)

    with pytest.raises(IncompleteRead) as incomplete:
        emr.run()

    assert len(incomplete.value.partial) == 10
    assert len(emrsim.running.state.clusters) == 1


@pytest.mark.parametrize(("method", "done"), [("HEAD", True), ("PUT", True), ("DELETE", False)])
def test_truncated_answer_without_a_body_does_not_come_at_all(
    emrsim: Emulator, method: str, done: bool
) -> None:
    emrsim.put("s3://bucket/key", "text")
    emrsim.faults.add(fault="truncate", service="s3", count=1)

    with pytest.raises(RemoteDisconnected):
        send(emrsim.port, method, "/bucket/key")

    assert (emrsim.root / "bucket" / "key").exists() is done
    assert [(call.status, call.faults) for call in emrsim.calls()] == [(0, ("truncate",))]


@pytest.mark.parametrize(("size", "came"), [(0, 0), (3, 3), (100, 3)])
def test_truncated_answer_is_never_whole_and_in_the_journal_before_it_comes(
    emrsim: Emulator, size: int, came: int
) -> None:
    emrsim.put("s3://bucket/key", "text")
    emrsim.faults.add(fault="truncate", service="s3", bytes=size)

    for number in range(1, 20):
        with pytest.raises(IncompleteRead) as incomplete:
            send(emrsim.port, "GET", "/bucket/key")
        assert len(emrsim.calls()) == number

    assert incomplete.value.partial == b"text"[:came]


def test_truncated_error_breaks_off_too(emrsim: Emulator) -> None:
    emrsim.faults.add(fault="truncate", service="s3", bytes=5)

    with pytest.raises(IncompleteRead) as incomplete:
        send(emrsim.port, "GET", "/bucket/key")

    assert incomplete.value.partial == b"<?xml"
    assert [call.status for call in emrsim.calls()] == [404]


def test_boto3_tries_again_after_a_dropped_connection(emrsim: Emulator) -> None:
    emrsim.faults.add(fault="drop", count=1)

    answer = client(emrsim, "emr", 3).list_clusters()

    assert answer["ResponseMetadata"]["RetryAttempts"] == 1


def test_s3_slows_down_and_boto3_tries_again(emrsim: Emulator) -> None:
    emrsim.put("s3://bucket/key", "text")
    emrsim.faults.add(fault="throttling", service="s3", operation="GetObject", count=2)

    answer = client(emrsim, "s3", 5).get_object(Bucket="bucket", Key="key")

    assert answer["Body"].read() == b"text"
    assert [call.error_code for call in emrsim.calls("GetObject")] == ["SlowDown", "SlowDown", None]


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ({"fault": "throttling"}, 503, "SlowDown"),
        ({"fault": "error"}, 500, "InternalError"),
        ({"fault": "error", "status": 503}, 503, "ServiceUnavailable"),
        ({"fault": "expired-credentials"}, 400, "ExpiredToken"),
    ],
)
def test_errors_of_s3_are_in_its_words(
    emrsim: Emulator, fault: dict[str, Any], status: int, code: str
) -> None:
    emrsim.faults.add({**fault, "service": "s3"})

    with pytest.raises(ClientError) as refused:
        client(emrsim, "s3", 1).put_object(Bucket="bucket", Key="key", Body=b"text")

    assert refused.value.response["Error"]["Code"] == code
    assert refused.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert not (emrsim.root / "bucket").exists()


def test_large_object_is_truncated_too(emrsim: Emulator) -> None:
    emrsim.put("s3://bucket/key", b"x" * 3_000_000)
    emrsim.faults.add(fault="truncate", service="s3", count=1)

    with pytest.raises(IncompleteRead) as incomplete:
        send(emrsim.port, "GET", "/bucket/key")

    assert len(incomplete.value.partial) == 1_500_000
    assert len(send(emrsim.port, "GET", "/bucket/key").body) == 3_000_000


def test_neighbours_fail_in_their_protocol(emrsim: Emulator) -> None:
    emrsim.faults.add(fault="throttling", service="iam", operation="ListRoles")

    with pytest.raises(ClientError) as refused:
        client(emrsim, "iam", 1).list_roles()

    assert refused.value.response["Error"]["Code"] == "ThrottlingException"


def test_faults_are_taken_away_one_by_one_or_all(emrsim: Emulator, emr: Caller) -> None:
    first = emrsim.faults.add(fault="error", operation="RunJobFlow")
    emrsim.faults.add(fault="error", operation="ListClusters")

    emrsim.faults.remove(first)
    emr.run()
    emrsim.faults.clear()
    emr.call("ListClusters")

    assert emrsim.faults.list() == []
    with pytest.raises(KeyError, match="unknown fault 'fault-1'"):
        emrsim.faults.remove(first)


def test_fault_that_is_no_dictionary_is_refused(emrsim: Emulator) -> None:
    with pytest.raises(BadFault, match="is not a fault: expected fields"):
        emrsim.faults.add("drop")

    assert emrsim.faults.list() == []


def test_same_seed_makes_the_same_failures(emrsim: Emulator, emr: Caller) -> None:
    def outcomes() -> list[str | None]:
        emrsim.faults.clear()
        emrsim.journal.clear()
        emrsim.faults.add(fault="error", probability=0.5, seed=3)
        for _ in range(20):
            emr.answer("ListClusters")
        return [call.error_code for call in emrsim.calls()]

    first = outcomes()

    assert outcomes() == first
    assert set(first) == {None, "InternalFailure"}
