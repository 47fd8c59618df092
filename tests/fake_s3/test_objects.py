"""Objects: put, get, head, delete; ranges, conditions, headers, metadata."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from botocore.exceptions import ClientError

from tests.fake_s3.conftest import Endpoint, keys_of, refused, serve

CONTENT = b"0123456789"
PAST, FUTURE = datetime(1994, 10, 29, tzinfo=UTC), datetime(2100, 10, 29, tzinfo=UTC)


@pytest.fixture
def put(s3: Any) -> Any:
    """Makes the object `k`, and gives the answer."""
    return s3.put_object(Bucket="bucket", Key="k", Body=CONTENT)


def get(s3: Any, **arguments: Any) -> Any:
    return s3.get_object(Bucket="bucket", Key="k", **arguments)


def test_life_of_an_object(s3: Any) -> None:
    assert (
        s3.put_object(Bucket="bucket", Key="k", Body=b"bar")["ETag"] == '"37b51d194a7513e45b56f6524f2d51f2"'
    )
    assert get(s3)["Body"].read() == b"bar"

    s3.put_object(Bucket="bucket", Key="k", Body=b"soup")
    assert get(s3)["Body"].read() == b"soup"

    s3.delete_object(Bucket="bucket", Key="k")
    with refused("NoSuchKey", 404):
        get(s3)
    s3.delete_object(Bucket="bucket", Key="k")


def test_empty_object(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"")

    assert s3.head_object(Bucket="bucket", Key="k")["ContentLength"] == 0
    assert get(s3)["Body"].read() == b""


def test_error_has_the_id_of_its_request(endpoint: Endpoint, s3: Any) -> None:
    with pytest.raises(HTTPError) as caught:
        urlopen(f"{endpoint.url}/bucket/missing")

    with caught.value as answer:
        body = answer.read().decode()
        assert f"<RequestId>{answer.headers['x-amz-request-id']}</RequestId>" in body
        assert "<Code>NoSuchKey</Code>" in body
        assert answer.headers["Content-Type"] == "application/xml"


# Headers and metadata

KEPT = {
    "ContentType": "text/bla",
    "CacheControl": "public, max-age=14400",
    "ContentDisposition": 'attachment; filename="x"',
    "ContentEncoding": "deflate, gzip",
    "ContentLanguage": "eo",
    "Metadata": {"a": "1", "with_underscore": "2", "empty": ""},
    "StorageClass": "STANDARD_IA",
    "WebsiteRedirectLocation": "/there",
    "ServerSideEncryption": "AES256",
}


def test_headers_are_kept_over_a_restart(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"x", Expires=FUTURE, **KEPT)

    with serve(endpoint.root) as second:
        answer = get(second.client())

    assert {name: answer[name] for name in KEPT} == KEPT
    assert answer["ExpiresString"] == "Fri, 29 Oct 2100 00:00:00 GMT"


def test_put_replaces_all_metadata(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Metadata={"old": "1"}, Tagging="a=b")

    s3.put_object(Bucket="bucket", Key="k")

    assert (get(s3)["Metadata"], get(s3).get("TagCount")) == ({}, None)


def test_default_content_type_is_s3s(s3: Any, put: Any) -> None:
    assert get(s3)["ContentType"] == "binary/octet-stream"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("gzip, aws-chunked", "gzip"), ("aws-chunked, gzip", "gzip"), ("aws-chunked", None), ("gzip", "gzip")],
)
def test_aws_chunked_is_no_encoding_of_the_object(s3: Any, sent: str, kept: str | None) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"x", ContentEncoding=sent)

    assert get(s3).get("ContentEncoding") == kept


def test_metadata_has_a_limit(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Metadata={"a": "x" * 2047})

    with refused("MetadataTooLarge", 400):
        s3.put_object(Bucket="bucket", Key="k", Metadata={"a": "x" * 2048})


def test_get_may_override_headers(s3: Any, put: Any) -> None:
    answer = get(
        s3,
        ResponseContentType="foo/bar",
        ResponseContentDisposition="bla",
        ResponseContentEncoding="aaa",
        ResponseContentLanguage="esperanto",
        ResponseCacheControl="no-cache",
    )

    names = ("ContentType", "ContentDisposition", "ContentEncoding", "ContentLanguage", "CacheControl")
    assert [answer[name] for name in names] == ["foo/bar", "bla", "aaa", "esperanto", "no-cache"]


def test_unknown_storage_class_is_refused(s3: Any) -> None:
    with refused("InvalidStorageClass", 400):
        s3.put_object(Bucket="bucket", Key="k", StorageClass="CARDBOARD")


def test_encryption_with_the_clients_key_is_not_pretended(s3: Any) -> None:
    with refused("NotImplemented", 501):
        s3.put_object(Bucket="bucket", Key="k", SSECustomerAlgorithm="AES256", SSECustomerKey="k" * 32)


def test_version_that_is_not_is_refused(s3: Any, put: Any) -> None:
    with refused("NoSuchVersion", 404):
        get(s3, VersionId="other")

    assert get(s3, VersionId="null")["Body"].read() == CONTENT


# Ranges


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("bytes=4-7", b"4567"),
        ("bytes=4-", b"456789"),
        ("bytes=-3", b"789"),
        ("bytes=-100", CONTENT),
        ("bytes=0-0", b"0"),
        ("bytes=9-100", b"9"),
        ("bytes=0-9", CONTENT),
    ],
)
def test_range(s3: Any, put: Any, asked: str, expected: bytes) -> None:
    answer = get(s3, Range=asked, ChecksumMode="ENABLED")

    body = answer["Body"].read()
    start = CONTENT.index(expected)
    assert body == expected
    assert answer["ContentRange"] == f"bytes {start}-{start + len(body) - 1}/10"
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 206


@pytest.mark.parametrize("asked", ["bytes=5-4", "lines=1-2", "bytes=", "bytes=a-b", "bytes=0-1,3-4"])
def test_what_is_no_range_is_ignored(s3: Any, put: Any, asked: str) -> None:
    answer = get(s3, Range=asked)

    assert answer["Body"].read() == CONTENT
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


@pytest.mark.parametrize("asked", ["bytes=10-", "bytes=40-50", "bytes=-0"])
def test_range_beyond_the_object_is_refused(s3: Any, put: Any, asked: str) -> None:
    with refused("InvalidRange", 416):
        get(s3, Range=asked)


def test_no_range_of_an_empty_object(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"")

    with refused("InvalidRange", 416):
        get(s3, Range="bytes=0-")


def test_range_of_a_large_object(s3: Any) -> None:
    content = hashlib.sha256(b"").digest() * 100_000
    s3.put_object(Bucket="bucket", Key="k", Body=content)

    assert get(s3)["Body"].read() == content
    assert get(s3, Range="bytes=1000001-2999999")["Body"].read() == content[1_000_001:3_000_000]


# Conditions


@pytest.mark.parametrize(
    "condition",
    [
        {"IfMatch": "{etag}"},
        {"IfMatch": "*"},
        {"IfMatch": '"other", {etag}'},
        {"IfNoneMatch": '"other"'},
        {"IfModifiedSince": PAST},
        {"IfUnmodifiedSince": FUTURE},
        {"IfMatch": "{etag}", "IfUnmodifiedSince": PAST},
    ],
)
def test_condition_that_holds(s3: Any, put: Any, condition: dict[str, Any]) -> None:
    assert get(s3, **with_etag(condition, put))["Body"].read() == CONTENT


@pytest.mark.parametrize(
    ("condition", "code"),
    [
        ({"IfMatch": '"other"'}, "PreconditionFailed"),
        ({"IfUnmodifiedSince": PAST}, "PreconditionFailed"),
        ({"IfNoneMatch": "{etag}"}, "304"),
        ({"IfNoneMatch": "*"}, "304"),
        ({"IfModifiedSince": FUTURE}, "304"),
        ({"IfNoneMatch": "{etag}", "IfModifiedSince": PAST}, "304"),
    ],
)
def test_condition_that_does_not_hold(s3: Any, put: Any, condition: dict[str, Any], code: str) -> None:
    with refused(code, 304 if code == "304" else 412):
        get(s3, **with_etag(condition, put))


def with_etag(condition: dict[str, Any], put: Any) -> dict[str, Any]:
    return {
        name: value.replace("{etag}", put["ETag"]) if isinstance(value, str) else value
        for name, value in condition.items()
    }


def test_object_is_not_modified_since_itself(s3: Any, put: Any) -> None:
    modified = get(s3)["LastModified"]

    with refused("304", 304):
        get(s3, IfModifiedSince=modified)
    assert get(s3, IfUnmodifiedSince=modified)["Body"].read() == CONTENT
    assert get(s3, IfModifiedSince=modified - timedelta(seconds=1))["Body"].read() == CONTENT


@pytest.mark.parametrize(
    ("condition", "code", "status"),
    [({"IfNoneMatch": "*"}, "PreconditionFailed", 412), ({"IfMatch": '"other"'}, "PreconditionFailed", 412)],
)
def test_conditional_put_that_is_refused(
    s3: Any, put: Any, condition: dict[str, str], code: str, status: int
) -> None:
    with refused(code, status):
        s3.put_object(Bucket="bucket", Key="k", Body=b"new", **condition)

    assert get(s3)["Body"].read() == CONTENT


def test_conditional_put_that_is_done(s3: Any, put: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"new", IfMatch=put["ETag"])
    s3.put_object(Bucket="bucket", Key="new", Body=b"new", IfNoneMatch="*")

    assert get(s3)["Body"].read() == b"new"
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["k", "new"]


def test_conditional_put_of_what_is_missing(s3: Any) -> None:
    with refused("NoSuchKey", 404):
        s3.put_object(Bucket="bucket", Key="missing", IfMatch='"some"')


def test_conditional_delete(s3: Any, put: Any) -> None:
    with refused("PreconditionFailed", 412):
        s3.delete_object(Bucket="bucket", Key="k", IfMatch='"other"')

    s3.delete_object(Bucket="bucket", Key="k", IfMatch=put["ETag"])

    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


# Delete many


def delete_many(s3: Any, *keys: str, **arguments: Any) -> Any:
    return s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": key} for key in keys], **arguments})


def test_delete_many_counts_what_was_not_there_too(s3: Any) -> None:
    for key in ("a", "b/c", "d"):
        s3.put_object(Bucket="bucket", Key=key)

    answer = delete_many(s3, "a", "b/c", "missing")

    assert [item["Key"] for item in answer["Deleted"]] == ["a", "b/c", "missing"]
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["d"]


def test_delete_many_quietly_tells_errors_only(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="a")

    answer = delete_many(s3, "a", "b/../c", Quiet=True)

    assert "Deleted" not in answer
    assert [(item["Key"], item["Code"]) for item in answer["Errors"]] == [("b/../c", "InvalidArgument")]


def test_delete_many_has_a_limit(s3: Any) -> None:
    with refused("MalformedXML", 400):
        delete_many(s3, *map(str, range(1001)))


def test_delete_many_has_to_be_verifiable(s3: Any, endpoint: Endpoint) -> None:
    body = b"<Delete><Object><Key>k</Key></Object></Delete>"

    with pytest.raises(HTTPError, match="400"):
        urlopen(Request(f"{endpoint.url}/bucket?delete", body, method="POST"))


def test_presigned_url_runs_out(endpoint: Endpoint, s3: Any, put: Any) -> None:
    s3 = endpoint.client(signature_version="s3v4")
    for seconds in (0, -7, 609_901):
        url = s3.generate_presigned_url("get_object", {"Bucket": "bucket", "Key": "k"}, ExpiresIn=seconds)
        with pytest.raises(HTTPError, match="403"):
            urlopen(url)


def test_unknown_subresource_is_no_object(endpoint: Endpoint, s3: Any, put: Any) -> None:
    with pytest.raises(HTTPError, match="501"):
        urlopen(f"{endpoint.url}/bucket/k?torrent")
    with pytest.raises(ClientError, match="NotImplemented"):
        s3.get_object_torrent(Bucket="bucket", Key="k")


def test_wrong_method_is_refused(endpoint: Endpoint, s3: Any, put: Any) -> None:
    with pytest.raises(HTTPError, match="405"):
        urlopen(Request(f"{endpoint.url}/bucket/k?uploads", method="DELETE"))
