"""Objects are files at once, and files are objects at once."""

from __future__ import annotations

import hashlib
from typing import Any

from tests.fake_s3.conftest import Endpoint


def md5_etag(content: bytes) -> str:
    return f'"{hashlib.md5(content).hexdigest()}"'


def test_object_is_a_file_at_once(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="in/part 1.txt", Body=b"one\n")

    assert (endpoint.root / "bucket/in/part 1.txt").read_bytes() == b"one\n"


def test_dropped_file_is_an_object_at_once(s3: Any, endpoint: Endpoint) -> None:
    folder = endpoint.root / "bucket/out"
    folder.mkdir()
    (folder / "part-00000").write_bytes(b"a\t1\n")

    listed = s3.list_objects_v2(Bucket="bucket")["Contents"]
    answer = s3.get_object(Bucket="bucket", Key="out/part-00000")

    assert [item["Key"] for item in listed] == ["out/part-00000"]
    assert answer["Body"].read() == b"a\t1\n"
    assert answer["ETag"] == listed[0]["ETag"] == md5_etag(b"a\t1\n")


def test_dropped_directory_is_a_bucket(s3: Any, endpoint: Endpoint) -> None:
    (endpoint.root / "Made_By.Hand").mkdir()

    names = [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]]

    assert names == ["Made_By.Hand", "bucket"]


def test_hand_edit_voids_the_metadata(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"old", Metadata={"note": "old"})

    (endpoint.root / "bucket/k").write_bytes(b"new and longer")
    answer = s3.get_object(Bucket="bucket", Key="k")

    assert answer["Body"].read() == b"new and longer"
    assert answer["Metadata"] == {}
    assert answer["ETag"] == md5_etag(b"new and longer")


def test_delete_prunes_empty_folders_but_not_the_bucket(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="a/b/c", Body=b"x")

    s3.delete_object(Bucket="bucket", Key="a/b/c")

    assert list((endpoint.root / "bucket").iterdir()) == []


def test_delete_keeps_folders_that_hold_something(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="a/b/c", Body=b"x")
    s3.put_object(Bucket="bucket", Key="a/d", Body=b"x")

    s3.delete_object(Bucket="bucket", Key="a/b/c")

    assert [path.name for path in (endpoint.root / "bucket/a").iterdir()] == ["d"]


def test_bookkeeping_is_no_bucket_and_no_key(s3: Any, endpoint: Endpoint) -> None:
    (endpoint.root / "bucket/.fake_s3-left-over").write_bytes(b"")

    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["bucket"]
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")
