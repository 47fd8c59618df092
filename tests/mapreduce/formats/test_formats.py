"""Data formats between framework and commands, and of files."""

from __future__ import annotations

import struct
import zlib
from pathlib import Path

import pyarrow
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emrsim.mapreduce.formats.javanumbers import java_double
from emrsim.mapreduce.formats.lines import LineBlocks, normalised
from emrsim.mapreduce.formats.sequencefile import PairWriter, read_pairs
from tests.mapreduce.jobs import Jobs

RAW = """import struct, sys
data = sys.stdin.buffer
def item():
    head = data.read(4)
    return data.read(struct.unpack(">I", head)[0]) if head else None
"""


def test_rawbytes_reach_the_reducer_sorted(jobs: Jobs) -> None:
    jobs.script(
        "map.py",
        RAW + "while (key := item()) is not None:\n"
        "    value = item()[1:]\n"
        "    head = struct.pack('>I', len(value))\n"
        "    sys.stdout.buffer.write(head + value + struct.pack('>I', 2) + b'\\n\\t')\n",
    )

    ended = jobs.run("-io", "rawbytes", "-mapper", "map.py", "-file", "map.py", lines=b"bb\na\n")

    # Text output shows bytes as BytesWritable does; Text keys sort by their bytes, shorter first.
    assert ended.text() == b"61\t0a 09\n62 62\t0a 09\n"


def test_typedbytes_pass_through_and_show_as_text(jobs: Jobs) -> None:
    jobs.script("pass.py", "import shutil, sys\nshutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)\n")

    ended = jobs.run("-io", "typedbytes", "-mapper", "pass.py", "-file", "pass.py", lines=b"x\nyy\n")

    assert ended.text() == b"0\tx\n2\tyy\n"


def test_sequence_files_are_written_and_read(jobs: Jobs) -> None:
    first = jobs.run(
        *("-mapper", "cat", "-reducer", "cat", "-outputformat", "SequenceFileOutputFormat"),
        lines=b"b\t2\na\t1\n",
    )
    jobs.output.rename(jobs.folder / "seq")

    ended = jobs.words(
        *("-D", "mapred.map.tasks=1", "-input", "seq", "-output", "out", "-mapper", "cat"),
        *("-inputformat", "SequenceFileAsTextInputFormat", "-numReduceTasks", "0"),
    )

    assert first.code == 0
    assert ended.text() == b"a\t1\nb\t2\n"


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("AutoInputFormat", b"0\ta\n2\tb\tc\n"),
        ("org.apache.hadoop.streaming.AutoInputFormat", b"0\ta\n2\tb\tc\n"),
        ("StreamInputFormat", b"a\t\nb\tc\n"),
        ("KeyValueTextInputFormat", b"a\t\nb\tc\n"),
    ],
)
def test_a_format_of_the_streaming_package_is_known(jobs: Jobs, name: str, want: bytes) -> None:
    ended = jobs.run("-mapper", "cat", "-inputformat", name, "-numReduceTasks", "0", lines=b"a\nb\tc\n")

    assert ended.code == 0, ended.said
    assert ended.text() == want


def test_the_automatic_format_knows_a_sequence_file(jobs: Jobs) -> None:
    (jobs.folder / "in").mkdir()
    with open(jobs.folder / "in/data", "wb") as target:
        PairWriter(target, None).write([(b"k", b"v")])

    ended = jobs.run("-mapper", "cat", "-inputformat", "AutoInputFormat", "-numReduceTasks", "0")

    assert ended.text() == b"k\tv\n"


@given(
    pairs=st.lists(st.tuples(st.binary(max_size=300), st.binary(max_size=300)), max_size=30),
    cut=st.floats(0, 1),
)
def test_every_record_of_a_sequence_file_is_in_one_split(
    tmp_path_factory: pytest.TempPathFactory, pairs: list[tuple[bytes, bytes]], cut: float
) -> None:
    path = tmp_path_factory.mktemp("seq") / "file"
    with open(path, "wb") as target:
        PairWriter(target, "org.apache.hadoop.io.compress.DefaultCodec").write(pairs)
    size = path.stat().st_size
    middle = max(int(size * cut), 1)

    batches = [b for start, end in ((0, middle), (middle, size)) for b in read_pairs(path, start, end)]
    read = [pair for batch in batches for pair in batch]

    assert read == pairs


@pytest.mark.parametrize("codec", ["zst", "snappy", "lz4"])
def test_modern_codecs_are_read(jobs: Jobs, codec: str) -> None:
    plain = b"b\na\n" * 1000
    if codec == "zst":
        packed = pyarrow.compress(plain, "zstd", asbytes=True)
    else:
        piece = pyarrow.compress(plain, "lz4_raw" if codec == "lz4" else codec, asbytes=True)
        packed = struct.pack(">II", len(plain), len(piece)) + piece
    jobs.write(f"in/x.{codec}", packed)

    ended = jobs.run("-mapper", "cat", "-reducer", "uniq")

    assert ended.text() == b"a\t\nb\t\n"
    assert ended.counter("Map input records") == 2000


def test_default_codec_writes_deflate(jobs: Jobs) -> None:
    ended = jobs.run("-D", "mapred.output.compress=true", "-mapper", "cat", lines=b"a\n")

    assert zlib.decompress(ended.parts()["part-00000.deflate"]) == b"a\t\n"


@given(st.lists(st.sampled_from([b"a", b"\r", b"\n", b"bb", b""]), max_size=12))
def test_lines_are_the_same_however_chunks_tear_them(chunks: list[bytes]) -> None:
    want = b"".join(chunks).replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    want += b"" if not want or want.endswith(b"\n") else b"\n"
    blocks = LineBlocks()

    assert b"".join([*map(blocks.feed, chunks), blocks.finish()]) == want
    assert b"".join(normalised(chunks)) == want


@pytest.mark.parametrize(
    ("number", "text"),
    [(0.0, "0.0"), (1e7, "1.0E7"), (9999999.5, "9999999.5"), (0.00099, "9.9E-4"), (5e-324, "4.9E-324")],
)
def test_doubles_are_written_as_java_writes_them(number: float, text: str) -> None:
    assert java_double(number) == text


def test_memory_and_disk_give_the_same_output(jobs: Jobs) -> None:
    lines = b"".join(b"%08d\t%d\n" % (i * 7919 % 1_000_003, i) for i in range(400_000))
    jobs.write("in/data", lines)

    def output(memory: str, name: str) -> bytes:
        words = ("-input", "in", "-output", name, "-mapper", "cat", "-reducer", "cat", "-numReduceTasks", "3")
        ended = jobs.words("--memory", memory, *words)
        assert (ended.counter("Spilled Records") > 0) == (memory == "16m")
        return b"".join(path.read_bytes() for path in sorted(Path(jobs.folder / name).glob("part-*")))

    assert output("16m", "small") == output("1g", "large")
