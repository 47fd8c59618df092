"""What S3's own answers have and a public conformance suite asks for, with the relatives of each point."""

from __future__ import annotations

import base64
import hashlib
import http.client
import threading
import urllib.parse
import xml.etree.ElementTree as ET
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from botocore.exceptions import ClientError

from fake_s3.acl import ACCOUNT_ID, OWNER_ID
from tests.fake_s3.conftest import Endpoint, keys_of, refused
from tests.fake_s3.test_hostile_text import answer_to

STRANGE = "a b/ü+\n&%"
OTHER_ID = "56789abcdef0123456789abcdef0123456789abcdef0123456789abcdef01234"
PART = b"p" * (5 << 20)


def listing(endpoint: Endpoint, **query: str) -> dict[str, str]:
    """The texts of a listing as they came over the wire, by element."""
    status, content = answer_to(endpoint, "GET", f"/bucket?{urllib.parse.urlencode(query)}")
    assert status == 200, content
    return {item.tag.rpartition("}")[2]: item.text or "" for item in ET.fromstring(content)}


@pytest.mark.parametrize(
    ("kind", "element", "argument", "is_encoded"),
    [
        ({}, "Prefix", "prefix", False),
        ({}, "Delimiter", "delimiter", True),
        ({}, "Marker", "marker", True),
        ({"list-type": "2"}, "Prefix", "prefix", True),
        ({"list-type": "2"}, "Delimiter", "delimiter", True),
        ({"list-type": "2"}, "StartAfter", "start-after", True),
        ({"versions": ""}, "Prefix", "prefix", True),
        ({"versions": ""}, "Delimiter", "delimiter", True),
        ({"versions": ""}, "KeyMarker", "key-marker", True),
        ({"uploads": ""}, "Prefix", "prefix", True),
        ({"uploads": ""}, "Delimiter", "delimiter", True),
        ({"uploads": ""}, "KeyMarker", "key-marker", True),
    ],
)
def test_names_in_a_listing_are_encoded_where_clients_decode_them(
    s3: Any, endpoint: Endpoint, kind: dict[str, str], element: str, argument: str, is_encoded: bool
) -> None:
    plain = listing(endpoint, **kind, **{argument: STRANGE})
    encoded = listing(endpoint, **kind, **{argument: STRANGE, "encoding-type": "url"})

    assert plain[element] == STRANGE
    assert encoded[element] == (urllib.parse.quote(STRANGE) if is_encoded else STRANGE)


@pytest.mark.parametrize("operation", ["list_objects", "list_objects_v2", "list_object_versions"])
def test_a_client_reads_the_names_it_sent(s3: Any, operation: str) -> None:
    s3.put_object(Bucket="bucket", Key=f"{STRANGE}/k")

    listed = getattr(s3, operation)(Bucket="bucket", Prefix=STRANGE, Delimiter="k")

    assert (listed["Prefix"], listed["Delimiter"]) == (STRANGE, "k")
    assert listed["CommonPrefixes"] == [{"Prefix": f"{STRANGE}/k"}]


# Owners


OWNED: dict[str, Callable[[Any, str], Any]] = {
    "head": lambda s3, owner: s3.head_bucket(Bucket="bucket", ExpectedBucketOwner=owner),
    "list": lambda s3, owner: s3.list_objects_v2(Bucket="bucket", ExpectedBucketOwner=owner),
    "put": lambda s3, owner: s3.put_object(Bucket="bucket", Key="n", Body=b"x", ExpectedBucketOwner=owner),
    "get": lambda s3, owner: s3.get_object(Bucket="bucket", Key="k", ExpectedBucketOwner=owner)[
        "Body"
    ].read(),
    "delete": lambda s3, owner: s3.delete_object(Bucket="bucket", Key="n", ExpectedBucketOwner=owner),
    "upload": lambda s3, owner: s3.create_multipart_upload(
        Bucket="bucket", Key="n", ExpectedBucketOwner=owner
    ),
    "tags": lambda s3, owner: s3.put_bucket_tagging(
        Bucket="bucket", Tagging={"TagSet": []}, ExpectedBucketOwner=owner
    ),
    "copy": lambda s3, owner: s3.copy_object(
        Bucket="bucket", Key="n", CopySource="bucket/k", ExpectedBucketOwner=owner
    ),
    "copy source": lambda s3, owner: s3.copy_object(
        Bucket="bucket", Key="n", CopySource="bucket/k", ExpectedSourceBucketOwner=owner
    ),
}


@pytest.mark.parametrize("name", OWNED)
def test_a_bucket_is_its_owners(s3: Any, endpoint: Endpoint, name: str) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")

    for owner in (ACCOUNT_ID, OWNER_ID):
        OWNED[name](s3, owner)
    s3.delete_object(Bucket="bucket", Key="n")

    for owner in ("111122223333", OWNER_ID + "foo"):
        with refused("403" if name == "head" else "AccessDenied", 403):
            OWNED[name](s3, owner)
    assert not (endpoint.root / "bucket/n").exists()


