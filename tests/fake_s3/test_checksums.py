"""Checksums: verified, kept, given back; and bodies in chunks."""

from __future__ import annotations

import base64
import hashlib
import http.client
import zlib
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from fake_s3.checksums import ALGORITHMS, hasher
from tests.fake_s3.conftest import Endpoint, refused

BODY = b"123456789"
# Published check values: of the CRCs in the catalogue of parametrised CRC algorithms ("check", the CRC of
# 123456789), of the hashes by other programs.
CHECK_VALUES = {
    "CRC32": "cbf43926",
    "CRC32C": "e3069283",
    "CRC64NVME": "ae8b14860a799888",
    "SHA1": hashlib.sha1(BODY).hexdigest(),
    "SHA256": hashlib.sha256(BODY).hexdigest(),
    "SHA512": hashlib.sha512(BODY).hexdigest(),
    "MD5": hashlib.md5(BODY).hexdigest(),
    "XXHASH64": "8cb841db40e6ae83",
}


def encoded(algorithm: str) -> str:
    return base64.b64encode(bytes.fromhex(CHECK_VALUES[algorithm])).decode()


def put(endpoint: Endpoint, headers: dict[str, str], body: bytes = BODY) -> Any:
    return urlopen(Request(f"{endpoint.url}/bucket/k", body, headers, method="PUT"))


@pytest.mark.parametrize("algorithm", CHECK_VALUES)
def test_checksum_is_verified_kept_and_given_back(s3: Any, endpoint: Endpoint, algorithm: str) -> None:
    name = f"x-amz-checksum-{algorithm.lower()}"

    put(endpoint, {name: encoded(algorithm)}).close()

    head = s3.head_object(Bucket="bucket", Key="k", ChecksumMode="ENABLED")
    assert head["ResponseMetadata"]["HTTPHeaders"][name] == encoded(algorithm)
    assert head["ChecksumType"] == "FULL_OBJECT"


@pytest.mark.parametrize("algorithm", CHECK_VALUES)
def test_wrong_checksum_stores_nothing(s3: Any, endpoint: Endpoint, algorithm: str) -> None:
    with pytest.raises(HTTPError) as caught:
        put(endpoint, {f"x-amz-checksum-{algorithm.lower()}": encoded(algorithm)}, b"other")

    with caught.value as answer:
        assert b"<Code>BadDigest</Code>" in answer.read()
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_hashes_in_pieces_as_at_once(algorithm: str) -> None:
    pieces, whole = hasher(algorithm), hasher(algorithm)

    pieces.update(BODY[:4])
    pieces.update(BODY[4:])
    whole.update(BODY)

    assert pieces.digest() == whole.digest()


def test_default_is_crc64nvme(s3: Any, endpoint: Endpoint) -> None:
    with put(endpoint, {}) as answer:
        assert answer.headers["x-amz-checksum-crc64nvme"] == encoded("CRC64NVME")


def test_checksum_is_given_only_if_asked_and_never_with_a_range(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=BODY)

    def named(**arguments: Any) -> list[str]:
        headers = s3.get_object(Bucket="bucket", Key="k", **arguments)["ResponseMetadata"]["HTTPHeaders"]
        return [name for name in headers if name.startswith("x-amz-checksum-")]

    assert "x-amz-checksum-crc32" in named()  # botocore asks for it
    assert named(Range="bytes=0-1") == []


def test_content_md5_is_verified(s3: Any, endpoint: Endpoint) -> None:
    right = base64.b64encode(hashlib.md5(BODY).digest()).decode()

    put(endpoint, {"Content-MD5": right}).close()
    for wrong, code in ((base64.b64encode(b"x" * 16).decode(), "BadDigest"), ("x", "InvalidDigest")):
        with refused(code, 400):
            s3.put_object(Bucket="bucket", Key="k", Body=b"new", ContentMD5=wrong)

    assert s3.get_object(Bucket="bucket", Key="k")["Body"].read() == BODY


def test_payload_hash_is_verified(endpoint: Endpoint, s3: Any) -> None:
    with pytest.raises(HTTPError) as caught:
        put(endpoint, {"x-amz-content-sha256": hashlib.sha256(b"other").hexdigest()})

    with caught.value as answer:
        assert b"<Code>XAmzContentSHA256Mismatch</Code>" in answer.read()


def test_two_checksums_are_refused(endpoint: Endpoint, s3: Any) -> None:
    with pytest.raises(HTTPError, match="400"):
        put(endpoint, {"x-amz-checksum-crc32": encoded("CRC32"), "x-amz-checksum-sha1": encoded("SHA1")})


def test_body_has_to_say_its_length(endpoint: Endpoint, s3: Any) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port)
    connection.putrequest("PUT", "/bucket/k")
    connection.endheaders()
    with connection.getresponse() as answer:
        assert answer.status == 411
    connection.close()


# Bodies in unsigned chunks


def chunked(*chunks: bytes, trailer: bytes = b"") -> bytes:
    return b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n" + trailer + b"\r\n"


CHUNKED = {
    "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
    "x-amz-decoded-content-length": "9",
    "x-amz-trailer": "x-amz-checksum-crc32",
    "Content-Encoding": "aws-chunked",
}
TRAILER = b"x-amz-checksum-crc32:" + base64.b64encode(zlib.crc32(BODY).to_bytes(4, "big")) + b"\r\n"


def test_chunks_with_a_trailer(s3: Any, endpoint: Endpoint) -> None:
    put(endpoint, CHUNKED, chunked(BODY[:4], BODY[4:], trailer=TRAILER)).close()

    answer = s3.get_object(Bucket="bucket", Key="k")
    assert answer["Body"].read() == BODY
    assert answer["ChecksumCRC32"] == encoded("CRC32")
    assert "ContentEncoding" not in answer


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (chunked(BODY, trailer=b"x-amz-checksum-crc32:AAAAAA==\r\n"), b"BadDigest"),
        (chunked(BODY), b"MalformedTrailerError"),
        (chunked(BODY[:4], trailer=TRAILER), b"IncompleteBody"),
        (b"9\r\n1234", b"IncompleteBody"),
        (b"x\r\n", b"IncompleteBody"),
        (b"-9\r\n123456789\r\n0\r\n\r\n", b"IncompleteBody"),
        (b"9\r\n123456789??0\r\n\r\n", b"IncompleteBody"),
        (b"", b"IncompleteBody"),
    ],
)
def test_spoiled_chunks_store_nothing(s3: Any, endpoint: Endpoint, body: bytes, code: bytes) -> None:
    with pytest.raises(HTTPError) as caught:
        put(endpoint, CHUNKED, body)

    with caught.value as answer:
        assert b"<Code>%s</Code>" % code in answer.read()
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")
