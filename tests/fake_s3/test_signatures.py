"""Signatures of real clients, right and wrong, and of a recorded boto 2.0."""

from __future__ import annotations

import base64
import hashlib
import hmac
import io
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest
from botocore import UNSIGNED

from fake_s3.errors import S3Error
from fake_s3.signatures import verify
from tests.fake_s3.conftest import Endpoint, refused, serve

KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
NOW = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Endpoint]:
    with serve(tmp_path / "root", keys=KEYS) as endpoint:
        signed_client(endpoint).create_bucket(Bucket="bucket")
        yield endpoint


def signed_client(
    endpoint: Endpoint, access_key: str = "AKIDEXAMPLE", secret: str = KEYS["AKIDEXAMPLE"], **config: Any
) -> Any:
    return endpoint.client(access_key, secret, **config)


VERSIONS = pytest.mark.parametrize("version", ["s3v4", "s3"])


@VERSIONS
@pytest.mark.parametrize("key", ["plain", "with space/ünïcode+plus&more=yes?%41", "x~y!*'()"])
def test_signed_requests_pass(guarded: Endpoint, version: str, key: str) -> None:
    s3 = signed_client(guarded, signature_version=version)

    s3.put_object(Bucket="bucket", Key=key, Body=b"body", Metadata={"a_b": "c  d"}, ContentType="text/plain")
    listed = s3.list_objects_v2(Bucket="bucket", Prefix=key, Delimiter="/zz")

    assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == b"body"
    assert [item["Key"] for item in listed["Contents"]] == [key]


@VERSIONS
def test_presigned_urls_pass(guarded: Endpoint, version: str) -> None:
    s3 = signed_client(guarded, signature_version=version)
    put = s3.generate_presigned_url("put_object", {"Bucket": "bucket", "Key": "a b/ü"}, ExpiresIn=60)
    get = s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "a b/ü"}, ExpiresIn=60)

    urlopen(Request(put, b"body", {"Content-Type": ""}, method="PUT")).close()

    with urlopen(get) as answer:
        assert answer.read() == b"body"


@VERSIONS
def test_virtual_hosts_are_signed_too(guarded: Endpoint, version: str) -> None:
    s3 = signed_client(
        guarded,
        signature_version=version,
        s3={"addressing_style": "virtual"},
        proxies={"http": guarded.url},
        endpoint_url="http://s3.amazonaws.com",
    )

    s3.put_object(Bucket="bucket", Key="bucket/k", Body=b"x")

    assert (guarded.root / "bucket/bucket/k").read_bytes() == b"x"


@VERSIONS
def test_wrong_secret_is_refused(guarded: Endpoint, version: str) -> None:
    s3 = signed_client(guarded, secret="wrong", signature_version=version)

    with refused("SignatureDoesNotMatch", 403):
        s3.put_object(Bucket="bucket", Key="k", Body=b"x")
    assert list((guarded.root / "bucket").iterdir()) == []


@VERSIONS
def test_unknown_key_is_refused(guarded: Endpoint, version: str) -> None:
    s3 = signed_client(guarded, access_key="NOBODY", signature_version=version)

    with refused("InvalidAccessKeyId", 403):
        s3.list_objects_v2(Bucket="bucket")


def test_unsigned_request_is_refused(guarded: Endpoint) -> None:
    with refused("AccessDenied", 403):
        signed_client(guarded, signature_version=UNSIGNED).list_objects_v2(Bucket="bucket")


def test_unsigned_request_passes_where_it_is_allowed(tmp_path: Path) -> None:
    with serve(tmp_path / "root", keys=KEYS, allow_anonymous=True) as endpoint:
        (tmp_path / "root/bucket").mkdir()
        s3 = signed_client(endpoint, signature_version=UNSIGNED)

        assert s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 0


def test_tampered_presigned_url_is_refused(guarded: Endpoint) -> None:
    s3 = signed_client(guarded)
    s3.put_object(Bucket="bucket", Key="secret", Body=b"x")
    url = s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "other"})

    with pytest.raises(OSError, match="403"):
        urlopen(url.replace("other", "secret"))


# Signed chunks, by hand: no client at hand sends them over HTTP


