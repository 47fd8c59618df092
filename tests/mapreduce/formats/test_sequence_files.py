"""Sequence files that jobs write and read: the classes in them, for each format of the streams."""

from __future__ import annotations

import struct
from pathlib import Path

import pytest

from emrsim.mapreduce.formats.sequencefile import RecordWriter, read_serialised
from emrsim.mapreduce.formats.writables import text
from tests.mapreduce.jobs import Ended, Jobs

IO = "org.apache.hadoop.io."
TEXT, BYTES, NULL, LONG = (
    f"{IO}{name}" for name in ("Text", "BytesWritable", "NullWritable", "LongWritable")
)
TYPED_BYTES = "org.apache.hadoop.typedbytes.TypedBytesWritable"
MAPRED = "org.apache.hadoop.mapred."
PASS = "import shutil, sys\nshutil.copyfileobj(sys.stdin.buffer, sys.stdout.buffer)\n"


def item(data: bytes) -> bytes:
    return struct.pack(">i", len(data)) + data


def typed(data: bytes) -> bytes:
    return b"\x07" + item(data)


def records(ended: Ended) -> list[tuple[str, str, bytes, bytes]]:
    """The records of a job's only output file: classes of key and value, and what was serialised."""
    return [
        (batch.key_class, batch.value_class, *pair)
        for batch in read_serialised(ended.output / "part-00000")
        for pair in batch.pairs
    ]


