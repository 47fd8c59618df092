"""Splits of .bz2 files: every line is in one of them."""

from __future__ import annotations

import bz2
import random
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from emrsim.mapreduce.formats.bzip2 import split_chunks
from tests.mapreduce.jobs import Jobs

LINE_PARTS = st.sampled_from([b"a", b"\n", b"\r", b"\r\n", b"word ", b"x" * 30])
STREAMS = st.lists(st.lists(LINE_PARTS, max_size=12).map(b"".join), min_size=1, max_size=6)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("bzip2")


def _split_texts(path: Path, cuts: list[float]) -> list[bytes]:
    size = path.stat().st_size
    places = sorted({0, *(int(size * cut) for cut in cuts), size})
    with open(path, "rb") as source:
        return [b"".join(split_chunks(source, start, end)) for start, end in pairwise(places)]


@given(streams=STREAMS, cuts=st.lists(st.floats(0, 1), max_size=4))
@example(streams=[b"\r", b"a"], cuts=[0.5, 0.125])
@settings(deadline=None)
def test_the_splits_of_a_file_are_its_text(scratch: Path, streams: list[bytes], cuts: list[float]) -> None:
    path = scratch / "file.bz2"
    path.write_bytes(b"".join(map(bz2.compress, streams)))

    texts = _split_texts(path, cuts)

    assert b"".join(texts) == b"".join(streams)


def test_blocks_at_any_bit_are_found(tmp_path: Path) -> None:
    generator = random.Random(1)
    plain = b"".join(b"%d\n" % generator.randrange(10**9) for _ in range(120_000))
    path = tmp_path / "file.bz2"
    path.write_bytes(bz2.compress(plain, compresslevel=1))  # blocks of 100 kB

    texts = _split_texts(path, [index / 9 for index in range(1, 9)])

    assert b"".join(texts) == plain
    assert all(text.endswith(b"\n") for text in texts)
    assert sum(bool(text) for text in texts) == 9


@pytest.mark.parametrize(("version", "maps"), [("2.4.0", 2), ("1.0.3", 1)])
def test_hadoop_2_maps_the_parts_of_a_large_file(jobs: Jobs, version: str, maps: int) -> None:
    lines = b"".join(b"%d\n" % number for number in range(60_000))
    jobs.write("in/x.bz2", bz2.compress(lines, compresslevel=1))

    ended = jobs.run(
        *("-mapper", "cat", "-reducer", "cat"), maps=2, own=("--hadoop-version", version, "--syslog", "log")
    )

    assert ended.code == 0
    assert ended.text() == b"".join(sorted(line + b"\t\n" for line in lines.splitlines()))
    if version == "2.4.0":
        assert f"number of splits:{maps}" in (jobs.folder / "log").read_text()


def test_a_split_of_a_truncated_file_names_it(jobs: Jobs) -> None:
    generator = random.Random(2)
    packed = bz2.compress(bytes(generator.randrange(256) for _ in range(400_000)), compresslevel=1)
    jobs.write("in/torn.bz2", packed[: len(packed) * 3 // 4])

    ended = jobs.run("-mapper", "cat", "-reducer", "cat", maps=2, own=("--one-attempt",))

    assert ended.code == 1
    assert "torn.bz2" in ended.said
    assert "Unexpected end of input stream" in ended.said
