"""What is taken away or broken under a running server: it goes on, and says so."""

from __future__ import annotations

import errno
import io
import logging
import os
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from fake_s3 import ObjectStore
from fake_s3.errors import S3Error
from fake_s3.metadata import Details, Metadata
from fake_s3.staging import StagedFile
from tests.fake_s3.conftest import Endpoint, keys_of, refused

PART = b"p" * (5 << 20)


def remove_root(root: Path) -> None:
    shutil.rmtree(root)


def make_root_anew(root: Path) -> None:
    shutil.rmtree(root)
    (root / "bucket").mkdir(parents=True)


def remove_bookkeeping(root: Path) -> None:
    shutil.rmtree(root / ".fake_s3")


def remove_staging(root: Path) -> None:
    shutil.rmtree(root / ".fake_s3/staging")


def remove_locks(root: Path) -> None:
    shutil.rmtree(root / ".fake_s3/locks")
    shutil.rmtree(root / ".fake_s3/upload-locks")


def remove_metadata(root: Path) -> None:
    (root / ".fake_s3/metadata.sqlite").unlink()


def empty_metadata(root: Path) -> None:
    os.truncate(root / ".fake_s3/metadata.sqlite", 0)


def overwrite_metadata(root: Path) -> None:
    checkpointed(root).write_bytes(b"this is no database\n" * 1000)


def overwrite_metadata_but_its_header(root: Path) -> None:
    path = checkpointed(root)
    path.write_bytes(path.read_bytes()[:100] + b"\xff" * 20_000)


def checkpointed(root: Path) -> Path:
    """The file with all rows in it: until then they are in the log beside it, and the file is not read."""
    path = root / ".fake_s3/metadata.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return path


def replace_metadata(root: Path) -> None:
    (root / "other").write_bytes(b"no database either")
    os.replace(root / "other", checkpointed(root))


HARM = pytest.mark.parametrize(
    "harm",
    [
        remove_root,
        make_root_anew,
        remove_bookkeeping,
        remove_staging,
        remove_locks,
        remove_metadata,
        empty_metadata,
        overwrite_metadata,
        overwrite_metadata_but_its_header,
        replace_metadata,
    ],
)


@HARM
def test_every_call_goes_on_after(s3: Any, endpoint: Endpoint, harm: Callable[[Path], None]) -> None:
    s3.put_object(Bucket="bucket", Key="old", Body=b"old", Metadata={"a": "b"})
    s3.list_objects_v2(Bucket="bucket")

    harm(endpoint.root)

    assert [bucket["Name"] for bucket in s3.list_buckets()["Buckets"]] in ([], ["bucket"])
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="new/a", Body=b"new", Metadata={"c": "d"}, Tagging="e=f")
    assert s3.head_object(Bucket="bucket", Key="new/a")["Metadata"] == {"c": "d"}
    assert s3.get_object_tagging(Bucket="bucket", Key="new/a")["TagSet"] == [{"Key": "e", "Value": "f"}]
    s3.put_bucket_tagging(Bucket="bucket", Tagging={"TagSet": [{"Key": "g", "Value": "h"}]})
    s3.copy_object(Bucket="bucket", Key="copy", CopySource="bucket/new/a")
    upload = s3.create_multipart_upload(Bucket="bucket", Key="large")["UploadId"]
    part = s3.upload_part(Bucket="bucket", Key="large", UploadId=upload, PartNumber=1, Body=b"x")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(Bucket="bucket", Key="large", UploadId=upload, MultipartUpload=parts)
    s3.delete_object(Bucket="bucket", Key="new/a")
    assert set(keys_of(s3.list_objects_v2(Bucket="bucket"))) - {"old"} == {"copy", "large"}


@HARM
def test_an_upload_under_way_goes_on_or_is_said_to_be_gone(
    s3: Any, endpoint: Endpoint, harm: Callable[[Path], None]
) -> None:
    upload = s3.create_multipart_upload(Bucket="bucket", Key="k")["UploadId"]
    where = {"Bucket": "bucket", "Key": "k", "UploadId": upload}
    first = s3.upload_part(**where, PartNumber=1, Body=PART)

    harm(endpoint.root)

    try:
        second = s3.upload_part(**where, PartNumber=2, Body=b"x")
        parts = [{"PartNumber": n, "ETag": one["ETag"]} for n, one in ((1, first), (2, second))]
        s3.complete_multipart_upload(**where, MultipartUpload={"Parts": parts})
        code = None
    except s3.exceptions.ClientError as error:
        code = error.response["Error"]["Code"]

    assert code in {None, "NoSuchUpload", "NoSuchBucket", "InvalidPart"}
    assert code or (endpoint.root / "bucket/k").stat().st_size == len(PART) + 1