def test_a_bucket_that_is_not_there_is_nobodys(s3: Any) -> None:
    with refused("NoSuchBucket", 404):
        s3.list_objects_v2(Bucket="nowhere", ExpectedBucketOwner="111122223333")


# ListBuckets


def test_buckets_come_in_pages(s3: Any) -> None:
    for name in ("a-one", "a-two", "b-three"):
        s3.create_bucket(Bucket=name)
    s3.create_bucket(Bucket="a-west", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})

    pages = list(s3.get_paginator("list_buckets").paginate(PaginationConfig={"PageSize": 2}))
    of_prefix = list(s3.get_paginator("list_buckets").paginate(Prefix="a-", PaginationConfig={"PageSize": 1}))
    of_region = s3.list_buckets(BucketRegion="us-west-2")

    assert [[one["Name"] for one in page["Buckets"]] for page in pages] == [
        ["a-one", "a-two"],
        ["a-west", "b-three"],
        ["bucket"],
    ]
    assert [page["Buckets"][0]["Name"] for page in of_prefix] == ["a-one", "a-two", "a-west"]
    assert [one["Name"] for one in of_region["Buckets"]] == ["a-west"]


@pytest.mark.parametrize("count", ["0", "-1", "x", "%D9%A3"])
def test_a_page_of_no_buckets_is_rejected(s3: Any, endpoint: Endpoint, count: str) -> None:
    assert answer_to(endpoint, "GET", f"/?max-buckets={count}")[0] == 400


# Checksums


def sha256_of(data: bytes) -> str:
    return base64.b64encode(hashlib.sha256(data).digest()).decode()


@pytest.mark.parametrize("algorithm", ["SHA256", "SHA1", "CRC32"])
def test_a_part_comes_with_its_own_checksum(s3: Any, algorithm: str) -> None:
    where = {"Bucket": "bucket", "Key": "k"}
    upload = s3.create_multipart_upload(**where, ChecksumAlgorithm=algorithm)
    name = f"Checksum{algorithm}"
    bodies, parts = (PART, b"last"), []
    for number, body in enumerate(bodies, 1):
        sent = s3.upload_part(
            **where, UploadId=upload["UploadId"], PartNumber=number, Body=body, ChecksumAlgorithm=algorithm
        )
        parts.append({"PartNumber": number, "ETag": sent["ETag"], name: sent[name]})
    done = s3.complete_multipart_upload(
        **where, UploadId=upload["UploadId"], MultipartUpload={"Parts": parts}
    )

    whole = s3.head_object(**where, ChecksumMode="ENABLED")
    got = [s3.get_object(**where, PartNumber=number, ChecksumMode="ENABLED") for number in (1, 2)]

    assert (whole[name], whole["ChecksumType"]) == (done[name], upload["ChecksumType"])
    assert [one[name] for one in got] == [part[name] for part in parts]
    assert {one["ChecksumType"] for one in got} == {upload["ChecksumType"]}
    assert [one["Body"].read() for one in got] == list(bodies)
    assert name not in s3.get_object(**where, Range="bytes=0-9", ChecksumMode="ENABLED")


def test_an_object_put_whole_is_its_part_one(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"content", ChecksumAlgorithm="SHA256")

    got = s3.get_object(Bucket="bucket", Key="k", PartNumber=1, ChecksumMode="ENABLED")

    assert (got["ChecksumSHA256"], got["ChecksumType"]) == (sha256_of(b"content"), "FULL_OBJECT")


# Tags


def test_too_many_tags_are_invalid(s3: Any) -> None:
    tags = [{"Key": str(number), "Value": ""} for number in range(51)]
    s3.put_object(Bucket="bucket", Key="k")

    with refused("InvalidTag", 400):
        s3.put_object_tagging(Bucket="bucket", Key="k", Tagging={"TagSet": tags[:11]})
    with refused("InvalidTag", 400):
        s3.put_object(Bucket="bucket", Key="k", Tagging="&".join(f"{number}=x" for number in range(11)))
    with refused("InvalidTag", 400):
        s3.create_multipart_upload(Bucket="bucket", Key="k", Tagging="&".join(f"{n}=x" for n in range(11)))
    with refused("InvalidTag", 400):
        s3.put_bucket_tagging(Bucket="bucket", Tagging={"TagSet": tags})
    s3.put_object_tagging(Bucket="bucket", Key="k", Tagging={"TagSet": tags[:10]})
    s3.put_bucket_tagging(Bucket="bucket", Tagging={"TagSet": tags[:50]})


# User metadata


@pytest.mark.parametrize(
    ("sent", "got"),
    [
        ("Hello Worldé".encode(), "Hello Worldé"),
        ("Hello Worldé".encode("latin-1"), "Hello Worldé"),
        ("日本".encode(), "=?UTF-8?B?5pel5pys?="),
        (b"plain", "plain"),
    ],
)
def test_metadata_that_is_no_ascii_is_read_as_it_was_sent(
    s3: Any, endpoint: Endpoint, sent: bytes, got: str
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port)
    connection.putrequest("PUT", "/bucket/k")
    connection.putheader("x-amz-meta-a", sent)
    connection.putheader("Content-Length", "0")
    connection.endheaders()
    connection.getresponse().read()
    connection.close()
    s3.copy_object(Bucket="bucket", Key="copy", CopySource="bucket/k")

    assert [s3.head_object(Bucket="bucket", Key=key)["Metadata"]["a"] for key in ("k", "copy")] == [got, got]


