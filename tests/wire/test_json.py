"""The JSON 1.1 protocol: typed parameters out of a body, and back."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from emrsim.core.errors import (
    InvalidRequestException,
    SerializationException,
    unknown_cluster,
    unknown_job_flow,
)
from emrsim.wire.json import parse, render, render_error
from emrsim.wire.model import emr_model

MODEL = emr_model()
MOMENT = datetime(2013, 7, 15, 21, 23, 49, 500_000, tzinfo=UTC)


def parsed(operation: str, content: Any) -> dict[str, Any]:
    body = content if isinstance(content, bytes) else json.dumps(content).encode()
    return parse(MODEL, MODEL.operations[operation], body)


def rendered(operation: str, result: dict[str, Any]) -> Any:
    return json.loads(render(MODEL, MODEL.operations[operation], result))


def test_parameters_keep_their_types() -> None:
    content = {
        "Name": "n",
        "Instances": {"InstanceCount": 2, "TerminationProtected": False, "InstanceGroups": []},
        "Configurations": [{"Properties": {"a.b": "1"}}],
    }

    assert parsed("RunJobFlow", content) == content


def test_null_counts_as_left_out() -> None:
    assert parsed("RunJobFlow", {"Name": None, "LogUri": "s3://b/"}) == {"LogUri": "s3://b/"}


def test_members_the_model_does_not_know_are_passed_over() -> None:
    assert parsed("DescribeCluster", {"ClusterId": "j", "Colour": "red"}) == {"ClusterId": "j"}


@pytest.mark.parametrize("body", [b"", b"{}", b" {} "])
def test_body_without_members_has_no_parameters(body: bytes) -> None:
    assert parsed("ListClusters", body) == {}


@pytest.mark.parametrize("value", [1373923429.5, "2013-07-15T21:23:49.5Z"])
def test_date_is_epoch_seconds_or_iso(value: object) -> None:
    assert parsed("ListClusters", {"CreatedAfter": value}) == {"CreatedAfter": MOMENT}


def test_whole_number_may_be_written_as_a_fraction() -> None:
    assert parsed("RunJobFlow", {"Instances": {"InstanceCount": 2.0}}) == {"Instances": {"InstanceCount": 2}}


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"nonsense",
        b"\xff\xfe",
        b'{"Name": "\xe9"}',
        b'{"ClusterId": ' + b"9" * 5000 + b"}",
        b"[" * 100_000,
        b'{"a":' * 100_000,
    ],
    ids=["open", "word", "utf16", "latin1", "digits", "arrays", "objects"],
)
def test_body_that_is_no_json_is_refused(body: bytes) -> None:
    with pytest.raises(SerializationException, match="not valid JSON"):
        parsed("DescribeCluster", body)


@pytest.mark.parametrize("body", [b"[]", b"1", b'"x"', b"null", b"true"])
def test_body_that_is_no_object_is_refused(body: bytes) -> None:
    with pytest.raises(SerializationException, match="Start of structure or map found where not expected"):
        parsed("DescribeCluster", body)


@pytest.mark.parametrize(
    ("operation", "content"),
    [
        ("DescribeCluster", {"ClusterId": 1}),
        ("DescribeCluster", {"ClusterId": {}}),
        ("DescribeCluster", {"ClusterId": ["j"]}),
        ("DescribeCluster", {"ClusterId": True}),
        ("RunJobFlow", {"Instances": []}),
        ("RunJobFlow", {"Instances": "x"}),
        ("RunJobFlow", {"Steps": {}}),
        ("RunJobFlow", {"Steps": [None]}),
        ("RunJobFlow", {"Instances": {"InstanceCount": "2"}}),
        ("RunJobFlow", {"Instances": {"InstanceCount": 2.5}}),
        ("RunJobFlow", {"Instances": {"InstanceCount": True}}),
        ("RunJobFlow", {"Instances": {"InstanceCount": 2**31}}),
        ("RunJobFlow", {"Instances": {"InstanceCount": float("nan")}}),
        ("RunJobFlow", {"Instances": {"InstanceCount": float("inf")}}),
        ("RunJobFlow", {"Instances": {"TerminationProtected": "true"}}),
        ("RunJobFlow", {"Instances": {"TerminationProtected": 1}}),
        (
            "RunJobFlow",
            {"Instances": {"InstanceFleets": [{"InstanceTypeConfigs": [{"Priority": float("nan")}]}]}},
        ),
        ("RunJobFlow", {"Configurations": [{"Properties": []}]}),
        ("RunJobFlow", {"Configurations": [{"Properties": {"a": 1}}]}),
        ("RunJobFlow", {"AutoTerminationPolicy": {"IdleTimeout": 2**63}}),
        ("ListClusters", {"CreatedAfter": "yesterday"}),
        ("ListClusters", {"CreatedAfter": 1e300}),
        ("ListClusters", {"CreatedAfter": float("nan")}),
        ("ListClusters", {"CreatedAfter": True}),
        ("ListClusters", {"ClusterStates": "RUNNING"}),
    ],
)
def test_value_of_another_type_is_refused(operation: str, content: dict[str, Any]) -> None:
    with pytest.raises(SerializationException):
        parsed(operation, content)


def configurations(depth: int) -> list[dict[str, Any]]:
    nested: list[dict[str, Any]] = [{"Classification": "innermost"}]
    for _ in range(depth):
        nested = [{"Configurations": nested}]
    return nested


def test_body_nested_deeper_than_an_answer_can_be_is_refused() -> None:
    with pytest.raises(SerializationException, match="nested too deeply"):
        parsed("RunJobFlow", {"Configurations": configurations(100)})


def test_body_nested_as_deep_as_it_may_be_can_be_given_back_in_both_protocols() -> None:
    from emrsim.wire import query

    params = parsed("RunJobFlow", {"Configurations": configurations(49)})
    cluster = {"Cluster": {"Configurations": params["Configurations"]}}

    assert rendered("DescribeCluster", cluster) == cluster
    assert query.render(MODEL, MODEL.operations["DescribeCluster"], cluster, "request-1")


def test_operation_without_output_answers_an_empty_body() -> None:
    assert render(MODEL, MODEL.operations["TerminateJobFlows"], {}) == b""


def test_operation_with_an_empty_output_answers_an_empty_object() -> None:
    assert render(MODEL, MODEL.operations["AddTags"], {}) == b"{}"


def test_date_is_written_in_seconds_with_milliseconds() -> None:
    moment = MOMENT.replace(microsecond=498_123)
    cluster = {"Status": {"Timeline": {"CreationDateTime": moment}}}

    assert rendered("DescribeCluster", {"Cluster": cluster}) == {
        "Cluster": {"Status": {"Timeline": {"CreationDateTime": 1373923429.498}}}
    }


def test_none_and_members_the_model_does_not_know_are_left_out() -> None:
    assert rendered("ListClusters", {"Clusters": [], "Marker": None, "Colour": "red"}) == {"Clusters": []}


@pytest.mark.parametrize(
    ("error", "content"),
    [
        (
            unknown_job_flow(),
            {"__type": "ValidationException", "message": "Specified job flow ID not valid"},
        ),
        (
            unknown_cluster("j-X"),
            {
                "__type": "InvalidRequestException",
                "ErrorCode": "NoSuchCluster",
                "Message": "Cluster id 'j-X' is not valid.",
            },
        ),
        (
            InvalidRequestException("no", "NoSuchCluster"),
            {"__type": "InvalidRequestException", "ErrorCode": "NoSuchCluster", "Message": "no"},
        ),
        (SerializationException("what?"), {"__type": "SerializationException", "Message": "what?"}),
    ],
)
def test_error_has_its_type_and_message(error: Any, content: dict[str, str]) -> None:
    assert json.loads(render_error(error)) == content
