"""What the EMR endpoint says to requests that no operation ever sees."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

import pytest

from emrsim import Emulator
from emrsim.api.table import OPERATIONS
from emrsim.web.emr import BODY_BYTES_MAX
from tests.support.calls import Answer, send
from tests.support.snapshots import nothing_changes

FORM = {"Content-Type": "application/x-www-form-urlencoded"}
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


def as_json(emrsim: Emulator, operation: str, body: bytes, **headers: str) -> Answer:
    return send(emrsim.port, body=body, headers={"X-Amz-Target": f"ElasticMapReduce.{operation}", **headers})


def as_form(emrsim: Emulator, body: bytes) -> Answer:
    return send(emrsim.port, body=body, headers=FORM)


def refused_as_json(answer: Answer, code: str, words: str) -> None:
    content = json.loads(answer.body)
    assert (answer.status, answer.headers["content-type"]) == (400, "application/x-amz-json-1.1")
    assert content["__type"] == code
    assert words in (content.get("message") or content.get("Message"))


def refused_as_xml(answer: Answer, code: str, words: str) -> None:
    text = answer.body.decode()
    assert (answer.status, answer.headers["content-type"]) == (400, "text/xml;charset=UTF-8")
    assert f"<Error><Type>Sender</Type><Code>{code}</Code><Message>" in text
    assert words in text


def test_every_answer_has_a_request_id_of_its_own(emrsim: Emulator) -> None:
    answers = [
        as_json(emrsim, "ListClusters", b"{}"),
        as_json(emrsim, "DescribeCluster", b"{}"),
        as_form(emrsim, b"Action=ListClusters"),
        as_form(emrsim, b"Action=Nothing"),
    ]

    ids = [answer.headers["x-amzn-requestid"] for answer in answers]
    assert all(re.fullmatch(UUID, request_id) for request_id in ids)
    assert len(set(ids)) == 4
    for answer, request_id in zip(answers[2:], ids[2:], strict=True):
        assert f"<RequestId>{request_id}</RequestId>" in answer.body.decode()


def test_unknown_operation_is_refused(emrsim: Emulator) -> None:
    words = "Could not find operation MakeCoffee for version 2009-03-31"

    refused_as_json(as_json(emrsim, "MakeCoffee", b"{}"), "UnknownOperationException", words)
    refused_as_xml(as_form(emrsim, b"Action=MakeCoffee"), "InvalidAction", words)


@pytest.mark.parametrize("name", ["", "<b>", "\u00e9", "ListClusters ", "listclusters", "x" * 5000])
def test_name_that_is_no_operation_is_refused_as_well_formed_xml(emrsim: Emulator, name: str) -> None:
    from xml.etree import ElementTree

    answer = as_form(emrsim, f"Action={quote(name)}".encode())

    assert answer.status == 400
    assert ElementTree.fromstring(answer.body).tag.endswith("ErrorResponse")


def test_form_without_an_action_is_refused(emrsim: Emulator) -> None:
    refused_as_xml(as_form(emrsim, b"Version=2009-03-31"), "MissingAction", "Missing Action")
    refused_as_xml(as_form(emrsim, b""), "MissingAction", "Missing Action")


@pytest.mark.parametrize("body", [b"Action=\xff", b"Action=%ff", b"Action=ListClusters&Marker=%e9"])
def test_form_that_is_no_utf8_is_refused(emrsim: Emulator, body: bytes) -> None:
    refused_as_xml(as_form(emrsim, body), "MalformedInput", "not URL-encoded UTF-8")


def test_body_that_is_no_json_is_refused(emrsim: Emulator) -> None:
    refused_as_json(as_json(emrsim, "ListClusters", b"{"), "SerializationException", "not valid JSON")


def test_form_sent_as_json_is_refused(emrsim: Emulator) -> None:
    answer = as_json(emrsim, "ListClusters", b"Action=ListClusters")

    refused_as_json(answer, "SerializationException", "not valid JSON")


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", "multipart/form-data", ""])
def test_content_type_of_json_does_not_matter(emrsim: Emulator, content_type: str) -> None:
    answer = as_json(emrsim, "ListClusters", b"{}", **{"Content-Type": content_type})

    assert (answer.status, json.loads(answer.body)) == (200, {"Clusters": []})


def test_json_without_a_target_is_missing_its_action(emrsim: Emulator) -> None:
    answer = send(emrsim.port, body=b"{}", headers={"Content-Type": "application/x-amz-json-1.1"})

    refused_as_xml(answer, "MissingAction", "Missing Action")


def test_value_of_another_type_is_refused_in_both_protocols(emrsim: Emulator) -> None:
    refused_as_json(
        as_json(emrsim, "DescribeCluster", b'{"ClusterId": ["j"]}'),
        "SerializationException",
        "Start of structure or map found where not expected.",
    )
    refused_as_xml(
        as_form(emrsim, b"Action=RunJobFlow&Name.x=1&Instances=1"), "MalformedInput", "expected type"
    )


@pytest.mark.parametrize("size", [BODY_BYTES_MAX + 1])
def test_body_that_is_too_large_is_refused(emrsim: Emulator, size: int) -> None:
    refused_as_json(as_json(emrsim, "ListClusters", b" " * size), "SerializationException", "larger than")


def test_body_of_the_largest_size_is_read(emrsim: Emulator) -> None:
    assert as_json(emrsim, "ListClusters", b"{}" + b" " * (BODY_BYTES_MAX - 2)).status == 200


def test_deep_nesting_is_refused_and_the_server_stays_up(emrsim: Emulator) -> None:
    deep_json = b'{"Configurations":' + b'[{"Configurations":' * 5000 + b"[]" + b"}]" * 5000 + b"}"
    deep_form = b"Action=RunJobFlow&" + b"Configurations.member.1." * 5000 + b"Classification=x"

    refused_as_json(as_json(emrsim, "RunJobFlow", deep_json), "SerializationException", "")
    refused_as_xml(as_form(emrsim, deep_form), "MalformedInput", "nested too deeply")
    assert as_json(emrsim, "ListClusters", b"{}").status == 200


def test_long_names_without_end_are_passed_over(emrsim: Emulator) -> None:
    assert as_form(emrsim, b"Action=ListClusters&" + b"a." * 20_000 + b"=1").status == 200


def test_same_call_works_as_get_and_as_post(emrsim: Emulator) -> None:
    query = "Action=ListClusters&Version=2009-03-31"

    assert send(emrsim.port, "GET", f"/?{query}").status == 200
    assert as_form(emrsim, query.encode()).status == 200


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused(emrsim: Emulator, method: str) -> None:
    answer = send(emrsim.port, method, "/", headers={"X-Amz-Target": "ElasticMapReduce.ListClusters"})

    assert answer.status == 405


def broken(state: Any, params: dict[str, Any]) -> dict[str, Any]:
    raise ZeroDivisionError("a bug")


@pytest.mark.parametrize(
    "send_call",
    [
        lambda emulator: as_json(emulator, "ListClusters", b"{}"),
        lambda emulator: as_form(emulator, b"Action=ListClusters"),
    ],
    ids=["json", "query"],
)
def test_bug_of_ours_is_no_error_of_aws_and_reaches_the_test(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Any, send_call: Any
) -> None:
    monkeypatch.setitem(OPERATIONS, "ListClusters", broken)
    emulator = Emulator(tmp_path / "s3").start()

    answer = send_call(emulator)
    with pytest.raises(BaseExceptionGroup) as reported:
        emulator.close()

    assert (answer.status, answer.headers["content-type"]) == (501, "text/plain; charset=utf-8")
    assert b"bug of emrsim" in answer.body
    assert [type(bug) for bug in reported.value.exceptions] == [ZeroDivisionError]
    assert "a bug" in capfd.readouterr().err


def test_health_counts_clusters_and_changes_nothing(emrsim: Emulator) -> None:
    with nothing_changes(emrsim):
        health = json.loads(send(emrsim.port, "GET", "/_emrsim/health").body)

    assert (health["status"], health["clusters"], health["bugs"]) == ("ok", 0, 0)


@pytest.mark.parametrize(("method", "path"), [("GET", "/bucket/key"), ("PUT", "/"), ("DELETE", "/x")])
def test_a_path_or_method_that_emr_does_not_have_is_no_page_of_flask(
    emrsim: Emulator, method: str, path: str
) -> None:
    scope = "Credential=k/20261122/us-east-1/elasticmapreduce/aws4_request"
    headers = {"Authorization": f"AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=0"}

    answer = send(emrsim.port, method, path, b"", headers)

    assert answer.status in {404, 405}
    assert b"<Code>InvalidAction</Code>" in answer.body
    assert b"html" not in answer.body
