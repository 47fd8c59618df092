"""Buckets: create, head, delete, list, and where they are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.fake_s3.conftest import Endpoint, keys_of, refused, serve


@pytest.mark.parametrize("name", ["abc", "a" * 63, "a.b-c.d", "1abc", "my-bucket.example"])
def test_good_names_make_directories(s3: Any, endpoint: Endpoint, name: str) -> None:
    s3.create_bucket(Bucket=name)

    assert (endpoint.root / name).is_dir()


@pytest.mark.parametrize(
    "name",
    ["a", "aa", "a" * 64, "_abc", "foo_bar", "Upper", "foo-", "foo.", "foo..bar", "foo.-bar", "foo-.bar",
     "192.168.5.123", ".abc", "-abc"],
)  # fmt: skip
def test_bad_names_are_refused(endpoint: Endpoint, name: str) -> None:
    s3 = endpoint.client()

    def rename(params: Any, **_: Any) -> None:
        # boto3 would not let most of them out of the house.
        params["url"] = params["url"].replace("placeholder", name)

    s3.meta.events.register("before-call.s3.CreateBucket", rename)

    with refused("InvalidBucketName", 400):
        s3.create_bucket(Bucket="placeholder")


def test_own_bucket_can_be_made_again_in_us_east_1(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"x")

    s3.create_bucket(Bucket="bucket")

    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["k"]


def test_own_bucket_elsewhere_cannot_be_made_again(s3: Any) -> None:
    elsewhere = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="elsewhere", CreateBucketConfiguration=elsewhere)

    with refused("BucketAlreadyOwnedByYou", 409):
        s3.create_bucket(Bucket="elsewhere", CreateBucketConfiguration=elsewhere)


def test_location(s3: Any) -> None:
    s3.create_bucket(Bucket="elsewhere", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"})

    assert s3.get_bucket_location(Bucket="elsewhere")["LocationConstraint"] == "eu-west-1"
    assert s3.get_bucket_location(Bucket="bucket")["LocationConstraint"] is None
    assert s3.head_bucket(Bucket="elsewhere")["BucketRegion"] == "eu-west-1"


def test_listing_has_pages(s3: Any) -> None:
    for name in ("bucket-1", "bucket-2", "other"):
        s3.create_bucket(Bucket=name)

    pages = s3.get_paginator("list_buckets").paginate(Prefix="bucket", PaginationConfig={"PageSize": 2})

    assert [[b["Name"] for b in page["Buckets"]] for page in pages] == [["bucket", "bucket-1"], ["bucket-2"]]


def test_creation_date_survives_changes(s3: Any) -> None:
    (before,) = s3.list_buckets()["Buckets"]

    s3.put_object(Bucket="bucket", Key="k")

    assert s3.list_buckets()["Buckets"] == [before]


def test_missing_bucket(s3: Any) -> None:
    with refused("NoSuchBucket", 404):
        s3.delete_bucket(Bucket="missing")
    with refused("NoSuchBucket", 404):
        s3.put_object(Bucket="missing", Key="k")
    with refused("NoSuchBucket", 404):
        s3.get_object(Bucket="missing", Key="k")
    with refused("NoSuchBucket", 404):
        s3.get_bucket_location(Bucket="missing")
    with refused("404", 404):
        s3.head_bucket(Bucket="missing")


def test_only_an_empty_bucket_can_be_deleted(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="a/b")
    (endpoint.root / "bucket/made/by/hand").mkdir(parents=True)

    with refused("BucketNotEmpty", 409):
        s3.delete_bucket(Bucket="bucket")
    s3.delete_object(Bucket="bucket", Key="a/b")
    s3.delete_bucket(Bucket="bucket")

    assert not (endpoint.root / "bucket").exists()


def test_new_bucket_has_nothing_of_an_old_one(s3: Any) -> None:
    s3.put_bucket_tagging(Bucket="bucket", Tagging={"TagSet": [{"Key": "k", "Value": "v"}]})
    upload = s3.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"]
    s3.delete_bucket(Bucket="bucket")

    s3.create_bucket(Bucket="bucket")

    with refused("NoSuchTagSet", 404):
        s3.get_bucket_tagging(Bucket="bucket")
    with refused("NoSuchUpload", 404):
        s3.list_parts(Bucket="bucket", Key="k", UploadId=upload)


# Read-only buckets

WRITES: list[tuple[str, dict[str, Any]]] = [
    ("put_object", {"Key": "k"}),
    ("delete_object", {"Key": "wordcount/in.txt"}),
    ("create_multipart_upload", {"Key": "k"}),
    ("put_object_tagging", {"Key": "wordcount/in.txt", "Tagging": {"TagSet": []}}),
    ("put_bucket_policy", {"Policy": '{"Statement": [{}]}'}),
    ("delete_bucket", {}),
]


def test_read_only_bucket_is_like_others_but_for_writing(tmp_path: Path) -> None:
    samples = tmp_path / "samples"
    (samples / "wordcount").mkdir(parents=True)
    (samples / "wordcount/in.txt").write_text("a b")
    with serve(tmp_path / "root", {"elasticmapreduce": samples}) as endpoint:
        s3 = endpoint.client()

        assert [b["Name"] for b in s3.list_buckets()["Buckets"]] == ["elasticmapreduce"]
        assert keys_of(s3.list_objects_v2(Bucket="elasticmapreduce")) == ["wordcount/in.txt"]
        assert s3.get_object(Bucket="elasticmapreduce", Key="wordcount/in.txt")["Body"].read() == b"a b"
        for operation, arguments in WRITES:
            with refused("AccessDenied", 403):
                getattr(s3, operation)(Bucket="elasticmapreduce", **arguments)
    assert [path.name for path in samples.rglob("*")] == ["wordcount", "in.txt"]


def test_directory_of_the_root_hides_a_read_only_bucket(tmp_path: Path) -> None:
    (tmp_path / "samples").mkdir()
    (tmp_path / "samples/theirs").touch()
    with serve(tmp_path / "root", {"elasticmapreduce": tmp_path / "samples"}) as endpoint:
        (tmp_path / "root/elasticmapreduce").mkdir()
        s3 = endpoint.client()

        s3.put_object(Bucket="elasticmapreduce", Key="ours")

        assert keys_of(s3.list_objects_v2(Bucket="elasticmapreduce")) == ["ours"]
