"""Whose request is it? Each row of the gateway's table, over a real port."""

from __future__ import annotations

import pytest

from emrsim import Emulator
from tests.support.calls import Answer, send
from tests.support.sockets import exchange

FORM = "application/x-www-form-urlencoded; charset=UTF-8"
LIST_CLUSTERS = b"Action=ListClusters&Version=2009-03-31"


def signed_for(service: str, region: str = "us-east-1") -> str:
    scope = f"20261122/{region}/{service}/aws4_request"
    return f"AWS4-HMAC-SHA256 Credential=AKID/{scope},SignedHeaders=host;x-amz-date,Signature=00"


def answered_by(answer: Answer) -> str:
    """Which part of emrsim an answer comes from."""
    body = answer.body.decode()
    if answer.status == 501 and "does not answer for the service" in body:
        return "nobody"
    if "ListAllMyBucketsResult" in body or "<Error><Code>" in body:
        return "s3"
    if "elasticmapreduce.amazonaws.com/doc" in body:
        return "emr query"
    if answer.headers["content-type"] == "application/x-amz-json-1.1":
        return "emr json"
    return "control" if '"status"' in body else body


@pytest.mark.parametrize(
    ("request_line", "headers", "body", "owner"),
    [
        ("GET /_emrsim/health", {}, b"", "control"),
        ("GET /_emrsim/health", {"Authorization": signed_for("s3")}, b"", "control"),
        ("POST /", {"X-Amz-Target": "ElasticMapReduce.ListClusters"}, b"{}", "emr json"),
        (
            "POST /",
            {"X-Amz-Target": "ElasticMapReduce.ListClusters", "Authorization": signed_for("s3")},
            b"{}",
            "emr json",
        ),
        ("POST /", {"X-Amz-Target": "DynamoDB_20120810.ListTables"}, b"{}", "nobody"),
        ("POST /", {"X-Amz-Target": "nonsense"}, b"{}", "nobody"),
        ("GET /", {"Authorization": signed_for("s3")}, b"", "s3"),
        ("GET /?Action=ListClusters", {"Authorization": signed_for("s3")}, b"", "s3"),
        ("GET /", {"Authorization": signed_for("elasticmapreduce")}, b"", "emr query"),
        ("GET /", {"Authorization": signed_for("elasticmapreduce", "eu-west-1")}, b"", "emr query"),
        (
            "POST /",
            {"Authorization": signed_for("nonsense"), "Content-Type": FORM},
            b"Action=ListQueues",
            "nobody",
        ),
        ("GET /?X-Amz-Credential=AKID%2F20261122%2Fus-east-1%2Fs3%2Faws4_request", {}, b"", "s3"),
        (
            "GET /?X-Amz-Credential=AKID%2F20261122%2Fus-east-1%2Felasticmapreduce%2Faws4_request",
            {},
            b"",
            "emr query",
        ),
        ("GET /", {"Host": "elasticmapreduce.us-east-1.amazonaws.com"}, b"", "emr query"),
        ("GET /", {"Host": "eu-west-1.elasticmapreduce.amazonaws.com:80"}, b"", "emr query"),
        ("GET /", {"Host": "elasticmapreduce.example.com"}, b"", "s3"),
        ("GET /?Action=ListClusters", {}, b"", "emr query"),
        ("POST /", {"Content-Type": FORM}, LIST_CLUSTERS, "emr query"),
        ("POST /", {"Content-Type": FORM}, b"", "emr query"),
        ("GET /", {}, b"", "s3"),
        ("GET /bucket?Action=ListClusters", {}, b"", "s3"),
        ("POST /bucket", {"Content-Type": FORM}, LIST_CLUSTERS, "s3"),
    ],
)
def test_request_goes_to_its_owner(
    emrsim: Emulator, request_line: str, headers: dict[str, str], body: bytes, owner: str
) -> None:
    method, target = request_line.split(" ", 1)

    assert answered_by(send(emrsim.port, method, target, body, headers)) == owner


@pytest.mark.parametrize(
    ("host", "owner"),
    [("elasticmapreduce.us-east-1.amazonaws.com", "emr query"), ("s3.amazonaws.com", "s3")],
)
def test_request_of_a_proxy_client_goes_to_the_host_it_names(emrsim: Emulator, host: str, owner: str) -> None:
    target = f"http://{host}/?Action=ListClusters&Version=2009-03-31" if owner != "s3" else f"http://{host}/"

    answer = exchange(emrsim.port, f"GET {target} HTTP/1.1\r\nHost: {host}\r\n\r\n".encode())

    assert answered_by(answer) == owner


def test_post_of_a_proxy_client_is_understood(emrsim: Emulator) -> None:
    host = "elasticmapreduce.us-east-1.amazonaws.com"
    head = (
        f"POST http://{host}/ HTTP/1.1\r\nHost: {host}\r\nContent-Type: {FORM}\r\nContent-Length: 38\r\n\r\n"
    )

    answer = exchange(emrsim.port, head.encode() + LIST_CLUSTERS)

    assert b"<ListClustersResult><Clusters/></ListClustersResult>" in answer.body


@pytest.mark.parametrize(
    ("content_type", "message"),
    [
        (
            FORM,
            b"<ErrorResponse><Error><Type>Receiver</Type><Code>NotImplemented</Code><Message>emrsim does not",
        ),
        ("application/x-amz-json-1.0", b'{"__type": "NotImplemented", "message": "emrsim does not'),
    ],
)
def test_refused_service_is_named_in_the_protocol_of_the_call(
    emrsim: Emulator, content_type: str, message: bytes
) -> None:
    answer = send(
        emrsim.port, headers={"Authorization": signed_for("nonsense"), "Content-Type": content_type}
    )

    assert answer.status == 501
    assert answer.body.startswith(message)
    assert b"the service nonsense" in answer.body