class ChunkedPut:
    """A PUT in signed chunks, and what of it may be wrong."""

    def __init__(self, endpoint: Endpoint, chunks: list[bytes], trailer: str = "") -> None:
        self.moment = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
        self.scope = f"{self.moment[:8]}/us-east-1/s3/aws4_request"
        self.endpoint = endpoint
        self.chunks = chunks
        self.trailer = trailer
        key = b"AWS4" + KEYS["AKIDEXAMPLE"].encode()
        for item in self.scope.split("/"):
            key = hmac.new(key, item.encode(), hashlib.sha256).digest()
        self.key = key

    def sign(self, *lines: str) -> str:
        return hmac.new(self.key, "\n".join(lines).encode(), hashlib.sha256).hexdigest()

    def headers(self) -> dict[str, str]:
        headers = {
            "host": f"127.0.0.1:{self.endpoint.port}",
            "x-amz-content-sha256": "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
            + ("-TRAILER" if self.trailer else ""),
            "x-amz-date": self.moment,
            "x-amz-decoded-content-length": str(sum(map(len, self.chunks))),
        }
        if self.trailer:
            headers["x-amz-trailer"] = self.trailer.partition(":")[0]
        return headers

    def send(self, spoil: bytes = b"") -> None:
        headers = self.headers()
        names = ";".join(headers)
        lines = "".join(f"{name}:{value}\n" for name, value in headers.items())
        canonical = f"PUT\n/bucket/k\n\n{lines}\n{names}\n{headers['x-amz-content-sha256']}"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        seed = self.sign("AWS4-HMAC-SHA256", self.moment, self.scope, digest)
        body = self.body(seed)
        headers["Authorization"] = (
            f"AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/{self.scope},SignedHeaders={names},Signature={seed}"
        )
        if spoil:
            body = body.replace(spoil, spoil.swapcase())
        urlopen(Request(f"{self.endpoint.url}/bucket/k", body, headers, method="PUT")).close()

    def body(self, signature: str) -> bytes:
        body = b""
        empty = hashlib.sha256(b"").hexdigest()
        for chunk in [*self.chunks, b""]:
            digest = hashlib.sha256(chunk).hexdigest()
            signature = self.sign(
                "AWS4-HMAC-SHA256-PAYLOAD", self.moment, self.scope, signature, empty, digest
            )
            body += f"{len(chunk):x};chunk-signature={signature}\r\n".encode() + chunk + b"\r\n" * bool(chunk)
        if self.trailer:
            digest = hashlib.sha256(self.trailer.encode() + b"\n").hexdigest()
            signature = self.sign("AWS4-HMAC-SHA256-TRAILER", self.moment, self.scope, signature, digest)
            body += f"{self.trailer}\r\nx-amz-trailer-signature:{signature}\r\n".encode()
        return body + b"\r\n"


def test_signed_chunks_pass(guarded: Endpoint) -> None:
    ChunkedPut(guarded, [b"a" * 70_000, b"rest"]).send()

    assert (guarded.root / "bucket/k").read_bytes() == b"a" * 70_000 + b"rest"


def test_signed_chunks_with_a_signed_trailer_pass(guarded: Endpoint) -> None:
    crc32 = base64.b64encode(zlib.crc32(b"chunky").to_bytes(4, "big")).decode()
    ChunkedPut(guarded, [b"chun", b"ky"], f"x-amz-checksum-crc32:{crc32}").send()

    assert (guarded.root / "bucket/k").read_bytes() == b"chunky"


def test_changed_chunk_is_refused_and_nothing_stored(guarded: Endpoint) -> None:
    with pytest.raises(OSError, match="403"):
        ChunkedPut(guarded, [b"chun", b"ky"]).send(spoil=b"chun")

    assert list((guarded.root / "bucket").iterdir()) == []


# The Query services' version 2, and times, against the function itself


def recorded_form() -> dict[str, str]:
    """A form as boto 2.0 signs it, for NOW."""
    form = {
        "AWSAccessKeyId": "AKIDEXAMPLE",
        "Action": "DescribeJobFlows",
        "SignatureMethod": "HmacSHA256",
        "SignatureVersion": "2",
        "Timestamp": "2026-11-22T12:00:00Z",
        "Version": "2009-03-31",
        "JobFlowIds.member.1": "j 1*~",
    }
    query = urlencode(sorted(form.items())).replace("+", "%20").replace("*", "%2A").replace("%7E", "~")
    to_sign = f"POST\n127.0.0.1:8102\n/\n{query}"
    digest = hmac.new(KEYS["AKIDEXAMPLE"].encode(), to_sign.encode(), hashlib.sha256).digest()
    return {**form, "Signature": base64.b64encode(digest).decode()}


