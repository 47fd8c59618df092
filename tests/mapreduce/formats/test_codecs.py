"""Compressed files: malformed in any way, they give their text or an error, as Hadoop's readers do."""

from __future__ import annotations

import bz2
import gzip
import struct
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import pyarrow
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.codecs import read_chunks
from emrsim.mapreduce.formats.sequencefile import PairWriter, read_pairs
from tests.mapreduce.jobs import Jobs

TEXT = b"".join(b"line %d\n" % number for number in range(1000))


def _gzip(data: bytes) -> bytes:
    return gzip.compress(data, mtime=0)  # the same each time: it is in the names of tests


def _framed(codec: str) -> Callable[[bytes], bytes]:
    def compress(data: bytes) -> bytes:
        piece: bytes = pyarrow.Codec(codec).compress(data, asbytes=True)
        return struct.pack(">II", len(data), len(piece)) + piece

    return compress


COMPRESS: dict[str, Callable[[bytes], bytes]] = {
    "gz": _gzip,
    "bz2": bz2.compress,
    "deflate": zlib.compress,
    "zst": lambda data: pyarrow.compress(data, "zstd", asbytes=True),
    "snappy": _framed("snappy"),
    "lz4": _framed("lz4_raw"),
}


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("codecs")


def text_of(folder: Path, ending: str, data: bytes, cut: float = 0) -> bytes:
    path = folder / f"file.{ending}"
    path.write_bytes(data)
    if not cut:
        return b"".join(read_chunks(path))
    middle = int(len(data) * cut)
    return b"".join(read_chunks(path, 0, middle)) + b"".join(read_chunks(path, middle, len(data)))


# Each seen with Hadoop 3.5's own readers, but for .zst, .snappy and .lz4, which read less than what is there
# from a file that is cut, and say nothing: here such a file is an error.
@pytest.mark.parametrize(
    ("ending", "data", "text"),
    [
        ("gz", b"", None),
        ("gz", TEXT, None),
        ("gz", _gzip(TEXT)[:-1], None),
        ("gz", _gzip(TEXT)[:500], None),
        ("gz", _gzip(TEXT) * 2, TEXT * 2),
        ("gz", _gzip(TEXT) + b"junk junk", None),
        ("gz", _gzip(TEXT) + bytes(100), None),
        ("gz", _gzip(b""), b""),
        ("deflate", b"", None),
        ("deflate", TEXT, None),
        ("deflate", zlib.compress(TEXT)[:-1], None),
        ("deflate", zlib.compress(TEXT) * 2, TEXT * 2),
        ("deflate", zlib.compress(TEXT) + b"junk", None),
        ("bz2", b"", b""),
        ("bz2", bz2.compress(TEXT)[:-1], TEXT),
        ("bz2", bz2.compress(TEXT)[:500], None),
        ("bz2", bz2.compress(TEXT) * 2, TEXT * 2),
        ("bz2", bz2.compress(TEXT) + b"junk junk", TEXT),
        # Hadoop reads no line of these; that nothing is there must not look like success.
        ("bz2", TEXT, None),
        ("bz2", b"a", None),
        ("bz2", b"BZh9", None),
        ("zst", b"", None),
        ("zst", TEXT, None),
        ("zst", COMPRESS["zst"](TEXT)[:-1], None),
        ("zst", COMPRESS["zst"](TEXT) * 2, TEXT * 2),
        ("snappy", b"", b""),
        ("snappy", TEXT, None),
        ("snappy", COMPRESS["snappy"](TEXT)[:-1], None),
        ("lz4", COMPRESS["lz4"](TEXT)[:-1], None),
        ("lz4", TEXT, None),
    ],
)
def test_odd_files_are_read_or_rejected(tmp_path: Path, ending: str, data: bytes, text: bytes | None) -> None:
    if text is None:
        with pytest.raises(TaskFailed, match=f"file.{ending}"):
            text_of(tmp_path, ending, data)
    else:
        assert text_of(tmp_path, ending, data) == text


