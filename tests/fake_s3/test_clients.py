"""Clients that are programs of their own: the AWS CLI, and s3fs in a Python of its own.

They are found on PATH and among this Python's packages; where they live elsewhere, EMRSIM_AWSCLI names the
`aws` program and EMRSIM_S3FS_PYTHON a Python that has s3fs (neither fits well beside the newest boto3).
Hadoop's S3A is not driven here: it needs hadoop-aws and the AWS SDK for Java, which no Python package brings.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.fake_s3.conftest import Endpoint, serve

KEYS = {"AKIDEXAMPLE": "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}


def find_aws() -> str | None:
    """The AWS CLI, if there is one that runs."""
    aws = os.environ.get("EMRSIM_AWSCLI") or shutil.which("aws")
    works = aws and subprocess.run([aws, "--version"], capture_output=True, check=False).returncode == 0
    return aws if works else None


AWS = find_aws()
S3FS_PYTHON = os.environ.get("EMRSIM_S3FS_PYTHON") or (
    sys.executable if importlib.util.find_spec("s3fs") else None
)


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Endpoint]:
    with serve(tmp_path / "root", keys=KEYS) as endpoint:
        yield endpoint


def environment(endpoint: Endpoint) -> dict[str, str]:
    """The environment of a client that has never heard of the user who runs the tests."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(endpoint.root.parent),
        "AWS_ACCESS_KEY_ID": "AKIDEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": KEYS["AKIDEXAMPLE"],
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": endpoint.url,
        "AWS_PAGER": "",
        "AWS_MAX_ATTEMPTS": "1",
    }


def run(endpoint: Endpoint, *command: Any) -> str:
    result = subprocess.run(
        [str(part) for part in command],
        env=environment(endpoint),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def write_tree(folder: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)


def read_tree(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


FILES = {"a.txt": b"a b\n", "deep/er/ü &+.txt": b"b c\n", "large.bin": bytes(range(256)) * 40_000}


@pytest.mark.skipif(AWS is None, reason="no AWS CLI: install awscli, or name its program in EMRSIM_AWSCLI")
def test_aws_cli_syncs_a_folder_in_and_out(guarded: Endpoint, tmp_path: Path) -> None:
    write_tree(tmp_path / "in", FILES)

    run(guarded, AWS, "s3", "mb", "s3://bucket")
    run(guarded, AWS, "s3", "sync", tmp_path / "in", "s3://bucket/data")
    assert read_tree(guarded.root / "bucket/data") == FILES
    assert run(guarded, AWS, "s3", "sync", tmp_path / "in", "s3://bucket/data") == ""

    write_tree(guarded.root / "bucket/out", {"part-00000": b"by hand\n"})
    run(guarded, AWS, "s3", "mv", "s3://bucket/data/large.bin", "s3://bucket/out/moved.bin")
    run(guarded, AWS, "s3", "cp", "--recursive", "s3://bucket/out", tmp_path / "out")
    assert read_tree(tmp_path / "out") == {"moved.bin": FILES["large.bin"], "part-00000": b"by hand\n"}

    assert "PRE out/" in run(guarded, AWS, "s3", "ls", "s3://bucket")
    run(guarded, AWS, "s3", "rb", "--force", "s3://bucket")
    assert not (guarded.root / "bucket").exists()


S3FS = """
import s3fs
fs = s3fs.S3FileSystem()
fs.mkdir("bucket")
with fs.open("bucket/dir/large", "wb", block_size=5 << 20) as file:
    for _ in range(12):
        file.write(b"x" * (1 << 20))
fs.pipe("bucket/dir/small ü", b"0123456789")
assert fs.cat("bucket/dir/small ü") == b"0123456789"
assert fs.cat_file("bucket/dir/small ü", start=2, end=5) == b"234"
assert sorted(fs.ls("bucket/dir")) == ["bucket/dir/large", "bucket/dir/small ü"]
assert fs.info("bucket/dir/large")["size"] == 12 << 20
assert fs.isdir("bucket/dir") and not fs.exists("bucket/nothing")
fs.cp("bucket/dir/large", "bucket/copy")
fs.mv("bucket/dir/small ü", "bucket/moved")
assert [path for path, _, _ in fs.walk("bucket")] == ["bucket", "bucket/dir"]
fs.rm("bucket/dir", recursive=True)
"""


@pytest.mark.skipif(
    S3FS_PYTHON is None, reason="no s3fs: install it, or name a Python that has it in EMRSIM_S3FS_PYTHON"
)
def test_s3fs_works_on_files(guarded: Endpoint) -> None:
    run(guarded, S3FS_PYTHON, "-c", S3FS)

    assert read_tree(guarded.root / "bucket") == {"copy": b"x" * (12 << 20), "moved": b"0123456789"}
