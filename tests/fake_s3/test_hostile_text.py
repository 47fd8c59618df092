"""No text of a request costs more than its length, and none is taken for a bug of ours.

Work is counted as CPU time of this thread, for a text and for one sixteen times as long: a parser that goes
back over the text takes 256 times as long, and more. What is too short to be measured is no danger.
"""

from __future__ import annotations

import base64
import http.client
import io
import json
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from waitress.adjustments import Adjustments
from werkzeug.datastructures import EnvironHeaders
from werkzeug.wrappers import Request

from fake_s3 import acl
from fake_s3.address import address, host_of, require_utf8_query
from fake_s3.body import Body, announced_algorithm
from fake_s3.browser import refuse_foreign
from fake_s3.conditions import check_read, write_check
from fake_s3.errors import S3Error
from fake_s3.handlers.listings import _read_token
from fake_s3.headers import as_environ, content_headers, storage_headers, tagging_header
from fake_s3.keys import bucket_path, new_bucket_path, object_path
from fake_s3.listing import Query, list_page
from fake_s3.metadata import Details
from fake_s3.operations import operation_of
from fake_s3.post_policy import check_policy
from fake_s3.ranges import parse_range
from fake_s3.server import _Parser
from fake_s3.signatures import require_unexpired, verify
from fake_s3.signed_request import parse_time
from fake_s3.store import ObjectInfo
from tests.fake_s3.conftest import Endpoint

NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEYS = {"AKID": "secret"}
INFO = ObjectInfo("k", 10, 0, "0" * 32, Details())
LENGTH = 4_000
FACTOR = 16
# Bits of the grammars of all parsers; each is repeated to a long text, and stands in front of one.
UNITS = [
    " ", "\t", "=", "-", ",", ";", ":", ".", "/", "&", "+", "%", "%2F", '"', "\\", "0", "9", "a", "A", "é",
    "(", "[", "<", "a,", "a=b,", "a=b&", "a;", "0-", "bytes=", "bytes=0-1,", 'id="', "id = ", "W/", "..",
    "./", ".s3-aa",
    "s3.", "-aa", "Credential=", "Mon, ", "2026-", "http://", "@", "::", "\x00", "aws-chunked,",
    "${filename}",
]  # fmt: skip


def environ_of(**values: str) -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "GET",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "HTTP_HOST": "localhost",
        "wsgi.input": io.BytesIO(),
        "wsgi.url_scheme": "http",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        **values,
    }


def headers_of(name: str, value: str) -> EnvironHeaders:
    return EnvironHeaders(as_environ({name: value}))


def policy_of(text: str) -> str:
    document = {"expiration": "2030-01-01T00:00:00Z", "conditions": [["eq", "$key", text], {text: text}]}
    return base64.b64encode(json.dumps(document).encode()).decode()


