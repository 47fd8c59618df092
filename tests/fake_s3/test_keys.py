"""Which keys a directory holds, which it refuses, and how clearly."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.fake_s3.conftest import Endpoint, keys_of, prefixes_of, refused


@pytest.mark.parametrize(
    "key",
    [
        " ", "_", "__", "_ _", "a b", "a+b", "a%41b", "a%2Fb", "?versionId", "a?b=c", "#", "&",
        "ünïcödé/日本語",
        "\U0001f600", ".hidden", "a/.b", "...", "a/...", "~", "back\\slash", "'\"<>&", "a:b", "*",
        "tab\there",
        "new\nline", "a" * 255, "/".join(["d" * 100] * 10), "-rf", "%", "s3:", "a,b;c=d", "$folder$",
    ],
)  # fmt: skip
def test_key_comes_back(s3: Any, key: str) -> None:
    s3.put_object(Bucket="bucket", Key=key, Body=key.encode())
    s3.copy_object(Bucket="bucket", Key="copy", CopySource={"Bucket": "bucket", "Key": key})

    assert s3.get_object(Bucket="bucket", Key=key)["Body"].read() == key.encode()
    assert s3.get_object(Bucket="bucket", Key="copy")["Body"].read() == key.encode()
    assert sorted(keys_of(s3.list_objects_v2(Bucket="bucket"))) == sorted([key, "copy"])
    assert len(s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": key}]})["Deleted"]) == 1
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["copy"]


@pytest.mark.parametrize(
    "key",
    ["/a", "a//b", "//", "/", "..", ".", "a/../b", "../outside", "./a", "a/.", "a/..", "a" * 256, "a\0b",
     ".fake_s3", ".fake_s3-staged/x", "a/.fake_s3x"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["put_object", "get_object", "delete_object", "create_multipart_upload"])
def test_key_that_a_directory_cannot_hold_is_refused(s3: Any, key: str, method: str) -> None:
    with refused("InvalidArgument", 400):
        getattr(s3, method)(Bucket="bucket", Key=key)


def test_refusal_says_what_is_wrong(s3: Any) -> None:
    with pytest.raises(
        s3.exceptions.ClientError, match=r"cannot hold the key 'a/../b': a part of it is '\.\.'"
    ):
        s3.put_object(Bucket="bucket", Key="a/../b")


def test_key_has_a_limit(s3: Any) -> None:
    with refused("KeyTooLongError", 400):
        s3.put_object(Bucket="bucket", Key="d/" * 512 + "x")


def test_object_is_no_folder(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="a", Body=b"x")

    with refused("ObjectParentIsFile", 409):
        s3.put_object(Bucket="bucket", Key="a/b")
    with refused("ObjectParentIsFile", 409):
        s3.put_object(Bucket="bucket", Key="a/")
    for key in ("a/b", "a/"):
        with refused("NoSuchKey", 404):
            s3.get_object(Bucket="bucket", Key=key)
        s3.delete_object(Bucket="bucket", Key=key)
    assert s3.get_object(Bucket="bucket", Key="a")["Body"].read() == b"x"


def test_folder_is_no_object(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="a/b", Body=b"x")

    with refused("ExistingObjectIsDirectory", 409):
        s3.put_object(Bucket="bucket", Key="a")
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket="bucket", Key="a")
    with refused("NoSuchKey", 404):
        s3.get_object(Bucket="bucket", Key="a/")
    s3.delete_object(Bucket="bucket", Key="a")
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["a/b"]


# Keys that end in a slash


def test_marker_is_a_directory_and_a_key(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(
        Bucket="bucket", Key="x/", Body=b"", Metadata={"m": "1"}, ContentType="application/x-directory"
    )

    head = s3.head_object(Bucket="bucket", Key="x/")

    assert (endpoint.root / "bucket/x").is_dir()
    assert (head["ContentLength"], head["Metadata"], head["ContentType"]) == (
        0,
        {"m": "1"},
        "application/x-directory",
    )
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["x/"]
    assert prefixes_of(s3.list_objects_v2(Bucket="bucket", Delimiter="/")) == ["x/"]


def test_marker_may_have_a_body(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="x/", Body=b"small body")

    answer = s3.get_object(Bucket="bucket", Key="x/", Range="bytes=6-")

    assert answer["Body"].read() == b"body"


def test_marker_stays_when_the_last_file_in_it_goes(s3: Any) -> None:
    s3.put_object(Bucket="bucket", Key="x/")
    s3.put_object(Bucket="bucket", Key="x/y/z")

    s3.delete_object(Bucket="bucket", Key="x/y/z")

    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["x/"]


def test_deleted_marker_leaves_what_is_in_it(s3: Any, endpoint: Endpoint) -> None:
    s3.put_object(Bucket="bucket", Key="x/")
    s3.put_object(Bucket="bucket", Key="x/y")

    s3.delete_object(Bucket="bucket", Key="x/")
    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["x/y"]

    s3.delete_object(Bucket="bucket", Key="x/y")
    assert not (endpoint.root / "bucket/x").exists()


def test_delete_of_an_empty_folder_by_hand_removes_it(s3: Any, endpoint: Endpoint) -> None:
    (endpoint.root / "bucket/out/deep").mkdir(parents=True)

    s3.delete_object(Bucket="bucket", Key="out/deep/")

    assert not (endpoint.root / "bucket/out").exists()


# What is in the directory, and is no object


def test_links_are_followed_within_the_root_only(s3: Any, endpoint: Endpoint) -> None:
    outside = endpoint.root.parent / "outside"
    outside.mkdir()
    (outside / "secret").write_text("secret")
    bucket = endpoint.root / "bucket"
    (bucket / "file").write_text("inside")
    (bucket / "in").symlink_to("file")
    (bucket / "out").symlink_to(outside / "secret")
    (bucket / "outdir").symlink_to(outside)
    (bucket / "dangling").symlink_to("nowhere")
    (endpoint.root / "outbucket").symlink_to(outside)

    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["file", "in"]
    assert s3.get_object(Bucket="bucket", Key="in")["Body"].read() == b"inside"
    for key in ("out", "outdir/secret"):
        with refused("InvalidArgument", 400):
            s3.get_object(Bucket="bucket", Key=key)
    with refused("InvalidArgument", 400):
        s3.put_object(Bucket="bucket", Key="outdir/new")
    with refused("NoSuchBucket", 404):
        s3.list_objects_v2(Bucket="outbucket")
    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] == ["bucket"]
    assert os.listdir(outside) == ["secret"]


def test_links_in_a_circle_end(s3: Any, endpoint: Endpoint) -> None:
    folder = endpoint.root / "bucket/folder"
    folder.mkdir()
    (folder / "file").touch()
    (folder / "up").symlink_to("..")
    (folder / "self").symlink_to("self")

    assert "folder/file" in keys_of(s3.list_objects_v2(Bucket="bucket"))


def test_deleted_link_leaves_what_it_led_to(s3: Any, endpoint: Endpoint) -> None:
    bucket = endpoint.root / "bucket"
    (bucket / "folder").mkdir()
    (bucket / "folder/file").touch()
    (bucket / "link").symlink_to("folder")

    s3.delete_object(Bucket="bucket", Key="link/file")

    assert (bucket / "link").is_symlink()


def test_pipe_is_no_object_and_holds_nobody_up(s3: Any, endpoint: Endpoint) -> None:
    os.mkfifo(endpoint.root / "bucket/pipe")

    with refused("NoSuchKey", 404):
        s3.get_object(Bucket="bucket", Key="pipe")
    assert "Contents" not in s3.list_objects_v2(Bucket="bucket")


def test_names_that_are_not_utf8_are_no_keys(s3: Any, endpoint: Endpoint) -> None:
    (endpoint.root / "bucket/good").touch()
    with open(os.fsencode(endpoint.root / "bucket") + b"/bad\xff", "wb"):
        pass

    assert keys_of(s3.list_objects_v2(Bucket="bucket")) == ["good"]


def test_paths_are_resolved_without_the_server(tmp_path: Any) -> None:
    script = "import sys, fake_s3.keys; sys.exit(bool({'flask', 'sqlite3', 'waitress'} & set(sys.modules)))"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