def sequence_file(path: Path, key_class: str, value_class: str, *pairs: tuple[bytes, bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as target:
        RecordWriter(target, key_class.encode(), value_class.encode()).write_serialised(pairs)


@pytest.mark.parametrize(
    ("printed_as", "printed", "want"),
    [
        ("text", b"k\tv\n", (TEXT, TEXT, b"\x01k", b"\x01v")),
        ("keyonlytext", b"k\tv\n", (TEXT, NULL, b"\x03k\tv", b"")),
        ("rawbytes", item(b"k") + item(b"v"), (BYTES, BYTES, item(b"k"), item(b"v"))),
        (
            "typedbytes",
            typed(b"k") + b"\x03\x00\x00\x00\x05",
            (TYPED_BYTES, TYPED_BYTES, item(typed(b"k")), item(b"\x03\x00\x00\x00\x05")),
        ),
    ],
)
@pytest.mark.parametrize("side", ["map", "reduce"])
def test_a_sequence_file_has_the_classes_of_what_was_printed(
    jobs: Jobs, side: str, printed_as: str, printed: bytes, want: tuple[str, str, bytes, bytes]
) -> None:
    jobs.script("say.py", f"import sys\nsys.stdin.read()\nsys.stdout.buffer.write({printed!r})\n")
    programs = {
        "map": ("-mapper", "say.py", "-numReduceTasks", "0"),
        "reduce": ("-mapper", "cat", "-reducer", "say.py"),
    }[side]

    ended = jobs.run(
        *("-D", f"stream.{side}.output={printed_as}", *programs, "-file", "say.py"),
        *("-outputformat", "SequenceFileOutputFormat"),
        lines=b"x\n",
    )

    assert ended.code == 0, ended.said
    assert records(ended) == [want]


def test_a_job_reads_the_typed_bytes_that_another_wrote(jobs: Jobs) -> None:
    data = typed(b"k") + b"\x08\x00\x00\x00\x02" + typed(b"a") + b"\x06" + struct.pack(">d", 0.5)
    jobs.script("say.py", f"import sys\nsys.stdin.read()\nsys.stdout.buffer.write({data!r})\n")
    jobs.script("pass.py", PASS)
    io = ("-io", "typedbytes", "-outputformat", "SequenceFileOutputFormat", "-numReduceTasks", "0")
    first = jobs.run(*io, "-mapper", "say.py", "-file", "say.py", lines=b"x\n")
    jobs.output.rename(jobs.folder / "seq")

    second = jobs.words(
        *("-D", "mapred.map.tasks=1", "-input", "seq", "-output", "out", *io),
        *("-inputformat", "AutoInputFormat", "-mapper", "pass.py", "-file", "pass.py"),
    )

    assert (first.code, second.code) == (0, 0), first.said + second.said
    assert records(second) == [(TYPED_BYTES, TYPED_BYTES, item(typed(b"k")), item(data[len(typed(b"k")) :]))]


@pytest.mark.parametrize(
    ("read_as", "name", "want"),
    [
        ("text", "SequenceFileInputFormat", b"k\n\t7\n"),
        ("text", "SequenceFileAsTextInputFormat", b"6b 0a\t7\n"),
        ("text", MAPRED + "SequenceFileAsBinaryInputFormat", b"\0\0\0\2k\n\t\0\0\0\7\n"),
        ("text", MAPRED + "lib.CombineSequenceFileInputFormat", b"k\n\t7\n"),
        ("rawbytes", "SequenceFileInputFormat", item(b"k\n") + item(b"\0\0\0\7")),
        ("rawbytes", "AutoInputFormat", item(b"k\n") + item(b"\0\0\0\7")),
        ("rawbytes", "SequenceFileAsTextInputFormat", item(text(b"6b 0a")) + item(text(b"7"))),
        (
            "rawbytes",
            MAPRED + "SequenceFileAsBinaryInputFormat",
            item(b"\0\0\0\2k\n") + item(b"\0\0\0\7"),
        ),
        ("typedbytes", "SequenceFileInputFormat", b"\0" + item(b"k\n") + b"\x03\0\0\0\7"),
        ("typedbytes", "SequenceFileAsTextInputFormat", typed(b"6b 0a") + typed(b"7")),
        (
            "typedbytes",
            MAPRED + "SequenceFileAsBinaryInputFormat",
            b"\0" + item(b"\0\0\0\2k\n") + b"\0" + item(b"\0\0\0\7"),
        ),
    ],
)
def test_a_mapper_reads_what_hadoop_makes_of_the_classes_in_a_file(
    jobs: Jobs, read_as: str, name: str, want: bytes
) -> None:
    sequence_file(jobs.folder / "in/seq", BYTES, f"{IO}IntWritable", (item(b"k\n"), b"\0\0\0\7"))
    jobs.script("keep.py", "import sys\nsys.stderr.write(repr(sys.stdin.buffer.read()))\n")

    ended = jobs.run(
        *("-D", f"stream.map.input={read_as}", "-mapper", "keep.py", "-file", "keep.py"),
        *("-inputformat", name, "-numReduceTasks", "0"),
        own=("--task-logs", str(jobs.folder / "logs")),
    )

    assert ended.code == 0, ended.said
    (stderr,) = (jobs.folder / "logs").rglob("stderr")
    assert stderr.read_bytes() == repr(want).encode()


def test_a_class_that_the_output_was_not_made_for_fails(jobs: Jobs) -> None:
    """As with Hadoop 3.3: without a reducing command, the job has to name the class."""
    words = ("-mapper", "cat", "-outputformat", "SequenceFileOutputFormat")

    bare = jobs.run("-D", "mapred.reduce.max.attempts=1", *words, lines=b"a\t1\n")
    jobs.output.rename(jobs.folder / "failed")
    named = jobs.run("-D", f"mapred.output.key.class={TEXT}", *words)

    assert bare.code == 1
    assert f"Error: java.io.IOException: wrong key class: {TEXT} is not class {LONG}" in bare.said
    assert records(named) == [(TEXT, TEXT, b"\x01a", b"\x011")]


BINARY_OUTPUT = MAPRED + "SequenceFileAsBinaryOutputFormat"


def test_bytes_are_written_as_the_classes_that_the_job_names(jobs: Jobs) -> None:
    printed = item(b"\x01k") + item(b"\0\0\0\7")
    jobs.script("say.py", f"import sys\nsys.stdin.read()\nsys.stdout.buffer.write({printed!r})\n")

    ended = jobs.run(
        *("-D", f"mapred.seqbinary.output.key.class={TEXT}", "-D", "stream.map.output=rawbytes"),
        *("-D", f"mapreduce.output.seqbinaryoutputformat.value.class={IO}IntWritable"),
        *("-mapper", "say.py", "-file", "say.py", "-numReduceTasks", "0", "-outputformat", BINARY_OUTPUT),
        lines=b"x\n",
    )

    assert ended.code == 0, ended.said
    assert records(ended) == [(TEXT, f"{IO}IntWritable", b"\x01k", b"\0\0\0\7")]


@pytest.mark.parametrize(
    ("settings", "code", "why"),
    [
        ((), 1, f"java.lang.ClassCastException: {TEXT} cannot be cast to {BYTES}"),
        (("-D", "mapred.output.compress=true"), 3, "SequenceFileAsBinaryOutputFormat doesn't support Record"),
    ],
)
def test_binary_output_takes_neither_text_nor_compressed_records(
    jobs: Jobs, settings: tuple[str, ...], code: int, why: str
) -> None:
    ended = jobs.run(
        *("-D", "mapred.map.max.attempts=1", *settings),
        *("-mapper", "cat", "-numReduceTasks", "0", "-outputformat", BINARY_OUTPUT),
        lines=b"x\n",
    )

    assert ended.code == code, ended.said
    assert why in ended.said
