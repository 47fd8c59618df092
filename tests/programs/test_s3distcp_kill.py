"""s3-dist-cp stopped half-way: what is there is whole."""

from __future__ import annotations

import gzip
import os
import signal
import time
from pathlib import Path

import pytest

from tests.programs.conftest import DEADLINE_SECONDS, Cluster, contents, write
from tests.waiting import wait_until

FILES = 100
LARGE_BYTES = 3 << 30


def visible(folder: Path) -> dict[str, bytes]:
    """What an S3 client, or a job, sees."""
    return {name: data for name, data in contents(folder).items() if ".fake_s3" not in name}


def has_started(folder: Path) -> bool:
    """Whether a file is there, or in the making."""
    return folder.exists() and any(path.is_file() for path in folder.rglob("*"))


def make_large(path: Path) -> None:
    """A file that takes no room, but long to compress."""
    with open(path, "wb") as file:
        file.truncate(LARGE_BYTES)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_leaves_whole_files_only(cluster: Cluster, number: signal.Signals) -> None:
    data = os.urandom(1 << 20)
    names = {f"{index:03}" for index in range(FILES)}
    for name in names:
        write(cluster.bucket / "in" / name, data)
    make_large(cluster.bucket / "in" / "large")  # with which it cannot be done by then
    arguments = ("--src=s3://b/in", "--dest=hdfs:///out", "--outputCodec=gz", "--deleteOnSuccess")
    process = cluster.start("s3-dist-cp", *arguments)
    wait_until(lambda: (cluster.hdfs / "out").exists() and visible(cluster.hdfs / "out"), "nothing is copied")

    process.send_signal(number)
    began = time.monotonic()
    process.communicate(timeout=DEADLINE_SECONDS)

    assert process.returncode == 128 + number
    assert time.monotonic() - began < 10  # 2 s on a machine that has nothing else to do
    copied = {name.removesuffix(".gz"): content for name, content in contents(cluster.hdfs / "out").items()}
    assert {gzip.decompress(content) for content in copied.values()} == {data}
    assert copied.keys() <= names
    left = {path.name for path in (cluster.bucket / "in").iterdir()}
    assert copied.keys() | left == {*names, "large"}


def test_a_signal_stops_within_a_large_file(cluster: Cluster) -> None:
    (cluster.bucket / "in").mkdir()
    make_large(cluster.bucket / "in" / "large")
    arguments = ("--src=s3://b/in", "--dest=hdfs:///out", "--outputCodec=gz")
    process = cluster.start("s3-dist-cp", *arguments)
    wait_until(lambda: has_started(cluster.hdfs / "out"), "nothing is copied")

    process.terminate()
    process.communicate(timeout=DEADLINE_SECONDS)

    assert process.returncode == 128 + signal.SIGTERM
    assert contents(cluster.hdfs / "out") == {}
    assert "Stopped by signal 15" in cluster.syslog


def test_a_kill_leaves_nothing_that_a_reader_sees_as_a_file(cluster: Cluster) -> None:
    data = os.urandom(8 << 20)
    for index in range(20):
        write(cluster.bucket / "in" / f"{index:03}", data)
    process = cluster.start("s3-dist-cp", "--src=s3://b/in", "--dest=s3://b/out")
    wait_until(lambda: has_started(cluster.bucket / "out"), "nothing is copied")

    process.kill()
    process.communicate(timeout=DEADLINE_SECONDS)

    assert set(visible(cluster.bucket / "out").values()) <= {data}
    assert cluster.run("s3-dist-cp", "--src=s3://b/in", "--dest=s3://b/out").code == 0
    assert len(visible(cluster.bucket / "out")) == 20
