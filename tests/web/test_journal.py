"""The journal: every request as it was asked and answered."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

import emrsim.service.journal as journal_module
from emrsim import Emulator
from emrsim.boto2 import emr_connection
from emrsim.service.journal import Entry
from tests.support.calls import Caller, Refused, send


def test_call_has_its_parameters_and_result_in_the_apis_terms(emrsim: Emulator, emr: Caller) -> None:
    made = emr.run(Tags=[{"Key": "a", "Value": "b"}])

    call = emrsim.calls("RunJobFlow")[0]
    assert call.parameters["Tags"] == [{"Key": "a", "Value": "b"}]
    assert call.parameters["Instances"]["KeepJobFlowAliveWhenNoSteps"] is True
    assert call.result is not None
    assert call.result["JobFlowId"] == made
    assert (call.service, call.status, call.error_code) == ("emr", 200, None)


def test_refused_call_has_the_code_of_its_protocol(emrsim: Emulator, emr: Caller) -> None:
    with pytest.raises(Refused):
        emr.call("TerminateJobFlows", JobFlowIds=["j-NONE"])

    call = emrsim.calls()[0]
    assert call.error_code == ("ValidationError" if emr.protocol == "query" else "ValidationException")
    assert (call.parameters, call.result) == ({"JobFlowIds": ["j-NONE"]}, None)


def test_calls_are_in_their_order_and_have_their_client(emrsim: Emulator, emr_client: Any) -> None:
    emr_client.list_clusters()
    emr_connection(emrsim.host, emrsim.port).describe_jobflows()

    calls = emrsim.calls()
    assert [call.operation for call in calls] == ["ListClusters", "DescribeJobFlows"]
    assert [call.number for call in calls] == [1, 2]
    assert "Boto3" in calls[0].client
    assert "Boto/2.49" in calls[1].client
    assert calls[0].time <= calls[1].time


def test_requests_to_s3_are_named(emrsim: Emulator, s3_client: Any) -> None:
    s3_client.create_bucket(Bucket="bucket")
    s3_client.put_object(Bucket="bucket", Key="a/key", Body=b"text")
    s3_client.copy_object(Bucket="bucket", Key="copy", CopySource="bucket/a/key")
    s3_client.list_objects_v2(Bucket="bucket", Prefix="a/")
    with pytest.raises(s3_client.exceptions.NoSuchKey):
        s3_client.get_object(Bucket="bucket", Key="missing")

    named = [
        (call.operation, call.parameters.get("Key"), call.error_code) for call in emrsim.calls(service="s3")
    ]
    assert named == [
        ("CreateBucket", None, None),
        ("PutObject", "a/key", None),
        ("CopyObject", "copy", None),
        ("ListObjectsV2", None, None),
        ("GetObject", "missing", "NoSuchKey"),
    ]
    assert emrsim.calls("ListObjectsV2")[0].parameters["prefix"] == "a/"


def test_unreadable_requests_are_there_too(emrsim: Emulator) -> None:
    send(emrsim.port, headers={"X-Amz-Target": "ElasticMapReduce.NoSuchThing"}, body=b"{}")
    send(emrsim.port, headers={"X-Amz-Target": "ElasticMapReduce.ListClusters"}, body=b"{")

    assert [(call.operation, call.error_code) for call in emrsim.calls()] == [
        ("NoSuchThing", "UnknownOperationException"),
        ("ListClusters", "SerializationException"),
    ]


def test_requests_of_the_control_interface_are_not_there(emrsim: Emulator) -> None:
    send(emrsim.port, "GET", "/_emrsim/health")

    assert emrsim.calls() == []


def test_who_polls_does_not_push_out_what_was_done(emrsim: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    emr = Caller(emrsim.port, "json")
    emr.run()
    for _ in range(journal_module.READS_MAX + 10):
        emrsim.journal.record(one("ListClusters"))

    assert len(emrsim.calls("RunJobFlow")) == 1
    assert len(emrsim.calls("ListClusters")) == journal_module.READS_MAX
    assert emrsim.journal.left_out == 10


def test_large_requests_leave_room_for_fewer(emrsim: Emulator) -> None:
    for _ in range(5):
        emrsim.journal.record(one("RunJobFlow", size_bytes=10 << 20))

    assert len(emrsim.calls()) == 3
    assert emrsim.journal.left_out == 2


def test_cleared_journal_begins_anew(emrsim: Emulator, emr: Caller) -> None:
    emr.call("ListClusters")
    emrsim.journal.clear()
    emr.call("ListClusters")

    assert [call.number for call in emrsim.calls()] == [1]


def test_results_of_requests_that_only_look_are_not_kept(emrsim: Emulator, emr: Caller) -> None:
    emr.call("ListClusters")

    assert emrsim.calls("ListClusters")[0].result is None


def one(operation: str, size_bytes: int = 0) -> Entry:
    """A request that could have been."""
    now = datetime.now(UTC)
    return Entry(now, "emr", operation, {}, None, {}, 200, b"", "", 0.0, size_bytes, ())
