"""The records of a split."""

from __future__ import annotations

import bz2
import gzip
import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emrsim.mapreduce.input import lineinput, xmlinput
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.job.classes import XmlMarks
from emrsim.mapreduce.job.configuration import Configuration
from tests.mapreduce.jobs import Jobs

TEXT = st.lists(st.sampled_from([b"a", b"\r", b"\n", b"\r\n", b"bb\t", b"", b"c" * 50]), max_size=40).map(
    b"".join
)


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("scratch")


@given(text=TEXT, mark=st.booleans(), cut=st.floats(0, 1), chunk=st.integers(3, 9))
@settings(deadline=None)
def test_large_splits_give_what_small_ones_give(
    scratch: Path, text: bytes, mark: bool, cut: float, chunk: int
) -> None:
    path = scratch / "file"
    path.write_bytes(b"\xef\xbb\xbf" * mark + text)
    size = path.stat().st_size
    middle = int(size * cut)
    splits = [Split("u", path, 0, middle), Split("u", path, middle, size - middle)]
    reader = lineinput.TextReader(Configuration())

    def read() -> list[tuple[bytes, int]]:
        taken = [[(bytes(block), lines) for block, lines in reader.blocks(split)] for split in splits]
        return [(b"".join(block for block, _ in blocks), sum(n for _, n in blocks)) for blocks in taken]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lineinput, "CHUNK", chunk)
        small = read()
        patch.setattr(lineinput, "_SPLICED_BYTES_MIN", 0)
        large = read()

    assert large == small


@given(
    parts=st.lists(st.sampled_from([b"<r>", b"</r>", b"<", b"r>", b"text", b"\n"]), max_size=40),
    cut=st.floats(0, 1),
    chunk=st.integers(1, 9),
)
@settings(deadline=None)
def test_each_marked_record_is_in_the_split_where_it_begins(
    scratch: Path, parts: list[bytes], cut: float, chunk: int
) -> None:
    path = scratch / "marked"
    path.write_bytes(b"".join(parts))
    size = path.stat().st_size
    middle = int(size * cut)
    reader = xmlinput.XmlReader(Configuration(), XmlMarks(b"<r>", b"</r>"))

    def read(start: int, end: int) -> list[bytes]:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(xmlinput, "CHUNK", chunk)
            return [key for pairs in reader.pairs(Split("u", path, start, end - start)) for key, _ in pairs]

    records = list(re.finditer(rb"<r>.*?</r>", path.read_bytes(), re.DOTALL))
    assert read(0, size) == [match[0] for match in records]
    assert read(0, middle) == [match[0] for match in records if match.start() < middle]


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": gzip.compress,
    "bz2": lambda data: bz2.compress(data, 1),
    "deflate": zlib.compress,
    "zst": lambda data: pyarrow.compress(data, "zstd", asbytes=True),
}


@pytest.mark.parametrize("ending", ["", *COMPRESS])
@pytest.mark.parametrize("maps", [1, 4])
def test_marked_records_of_compressed_files_are_all_there(jobs: Jobs, ending: str, maps: int) -> None:
    text = b"".join(b"<r>%d %b</r>\n" % (number, b"a" * 200) for number in range(5000))
    name = f"in/x.xml.{ending}" if ending else "in/x.xml"
    jobs.write(name, COMPRESS[ending](text) if ending else text)

    reader = "StreamXmlRecordReader,begin=<r>,end=</r>"
    ended = jobs.run("-inputreader", reader, "-mapper", "grep -c <r>", "-reducer", "NONE", maps=maps)

    assert ended.code == 0, ended.said
    assert sum(map(int, ended.text().split())) == 5000


@pytest.mark.parametrize("ending", ["gz", "deflate", "zst"])
def test_what_cannot_be_cut_fails_rather_than_being_read_twice(jobs: Jobs, ending: str) -> None:
    jobs.write(f"in/x.{ending}", COMPRESS[ending](b"".join(b"%d\n" % number for number in range(5000))))

    name = "org.apache.hadoop.mapred.lib.NLineInputFormat"
    ended = jobs.run("-D", "mapred.map.max.attempts=1", "-mapper", "cat", "-inputformat", name)

    assert ended.code == 1
    assert "Cannot seek in" in ended.said