PARSERS: dict[str, Callable[[str], object]] = {
    "range": lambda text: parse_range(text, 10),
    "range of digits": lambda text: parse_range(f"bytes={text}-{text}", 10),
    "grant": lambda text: acl.from_headers(headers_of("x-amz-grant-read", text)),
    "canned acl": lambda text: acl.from_headers(headers_of("x-amz-acl", text)),
    "tags": lambda text: tagging_header(headers_of("x-amz-tagging", text)),
    "metadata": lambda text: content_headers(headers_of("x-amz-meta-a", text)),
    "encoding": lambda text: content_headers(headers_of("content-encoding", text)),
    "storage class": lambda text: storage_headers(headers_of("x-amz-storage-class", text)),
    "trailer": lambda text: announced_algorithm(headers_of("x-amz-trailer", text)),
    "host": lambda text: (host_of(environ_of(HTTP_HOST=text)), address(environ_of(HTTP_HOST=text))),
    "uri": lambda text: address(environ_of(REQUEST_URI=text)),
    "origin": lambda text: refuse_foreign(environ_of(HTTP_ORIGIN=text)),
    "foreign host": lambda text: refuse_foreign(environ_of(HTTP_HOST=text)),
    "etags": lambda text: check_read({"If-Match": text}.get, INFO),
    "no etags": lambda text: check_read({"If-None-Match": text}.get, INFO),
    "written etags": lambda text: (write_check({"If-Match": text}.get, "k") or str)(INFO),
    "modified": lambda text: check_read({"If-Modified-Since": text}.get, INFO),
    "header": lambda text: parsed(f"x:{text}x"),
    "header of nothing": lambda text: parsed(f"x:{text}"),
    "rejected header": lambda text: parsed(f"x:{text}\0"),
    "folded header": lambda text: parsed(f"x:\r\n {text}x"),
    "headers": lambda text: parsed(text.replace("a", "a:\r\n") + "a: b"),
    "start line": lambda text: parsed("", f"GET /{text} HTTP/1.1"),
    "time": parse_time,
    "operation": lambda text: operation_of(environ_of(QUERY_STRING=text)),
    "query": lambda text: arguments_of(environ_of(QUERY_STRING=text)),
    "content type": lambda text: Request(environ_of(CONTENT_TYPE=text)).mimetype,
    "form boundary": lambda text: (
        Request(environ_of(CONTENT_TYPE=f"multipart/form-data; {text}")).mimetype_params
    ),
    "signature": lambda text: verify(environ_of(HTTP_AUTHORIZATION=f"AWS4-HMAC-SHA256 {text}"), KEYS, NOW),
    "credential": lambda text: verify(
        environ_of(HTTP_AUTHORIZATION=f"AWS4-HMAC-SHA256 Credential={text}, SignedHeaders=host, Signature=0"),
        KEYS,
        NOW,
    ),
    "signed headers": lambda text: verify(signed_by(text), KEYS, NOW),
    "old signature": lambda text: verify(environ_of(HTTP_AUTHORIZATION=f"AWS {text}"), KEYS, NOW),
    "signed query": lambda text: verify(environ_of(QUERY_STRING=f"X-Amz-Algorithm={text}"), KEYS, NOW),
    "expiry": lambda text: require_unexpired(
        environ_of(QUERY_STRING=f"AWSAccessKeyId=AKID&Signature=x&Expires={text}"), NOW
    ),
    "form signature": lambda text: verify(
        environ_of(CONTENT_TYPE="application/x-www-form-urlencoded"), KEYS, NOW, "sts", text.encode()
    ),
    "policy": lambda text: check_policy(policy_of(text), {"key": text}, 1, NOW),
    "policy in base64": lambda text: check_policy(text, {}, 1, NOW),
    "deep policy": lambda text: check_policy(base64.b64encode(text.encode()).decode(), {}, 1, NOW),
    "bucket": lambda text: bucket_path(Path("/nowhere"), text),
    "new bucket": lambda text: new_bucket_path(Path("/nowhere"), text),
    "key": lambda text: object_path(Path("/nowhere/b"), text),
    "prefix": lambda text: list_page(lambda _: iter(["a", "b"]), Query(text, text, text)),
    "token": _read_token,
    "decoded length": lambda text: list(chunked(b"0\r\n\r\n", text)),
    "chunk size": lambda text: list(chunked(text.encode() + b"\r\n", "1")),
    "trailers": lambda text: list(chunked(b"0\r\n" + text.encode() + b"\r\n\r\n", "0")),
}


def parsed(header: str, start_line: str = "GET / HTTP/1.1") -> object:
    parser = _Parser(Adjustments())
    parser.received(f"{start_line}\r\nHost: a\r\n{header}\r\n\r\n".encode())
    return parser.headers


def arguments_of(environ: dict[str, Any]) -> object:
    require_utf8_query(environ)
    return Request(environ).args


def signed_by(headers: str) -> dict[str, Any]:
    """A request with a header of 100 KB, signed by these headers."""
    scope = "AKID/20261122/us-east-1/s3/aws4_request"
    authorization = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders={headers};host, Signature=0"
    return environ_of(
        HTTP_AUTHORIZATION=authorization,
        HTTP_X_AMZ_DATE="20261122T120000Z",
        HTTP_X_AMZ_CONTENT_SHA256="UNSIGNED-PAYLOAD",
        HTTP_A="x " * 50_000,
    )


def chunked(body: bytes, length: str) -> Body:
    environ = environ_of(
        HTTP_X_AMZ_CONTENT_SHA256="STREAMING-UNSIGNED-PAYLOAD-TRAILER",
        HTTP_X_AMZ_DECODED_CONTENT_LENGTH=length,
        CONTENT_LENGTH=str(len(body)),
    )
    environ["wsgi.input"] = io.BytesIO(body)
    return Body(environ)