@pytest.mark.parametrize("ending", COMPRESS)
@given(data=st.data())
@settings(deadline=None)
def test_damaged_files_give_text_or_an_error(scratch: Path, ending: str, data: st.DataObject) -> None:
    whole = bytearray(COMPRESS[ending](data.draw(st.binary(max_size=400))))
    for _ in range(data.draw(st.integers(1, 4))):
        if whole:
            whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    damaged = bytes(whole[: data.draw(st.integers(0, len(whole)))]) + data.draw(st.binary(max_size=9))

    try:
        text = text_of(scratch, ending, damaged)
    except TaskFailed:
        return
    assert len(text) < 1 << 20


@pytest.mark.parametrize("ending", ["snappy", "lz4"])
@pytest.mark.parametrize("head", [(2**31 - 1, 2**31 - 1), (-5, -5), (100, -5), (2**31 - 1, 10)])
def test_announced_lengths_are_not_allocated(tmp_path: Path, ending: str, head: tuple[int, int]) -> None:
    tracemalloc.start()
    with pytest.raises(TaskFailed):
        text_of(tmp_path, ending, struct.pack(">ii", *head) + b"x" * 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 32 << 20


@pytest.mark.parametrize("codec", [None, "DefaultCodec", "GzipCodec", "BZip2Codec"])
@given(data=st.data())
@settings(deadline=None)
def test_damaged_sequence_files_give_records_or_an_error(
    scratch: Path, codec: str | None, data: st.DataObject
) -> None:
    path = scratch / "file"
    name = None if codec is None else f"org.apache.hadoop.io.compress.{codec}"
    with open(path, "wb") as target:
        PairWriter(target, name).write(data.draw(st.lists(st.tuples(st.binary(), st.binary()), max_size=3)))
    whole = bytearray(path.read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    path.write_bytes(whole[: data.draw(st.integers(0, len(whole)))])

    try:
        for start in (0, data.draw(st.integers(1, 500))):
            for _ in read_pairs(path, start):
                pass
    except TaskFailed:
        return


def test_a_sequence_file_that_announces_much_is_rejected_at_once(tmp_path: Path) -> None:
    path = tmp_path / "file"
    with open(path, "wb") as target:
        PairWriter(target, None).write([(b"k", b"v")])
        target.write(struct.pack(">ii", 2**31 - 1, 5) + b"x" * 100)
    tracemalloc.start()
    with pytest.raises(TaskFailed, match="announced"):
        for _ in read_pairs(path):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 << 20


@pytest.mark.parametrize("maps", [1, 3])
@pytest.mark.parametrize(
    ("name", "data"), [("text.bz2", TEXT), ("empty.gz", b""), ("cut.bz2", bz2.compress(TEXT)[:400])]
)
def test_a_job_over_odd_files_never_succeeds_with_nothing(
    jobs: Jobs, name: str, data: bytes, maps: int
) -> None:
    jobs.write(f"in/{name}", data)

    ended = jobs.run("-D", "mapred.map.max.attempts=1", "-mapper", "cat", maps=maps)

    assert ended.code == 1
    assert name in ended.said


@pytest.mark.parametrize("ending", ["snappy", "lz4"])
@given(
    pieces=st.lists(
        st.builds(
            lambda part, count, end: part * count + end,
            st.binary(min_size=1, max_size=40),
            st.integers(1, 900),
            st.binary(max_size=300),
        ),
        min_size=1,
        max_size=5,
    )
)
def test_blocks_may_have_several_pieces(scratch: Path, ending: str, pieces: list[bytes]) -> None:
    codec = pyarrow.Codec("lz4_raw" if ending == "lz4" else ending)
    packed = [codec.compress(piece, asbytes=True) for piece in pieces]
    framed = [struct.pack(">I", len(piece)) + piece for piece in packed]
    block = struct.pack(">I", sum(map(len, pieces))) + b"".join(framed)

    assert text_of(scratch, ending, 2 * block) == 2 * b"".join(pieces)


def test_a_piece_that_does_not_fill_its_block_is_a_cut_file(scratch: Path) -> None:
    piece = pyarrow.Codec("lz4_raw").compress(b"a\n" * 9, asbytes=True)

    with pytest.raises(TaskFailed, match="Unexpected end"):
        text_of(scratch, "lz4", struct.pack(">II", 30, len(piece)) + piece)
