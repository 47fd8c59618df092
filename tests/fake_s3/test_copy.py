"""CopyObject."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.fake_s3.conftest import Endpoint, keys_of, refused

SOURCE = {"Bucket": "bucket", "Key": "source"}
PAST, FUTURE = datetime(1994, 10, 29, tzinfo=UTC), datetime(2100, 10, 29, tzinfo=UTC)


@pytest.fixture(autouse=True)
def source(s3: Any) -> Any:
    return s3.put_object(
        Bucket="bucket",
        Key="source",
        Body=b"content",
        Metadata={"m": "1"},
        ContentType="text/bla",
        Tagging="t=1",
        StorageClass="STANDARD_IA",
        ACL="public-read",
    )


def copy(s3: Any, key: str = "copy", source: Any = SOURCE, **arguments: Any) -> Any:
    return s3.copy_object(Bucket="bucket", Key=key, CopySource=source, **arguments)


def get(s3: Any, key: str = "copy") -> Any:
    return s3.get_object(Bucket="bucket", Key=key)


def test_copy_has_all_but_acl_and_storage_class(s3: Any, source: Any) -> None:
    answer = copy(s3)

    found = get(s3)
    assert answer["CopyObjectResult"]["ETag"] == source["ETag"]
    assert found["Body"].read() == b"content"
    assert (found["Metadata"], found["ContentType"], found["TagCount"]) == ({"m": "1"}, "text/bla", 1)
    assert "StorageClass" not in found
    assert len(s3.get_object_acl(Bucket="bucket", Key="copy")["Grants"]) == 1


def test_copy_may_replace_metadata_and_tags(s3: Any) -> None:
    copy(s3, Metadata={"n": "2"}, MetadataDirective="REPLACE", Tagging="u=2&v=3", TaggingDirective="REPLACE")

    found = get(s3)
    assert (found["Metadata"], found["ContentType"], found["TagCount"]) == (
        {"n": "2"},
        "binary/octet-stream",
        2,
    )


def test_metadata_without_the_directive_is_ignored(s3: Any) -> None:
    copy(s3, Metadata={"n": "2"})

    assert get(s3)["Metadata"] == {"m": "1"}


def test_copy_to_itself_has_to_change_something(s3: Any) -> None:
    with refused("InvalidRequest", 400):
        copy(s3, "source")

    copy(s3, "source", Metadata={"n": "2"}, MetadataDirective="REPLACE")
    assert (get(s3, "source")["Metadata"], get(s3, "source")["Body"].read()) == ({"n": "2"}, b"content")
    copy(s3, "source", StorageClass="STANDARD")


def test_copy_between_buckets_of_a_file_by_hand(s3: Any, endpoint: Endpoint) -> None:
    s3.create_bucket(Bucket="other")
    (endpoint.root / "other/part-00000").write_bytes(b"by hand")

    copy(s3, source="other/part-00000")

    assert get(s3)["Body"].read() == b"by hand"


def test_empty_object_is_copied(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="empty")

    copy(s3, source="/bucket/empty")

    assert get(s3)["ContentLength"] == 0


@pytest.mark.parametrize(
    ("named", "code", "status"),
    [
        ("bucket/missing", "NoSuchKey", 404),
        ("missing/k", "NoSuchBucket", 404),
        ("bucket", "InvalidArgument", 400),
        ("bucket/source?versionId=other", "NoSuchVersion", 404),
    ],
)
def test_source_that_is_not_there(s3: Any, named: str, code: str, status: int) -> None:
    with refused(code, status):
        copy(s3, source=named)

    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["source"]


@pytest.mark.parametrize(
    "condition",
    [
        {"CopySourceIfMatch": '"other"'},
        {"CopySourceIfNoneMatch": "*"},
        {"CopySourceIfModifiedSince": FUTURE},
        {"CopySourceIfUnmodifiedSince": PAST},
    ],
)
def test_condition_on_the_source(s3: Any, condition: dict[str, Any]) -> None:
    with refused("PreconditionFailed", 412):
        copy(s3, **condition)


def test_condition_on_the_target(s3: Any) -> None:
    with refused("PreconditionFailed", 412):
        copy(s3, "source", source="bucket/source", IfNoneMatch="*", MetadataDirective="REPLACE")


def test_copy_may_ask_for_another_checksum(s3: Any) -> None:
    answer = copy(s3, ChecksumAlgorithm="SHA256")

    head = s3.head_object(Bucket="bucket", Key="copy", ChecksumMode="ENABLED")
    assert head["ChecksumSHA256"] == answer["CopyObjectResult"]["ChecksumSHA256"]