def cpu_seconds(parse: Callable[[str], object], text: str) -> float:
    """What a text costs; what it is rejected with has to be an error of S3's."""
    began = time.thread_time()
    with suppress(S3Error):
        try:
            parse(text)
        except Exception as caught:
            if type(caught).__name__ != "NotModified":
                raise
    return time.thread_time() - began


@pytest.mark.parametrize("name", PARSERS)
def test_no_text_costs_more_than_its_length_or_is_taken_for_a_bug(name: str) -> None:
    parse = PARSERS[name]
    for unit in UNITS:
        for text in (unit * (LENGTH // len(unit)), f"bytes=0{unit * (LENGTH // len(unit))}x"):
            short = min(cpu_seconds(parse, text) for _ in range(2))
            if short * FACTOR**2 < 0.05:
                continue  # even a quadratic one would be harmless, whatever the clock's grain is
            long = min(cpu_seconds(parse, text * FACTOR) for _ in range(2))
            assert long < max(0.02, short * FACTOR * 4), (unit, short, long)


@pytest.mark.parametrize("name", PARSERS)
def test_a_long_text_is_answered_at_once(name: str) -> None:
    """Of 64 KB: what a header may be."""
    for unit in UNITS:
        assert cpu_seconds(PARSERS[name], unit * (LENGTH * FACTOR // len(unit))) < 0.5, unit


# The same over HTTP: an answer of S3's


def answer_to(
    endpoint: Endpoint, method: str, path: str, body: bytes = b"", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=30)
    connection._encode_request = lambda request: request.encode("latin-1")  # type: ignore[attr-defined]
    connection.request(method, path, body, headers or {})
    with connection.getresponse() as answer:
        content = answer.read()
    connection.close()
    return answer.status, content


STREAMING = {"x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER"}
DIGITS = "9" * 5000


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/bucket/k?response-content-type=a%0d%0ab", {}, 400),
        ("GET", "/bucket/k?response-content-disposition=a%00b", {}, 400),
        ("HEAD", "/bucket/k?response-expires=%0a", {}, 400),
        ("GET", "/bucket/k?response-content-language=%C3%A9", {}, 200),
        ("GET", "/bucket/k", {"Range": f"bytes={DIGITS}-"}, 416),
        ("GET", "/bucket/k", {"Range": f"bytes=0-{DIGITS}"}, 206),
        ("GET", "/bucket/k", {"Range": f"bytes=-{DIGITS}"}, 206),
        ("GET", "/bucket/k", {"Range": "bytes=\u0660-\u0663"}, 200),
        ("GET", f"/bucket/k?partNumber={DIGITS}", {}, 416),
        ("GET", f"/bucket?max-keys={DIGITS}", {}, 400),
        ("GET", "/bucket?max-keys=%D9%A3", {}, 400),
        ("GET", f"/bucket/k?AWSAccessKeyId=a&Signature=b&Expires={DIGITS}", {}, 403),
        ("GET", "/bucket/k?AWSAccessKeyId=a&Signature=b&Expires=%D9%A3", {}, 403),
        ("PUT", f"/bucket/k?partNumber={DIGITS}&uploadId=x", {}, 400),
        ("GET", "/bucket?prefix=%E9&delimiter=\xe9", {}, 400),
        ("GET", "/bucket?list-type=2&continuation-token=%C3%A9", {}, 400),
        ("PUT", "/bucket/c", {"x-amz-copy-source": "/bucket/k", "x-amz-metadata-directive": "x"}, 400),
    ],
)
def test_bad_text_is_a_mistake_of_the_clients(
    s3: Any, endpoint: Endpoint, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"content")
    sent = {name: value.encode().decode("latin-1") for name, value in headers.items()}

    assert answer_to(endpoint, method, path, b"", sent)[0] == status


PRESIGNED = (
    "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a/b&X-Amz-SignedHeaders=host&X-Amz-Signature=x"
)


@pytest.mark.parametrize(
    ("date", "expires"),
    [
        ("99991231T235959Z", "604800"),
        ("00010101T000000Z", "1"),
        ("0001-01-01T00:00:00+23:59", "1"),
        ("9999-12-31T23:59:59-23:59", "1"),
        (DIGITS, "1"),
        ("20261122T120000Z", DIGITS),
        ("20261122T120000Z", "1_0"),
        ("20261122T120000Z", "%D9%A3"),
        ("Mon", "1"),
        ("1", "1"),
    ],
)
def test_strange_times_of_a_presigned_url_are_rejected(
    s3: Any, endpoint: Endpoint, date: str, expires: str
) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"content")

    status, _ = answer_to(endpoint, "GET", f"/bucket/k?X-Amz-Date={date}&X-Amz-Expires={expires}{PRESIGNED}")

    assert status == 403


@pytest.mark.parametrize("length", ["abc", "-1", "+3", "3.0", "٣", "0x3", "1_0", DIGITS, ""])
def test_a_decoded_length_that_is_no_number_stores_nothing(s3: Any, endpoint: Endpoint, length: str) -> None:
    headers = {**STREAMING, "x-amz-decoded-content-length": length.encode().decode("latin-1")}

    status, _ = answer_to(endpoint, "PUT", "/bucket/k", b"3\r\nabc\r\n0\r\n\r\n", headers)

    assert status in {400, 411}
    assert not (endpoint.root / "bucket/k").exists()


@pytest.mark.parametrize(
    "size", [b"0x3", b"+3", b" 3", b"3 ", b"-3", b"0_3", b"", b"3\t", b"\xd9\xa3", b"0" * 17 + b"3"]
)
def test_a_chunk_size_is_hex_digits_alone(s3: Any, endpoint: Endpoint, size: bytes) -> None:
    headers = {**STREAMING, "x-amz-decoded-content-length": "3"}

    status, _ = answer_to(endpoint, "PUT", "/bucket/k", size + b"\r\nabc\r\n0\r\n\r\n", headers)

    assert status == 400
    assert not (endpoint.root / "bucket/k").exists()


@pytest.mark.parametrize("depth", [500, 100_000])
def test_a_deep_document_is_malformed(s3: Any, endpoint: Endpoint, depth: int) -> None:
    deep = b'{"Statement": ' + b"[" * depth + b"]" * depth + b"}"
    answers = [
        answer_to(endpoint, "PUT", "/bucket?policy", b'{"Statement": ' + b"[" * depth),
        answer_to(endpoint, "PUT", "/bucket?tagging", b"<Tagging>" + b"<a>" * depth),
        answer_to(endpoint, "PUT", "/bucket?lifecycle", b"<a>" * depth + b"</a>" * depth),
    ]
    status, _ = answer_to(endpoint, "PUT", "/bucket?policy", deep)

    assert [status for status, _ in answers] == [400, 400, 400]
    assert status in {204, 400}


def form_of(fields: dict[str, str], filename: str) -> bytes:
    text = "".join(
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    )
    file = f'--x\r\nContent-Disposition: form-data; name="file"; filename="{filename}"\r\n\r\nx\r\n--x--\r\n'
    return (text + file).encode()


@pytest.mark.parametrize(
    ("fields", "filename"),
    [
        ({"key": "k", "x-amz-meta-a": "${filename}" * 10_000}, "f" * 20_000),
        ({"key": "${filename}" * 100}, "f" * 1000),
        ({"key": "k", "policy": "x" * 30_000}, "f"),
    ],
)
def test_a_form_cannot_multiply_itself(
    s3: Any, endpoint: Endpoint, fields: dict[str, str], filename: str
) -> None:
    headers = {"Content-Type": "multipart/form-data; boundary=x"}

    status, content = answer_to(endpoint, "POST", "/bucket", form_of(fields, filename), headers)

    assert (status, b"MaxPostPreDataLengthExceeded" in content) == (400, True)


def test_a_document_in_chunks_of_one_byte_costs_its_length() -> None:
    def cost(length: int) -> float:
        body = chunked(b"1\r\nx\r\n" * length + b"0\r\n\r\n", str(length))
        began = time.thread_time()
        for _ in body:
            pass
        return time.thread_time() - began

    assert cost(40_000) < 16 * max(cost(10_000), 0.001)