# Parts that are sent twice


def test_of_a_part_sent_twice_at_once_the_later_counts(s3: Any) -> None:
    where = {"Bucket": "bucket", "Key": "k"}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    first = s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"first")
    second = s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=b"second")
    named = [{"PartNumber": 1, "ETag": one["ETag"]} for one in (first, second)]

    with refused("InvalidPart", 400):
        s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": named[::-1]})
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload={"Parts": named})

    assert s3.get_object(**where)["Body"].read() == b"second"


def test_many_senders_of_one_part_leave_one_of_theirs_whole(s3: Any) -> None:
    where = {"Bucket": "bucket", "Key": "k"}
    upload = s3.create_multipart_upload(**where)["UploadId"]
    bodies = [bytes([65 + number]) * 300_000 for number in range(6)]
    start = threading.Barrier(len(bodies))

    def send(body: bytes) -> None:
        start.wait()
        s3.upload_part(**where, UploadId=upload, PartNumber=1, Body=body)

    with ThreadPoolExecutor(len(bodies)) as pool:
        list(pool.map(send, bodies))
    (part,) = s3.list_parts(**where, UploadId=upload)["Parts"]
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(**where, UploadId=upload, MultipartUpload=parts)

    assert s3.get_object(**where)["Body"].read() in bodies


# Grants


GRANT = f'id="{OTHER_ID}"'


def grantees(acl: Any) -> list[tuple[str | None, str]]:
    return [(one["Grantee"].get("ID"), one["Permission"]) for one in acl["Grants"]]


@pytest.mark.parametrize(
    "put",
    [
        lambda s3: s3.put_object(Bucket="bucket", Key="n", GrantRead=GRANT),
        lambda s3: s3.copy_object(Bucket="bucket", Key="n", CopySource="bucket/k", GrantRead=GRANT),
        lambda s3: (
            s3.put_object(Bucket="bucket", Key="n"),
            s3.put_object_acl(Bucket="bucket", Key="n", GrantRead=GRANT),
        ),
    ],
)
def test_a_grant_to_another_account_is_kept_and_shown(s3: Any, put: Callable[[Any], Any]) -> None:
    s3.put_object(Bucket="bucket", Key="k")

    put(s3)

    acl = s3.get_object_acl(Bucket="bucket", Key="n")
    assert grantees(acl) == [(OTHER_ID, "READ")]
    s3.put_object_acl(
        Bucket="bucket", Key="n", AccessControlPolicy={"Grants": acl["Grants"], "Owner": acl["Owner"]}
    )
    assert grantees(s3.get_object_acl(Bucket="bucket", Key="n")) == [(OTHER_ID, "READ")]


@pytest.mark.parametrize("grantee", ['id="_foo"', f'id="{OTHER_ID}0"', "id=", "uri=http://x/", "name=x"])
def test_a_grant_to_nobody_is_rejected(s3: Any, grantee: str) -> None:
    with refused("InvalidArgument", 400):
        s3.put_bucket_acl(Bucket="bucket", GrantRead=grantee)


# Presigned and browser's calls


@pytest.mark.parametrize(("method", "operation"), [("PUT", "put_object"), ("DELETE", "delete_object")])
@pytest.mark.parametrize("expires", ["0", "-1", "604801", "x"])
def test_a_presigned_url_that_writes_expires_like_others(
    s3: Any, endpoint: Endpoint, method: str, operation: str, expires: str
) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"old")
    v4 = endpoint.client(signature_version="s3v4")
    url = v4.generate_presigned_url(operation, {"Bucket": "bucket", "Key": "k"}, ExpiresIn=77)
    path = url.removeprefix(endpoint.url).replace("Expires=77", f"Expires={expires}")

    status, _ = answer_to(endpoint, method, path, b"new" if method == "PUT" else b"")

    assert status == 403
    assert (endpoint.root / "bucket/k").read_bytes() == b"old"


def test_no_page_is_told_that_it_may_call(s3: Any, endpoint: Endpoint) -> None:
    assert answer_to(endpoint, "OPTIONS", "/bucket/k")[0] == 400
    assert answer_to(endpoint, "OPTIONS", "/bucket/k", b"", {"Origin": endpoint.url})[0] == 403


def test_keys_are_the_same_whoever_lists(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key=STRANGE)

    with pytest.raises(ClientError, match="InvalidArgument"):
        s3.list_objects_v2(Bucket="bucket", EncodingType="base64")
    assert (
        keys_of(s3.list_objects_v2(Bucket="bucket")) == keys_of(s3.list_objects(Bucket="bucket")) == [STRANGE]
    )
