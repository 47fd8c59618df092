"""`put` and `read`: objects in one call."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.ports import ReadOnlyBucket, StorageError


def test_text_becomes_an_object_of_a_new_bucket(emrsim: Emulator, s3_client: Any) -> None:
    path = emrsim.put("s3://new-bucket/a/key", "grüße\n")

    body = s3_client.get_object(Bucket="new-bucket", Key="a/key")["Body"].read()
    assert body == path.read_bytes() == "grüße\n".encode()


def test_bytes_are_put_as_they_are(emrsim: Emulator) -> None:
    emrsim.put("s3n://bucket/key", b"\xff\x00")

    assert emrsim.read_bytes("s3a://bucket/key") == b"\xff\x00"


def test_file_is_copied(emrsim: Emulator, tmp_path: Path) -> None:
    (tmp_path / "words.txt").write_text("to be\n")

    emrsim.put("s3://bucket/in", tmp_path / "words.txt")

    assert emrsim.read("s3://bucket/in") == "to be\n"
    assert (tmp_path / "words.txt").exists()


def test_folder_becomes_keys_below_the_uri(emrsim: Emulator, tmp_path: Path, s3_client: Any) -> None:
    (tmp_path / "books" / "old").mkdir(parents=True)
    (tmp_path / "books" / "old" / "one").write_text("1")
    (tmp_path / "books" / "two").write_text("2")

    emrsim.put("s3://bucket/books/", tmp_path / "books")

    keys = [one["Key"] for one in s3_client.list_objects_v2(Bucket="bucket")["Contents"]]
    assert keys == ["books/old/one", "books/two"]


@pytest.mark.parametrize(
    ("uri", "error", "message"),
    [
        ("bucket/key", StorageError, "invalid URI 'bucket/key'"),
        ("hdfs:///key", StorageError, "invalid URI 'hdfs:///key'"),
        ("s3://Not_A/../bucket", StorageError, "s3://Not_A"),
        ("s3://bucket/a/../b", StorageError, "s3://bucket/a/../b"),
        ("s3://bucket/folder/", StorageError, "names a bucket or a folder"),
        ("s3://bucket", StorageError, "s3://bucket names a bucket or a folder"),
        ("s3://bucket/a//b", StorageError, "s3://bucket/a//b"),
        ("s3://elasticmapreduce/key", ReadOnlyBucket, "is built in"),
    ],
)
def test_impossible_name_is_refused(emrsim: Emulator, uri: str, error: type[Exception], message: str) -> None:
    with pytest.raises(error) as refused:
        emrsim.put(uri, "text")

    assert message in str(refused.value)
    assert list(emrsim.root.glob("[!.]*")) == []


def test_file_that_is_not_there_leaves_no_bucket_behind(emrsim: Emulator, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="to copy to s3://bucket/in"):
        emrsim.put("s3://bucket/in", tmp_path / "missing")

    assert not (emrsim.root / "bucket").exists()


def test_object_below_an_object_is_refused(emrsim: Emulator) -> None:
    emrsim.put("s3://bucket/a", "text")

    with pytest.raises(StorageError, match="s3://bucket/a/b cannot be written"):
        emrsim.put("s3://bucket/a/b", "text")


def test_parts_are_read_in_order_and_hidden_files_are_left_out(emrsim: Emulator) -> None:
    for name, text in {
        "part-00010": "c\n",
        "part-00002": "b\n",
        "part-00000": "a\n",
        "_SUCCESS": "no\n",
        ".crc": "no\n",
        "_temporary/part-00001": "no\n",
    }.items():
        emrsim.put(f"s3://bucket/out/{name}", text)

    assert emrsim.read("s3://bucket/out/") == emrsim.read("s3://bucket/out") == "a\nb\nc\n"
    assert emrsim.read("s3://bucket/out/part-0001*") == "c\n"


def test_compressed_parts_are_read_as_text(emrsim: Emulator) -> None:
    emrsim.put("s3://bucket/out/part-00000.gz", gzip.compress(b"a\n"))
    emrsim.put("s3://bucket/out/part-00001.bz2", bz2.compress(b"b\n"))
    emrsim.put("s3://bucket/out/part-00002", "c\n")

    assert emrsim.read("s3://bucket/out/") == "a\nb\nc\n"


def test_damaged_part_is_named(emrsim: Emulator) -> None:
    emrsim.put("s3://bucket/out/part-00000.gz", gzip.compress(b"a" * 1000)[:-10])

    with pytest.raises(ValueError, match=r"s3://bucket/out/part-00000\.gz cannot be decompressed"):
        emrsim.read("s3://bucket/out")


@pytest.mark.parametrize("uri", ["/etc/hosts", "file:///etc/hosts", "s3://bucket/key,/etc/hosts", "", "key"])
def test_files_of_the_machine_are_not_read(emrsim: Emulator, uri: str) -> None:
    emrsim.put("s3://bucket/key", "text")

    with pytest.raises(StorageError, match="invalid URI"):
        emrsim.read(uri)


@pytest.mark.parametrize("uri", ["s3://bucket/missing", "s3://no-bucket/x", "s3://bucket/missing*"])
def test_nothing_to_read_is_an_error_that_names_it(emrsim: Emulator, uri: str) -> None:
    emrsim.put("s3://bucket/other", "")

    with pytest.raises(FileNotFoundError) as missing:
        emrsim.read(uri)

    assert uri in str(missing.value)


def test_links_that_lead_out_of_the_s3_directory_are_not_read(emrsim: Emulator, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("TOPSECRET")
    emrsim.put("s3://bucket/in/a", "a")
    (emrsim.root / "bucket/in/evil").symlink_to(tmp_path / "secret")

    with pytest.warns(UserWarning, match="in/evil"):
        assert emrsim.read("s3://bucket/in") == "a"
    with pytest.raises(FileNotFoundError):
        emrsim.read("s3://bucket/in/evil")