def query_environ() -> dict[str, Any]:
    return {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "QUERY_STRING": "",
        "HTTP_HOST": "127.0.0.1:8102",
        "wsgi.input": io.BytesIO(),
    }


def verify_form(form: dict[str, str], now: datetime = NOW, extra: bytes = b"", **environ: str) -> str | None:
    """Who signed a call with this form, to which `extra` is added."""
    body = urlencode(form).encode() + extra
    asked = {**query_environ(), "CONTENT_TYPE": "application/x-www-form-urlencoded; charset=utf-8", **environ}
    return verify(asked, KEYS, now, "elasticmapreduce", body)


def test_query_form_passes() -> None:
    form = recorded_form()

    assert verify_form(form) == "AKIDEXAMPLE"


def test_changed_query_form_is_refused() -> None:
    form = {**recorded_form(), "Action": "TerminateJobFlows"}

    with pytest.raises(S3Error) as caught:
        verify_form(form)

    assert caught.value.code == "SignatureDoesNotMatch"


def test_old_query_form_is_refused() -> None:
    with pytest.raises(S3Error) as caught:
        verify_form(recorded_form(), now=NOW + timedelta(minutes=16))

    assert caught.value.code == "RequestTimeTooSkewed"


@pytest.mark.parametrize(
    ("extra", "environ"),
    [
        (b"&Action=RunJobFlow", {}),
        (b"&Steps.member.1.Name=x", {}),
        (b"", {"QUERY_STRING": "Action=RunJobFlow"}),
        (b"", {"QUERY_STRING": "Marker=x"}),
        (b"", {"CONTENT_TYPE": "text/plain"}),
        (b"", {"HTTP_X_AMZ_TARGET": "ElasticMapReduce.RunJobFlow"}),
        (b"&Name=%ff", {}),
    ],
)
def test_nothing_can_be_added_to_a_signed_form(extra: bytes, environ: dict[str, str]) -> None:
    with pytest.raises(S3Error):
        verify_form(recorded_form(), extra=extra, **environ)


def test_old_signature_of_s3_is_none_of_another_service() -> None:
    """S3's own version 2 covers no parameters: ListBuckets, captured, would be any Query call."""
    date = "Sun, 22 Nov 2026 12:00:00 GMT"
    digest = hmac.new(KEYS["AKIDEXAMPLE"].encode(), f"GET\n\n\n{date}\n/".encode(), hashlib.sha1).digest()
    authorization = f"AWS AKIDEXAMPLE:{base64.b64encode(digest).decode()}"
    captured = {**query_environ(), "REQUEST_METHOD": "GET", "HTTP_DATE": date}
    captured["HTTP_AUTHORIZATION"] = authorization

    assert verify(captured, KEYS, NOW) == "AKIDEXAMPLE"

    with pytest.raises(S3Error):
        verify({**captured, "QUERY_STRING": "Action=RunJobFlow"}, KEYS, NOW, "elasticmapreduce")


@VERSIONS
def test_headers_cannot_be_added_to_a_presigned_url(guarded: Endpoint, version: str) -> None:
    s3 = signed_client(guarded, signature_version=version)
    s3.put_object(Bucket="bucket", Key="secret", Body=b"secret")
    put = s3.generate_presigned_url("put_object", {"Bucket": "bucket", "Key": "mine", "ACL": "private"})

    for header in ({"x-amz-copy-source": "/bucket/secret"}, {"x-amz-acl": "public-read"}):
        with pytest.raises(OSError, match="403"):
            urlopen(Request(put, b"", {"Content-Type": "", **header}, method="PUT"))

    assert not (guarded.root / "bucket/mine").exists()


def test_key_of_another_day_signs_nothing(guarded: Endpoint) -> None:
    put = ChunkedPut(guarded, [b"abc"])
    put.scope = "20200101/us-east-1/s3/aws4_request"
    key = b"AWS4" + KEYS["AKIDEXAMPLE"].encode()
    for item in put.scope.split("/"):
        key = hmac.new(key, item.encode(), hashlib.sha256).digest()
    put.key = key

    with pytest.raises(OSError, match="400"):
        put.send()


def test_unsigned_request_is_nobodys() -> None:
    assert verify(query_environ(), KEYS, NOW) is None