@pytest.mark.parametrize("harm", [overwrite_metadata, overwrite_metadata_but_its_header, replace_metadata])
def test_broken_metadata_is_set_aside_with_a_warning(
    s3: Any, endpoint: Endpoint, harm: Callable[[Path], None], caplog: pytest.LogCaptureFixture
) -> None:
    s3.put_object(Bucket="bucket", Key="k", Body=b"content", ContentType="text/plain")
    harm(endpoint.root)

    with caplog.at_level(logging.WARNING):
        got = s3.get_object(Bucket="bucket", Key="k")

    assert got["Body"].read() == b"content"
    assert (endpoint.root / ".fake_s3/metadata.sqlite.damaged").exists()
    assert "metadata.sqlite.damaged" in caplog.text


def test_many_callers_heal_once(s3: Any, endpoint: Endpoint) -> None:
    for number in range(20):
        s3.put_object(Bucket="bucket", Key=f"k{number}", Body=b"content")
    overwrite_metadata(endpoint.root)

    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda n: s3.get_object(Bucket="bucket", Key=f"k{n}")["Body"].read(), range(20)))

    assert got == [b"content"] * 20


@pytest.mark.parametrize(
    ("number", "status", "code"),
    [
        (errno.ENOSPC, 507, "InsufficientStorage"),
        (errno.EDQUOT, 507, "InsufficientStorage"),
        (errno.EROFS, 403, "AccessDenied"),
        (errno.EACCES, 403, "AccessDenied"),
    ],
)
def test_a_disk_that_takes_nothing_is_said_to(
    s3: Any, endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch, number: int, status: int, code: str
) -> None:
    def fail(self: StagedFile, chunk: bytes) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(StagedFile, "_append", fail)

    with refused(code, status):
        s3.put_object(Bucket="bucket", Key="k", Body=b"content")
    assert list((endpoint.root / ".fake_s3/staging").iterdir()) == []


@pytest.mark.skipif(
    not Path("/dev/full").exists(), reason="needs /dev/full, a Linux device that is always full"
)
def test_a_disk_that_is_really_full_is_said_to_be(s3: Any, endpoint: Endpoint, monkeypatch: Any) -> None:
    monkeypatch.setattr(
        "fake_s3.staging._create_locked", lambda _: (Path("/dev/full"), io.FileIO("/dev/full", "w"))
    )
    monkeypatch.setattr(StagedFile, "discard", lambda self: self._file.close())

    with refused("InsufficientStorage", 507):
        s3.put_object(Bucket="bucket", Key="k", Body=b"content")


# Connections


def test_a_closed_store_leaves_no_file_open(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path / "root")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: store.metadata.set("b", str(n), "x"), range(50)))

    store.close()

    opened = [os.readlink(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd") if _is_open(fd)]
    assert not [path for path in opened if path.startswith(str(tmp_path))]


def _is_open(descriptor: str) -> bool:
    return os.path.lexists(f"/proc/self/fd/{descriptor}")


def test_connections_in_use_are_closed_when_they_come_back(tmp_path: Path) -> None:
    metadata = Metadata(tmp_path / "metadata.sqlite")

    with metadata.connection() as connection:
        metadata.close()
        connection.execute("SELECT 1")

    with pytest.raises(sqlite3.ProgrammingError):
        connection.execute("SELECT 1")


def test_no_connection_is_left_to_the_garbage_collector(tmp_path: Path) -> None:
    """Python 3.13 warns of each such connection."""
    code = (
        "import sys\nfrom pathlib import Path\nfrom fake_s3 import ObjectStore, create_app\n"
        "store = ObjectStore(Path(sys.argv[1]))\ncreate_app(store)\nstore.close()\n"
    )

    ended = subprocess.run(
        [sys.executable, "-W", "error::ResourceWarning", "-c", code, tmp_path / "root"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.returncode, ended.stderr) == (0, "")


# Buckets and what is kept of them, in one step


def test_what_is_put_into_a_bucket_at_once_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A PUT that comes between the directory and its rows keeps its own."""
    store = ObjectStore(tmp_path / "root")
    mkdir = Path.mkdir

    def put_at_once(path: Path, *arguments: Any, **options: Any) -> None:
        mkdir(path, *arguments, **options)
        if path.name == "bucket":
            store.put("bucket", "k", [b"x"], lambda: Details({"content-type": "text/plain"}))

    monkeypatch.setattr(Path, "mkdir", put_at_once)
    store.buckets.create("bucket", "eu-west-1", 1.0)

    assert store.head("bucket", "k").details.headers == {"content-type": "text/plain"}
    assert store.buckets.describe("bucket").region == "eu-west-1"
    store.close()


def test_many_makers_and_removers_of_one_bucket_leave_a_whole_one_or_none(tmp_path: Path) -> None:
    store = ObjectStore(tmp_path / "root")
    start = threading.Barrier(4)
    codes = set()

    def work(number: int) -> None:
        start.wait()
        for turn in range(20):
            try:
                if number % 2:
                    store.buckets.create("bucket", "eu-west-1", turn)
                else:
                    store.buckets.delete("bucket")
            except S3Error as error:
                codes.add(error.code)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(4)))

    assert codes <= {"BucketAlreadyOwnedByYou", "NoSuchBucket"}
    if (store.root / "bucket").exists():
        assert store.buckets.describe("bucket").region == "eu-west-1"
    store.close()
