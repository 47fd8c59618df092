"""The formats of the four streams, each set by itself."""

from __future__ import annotations

import struct

import pytest

from tests.mapreduce.jobs import Jobs


def _raw(*items: bytes) -> bytes:
    return b"".join(struct.pack(">i", len(item)) + item for item in items)


def _typed(*items: bytes) -> bytes:
    return b"".join(b"\x07" + struct.pack(">i", len(item)) + item for item in items)


# A record with the key `a` and the value `b`, as a command prints it.
PRINTED = {
    "text": b"a\tb\n",
    "rawbytes": _raw(b"a", b"b"),
    "typedbytes": _typed(b"a", b"b"),
}


@pytest.mark.parametrize(
    ("settings", "read"),
    [
        (("-D", "stream.map.input=typedbytes"), b"\x04" + bytes(8) + _typed(b"one")),
        (("-D", "stream.map.input=rawbytes"), _raw(bytes(8), b"\x03one")),
        (("-D", "stream.map.input=TypedBytes"), b"\x04" + bytes(8) + _typed(b"one")),
        (("-D", "stream.map.input=keyonlytext"), b"0\n"),
        (("-D", "stream.map.input=nonsense"), b"one\n"),
        (("-jobconf", "stream.map.input=typedbytes"), b"\x04" + bytes(8) + _typed(b"one")),
        # -io is the last word.
        (("-D", "stream.map.input=rawbytes", "-io", "typedbytes"), b"\x04" + bytes(8) + _typed(b"one")),
    ],
)
def test_a_mapper_reads_the_format_that_is_set(jobs: Jobs, settings: tuple[str, ...], read: bytes) -> None:
    seen = jobs.folder / "seen"
    jobs.script("see.py", f"import sys\nopen({str(seen)!r}, 'wb').write(sys.stdin.buffer.read())\n")

    ended = jobs.run(
        *settings, "-mapper", "see.py", "-file", "see.py", "-numReduceTasks", "0", lines=b"one\n"
    )

    assert ended.code == 0, ended.said
    assert seen.read_bytes() == read


@pytest.mark.parametrize("printed", PRINTED)
@pytest.mark.parametrize(
    ("read", "expected"),
    [
        ("text", {"text": b"a\tb\n", "rawbytes": b"a\tb\n",
                  "typedbytes": _typed(b"a") + b"\t" + _typed(b"b") + b"\n"}),
        ("rawbytes", {"text": _raw(b"\1a", b"\1b"), "rawbytes": _raw(b"a", b"b"),
                      "typedbytes": _raw(_typed(b"a"), _typed(b"b"))}),
        ("typedbytes", {"text": _typed(b"a", b"b"), "typedbytes": _typed(b"a", b"b"),
                        "rawbytes": b"\0" + _raw(b"a") + b"\0" + _raw(b"b")}),
        ("keyonlytext", {"text": b"a\n", "rawbytes": b"a\n", "typedbytes": _typed(b"a") + b"\n"}),
    ],
)  # fmt: skip
def test_a_reducer_reads_any_map_output_in_the_format_that_is_set(
    jobs: Jobs, printed: str, read: str, expected: dict[str, bytes]
) -> None:
    seen = jobs.folder / "seen"
    jobs.script("print.py", f"import sys\nsys.stdin.read()\nsys.stdout.buffer.write({PRINTED[printed]!r})\n")
    jobs.script("see.py", f"import sys\nopen({str(seen)!r}, 'wb').write(sys.stdin.buffer.read())\n")

    ended = jobs.run(
        *("-D", f"stream.map.output={printed}", "-D", f"stream.reduce.input={read}"),
        *("-mapper", "print.py", "-reducer", "see.py", "-file", "print.py", "-file", "see.py"),
        lines=b"x\n",
    )

    assert ended.code == 0, ended.said
    assert seen.read_bytes() == expected[printed]


@pytest.mark.parametrize(
    ("printed", "shown"), [("text", b"a\tb\n"), ("rawbytes", b"61\t62\n"), ("typedbytes", b"a\tb\n")]
)
@pytest.mark.parametrize("side", ["map", "reduce", "identity"])
def test_output_is_shown_as_java_prints_it(jobs: Jobs, printed: str, shown: bytes, side: str) -> None:
    jobs.script("print.py", f"import sys\nsys.stdin.read()\nsys.stdout.buffer.write({PRINTED[printed]!r})\n")
    words = {
        "map": ("-D", f"stream.map.output={printed}", "-mapper", "print.py", "-numReduceTasks", "0"),
        "identity": ("-D", f"stream.map.output={printed}", "-mapper", "print.py"),
        "reduce": ("-D", f"stream.reduce.output={printed}", "-mapper", "cat", "-reducer", "print.py"),
    }[side]

    ended = jobs.run(*words, "-file", "print.py", lines=b"x\n")

    assert ended.text() == shown, ended.said


def test_a_record_that_is_only_a_key_has_no_separator(jobs: Jobs) -> None:
    ended = jobs.run(
        "-D", "stream.map.output=keyonlytext", "-mapper", "cat", "-numReduceTasks", "0", lines=b"a\tb\n"
    )

    assert ended.text() == b"a\tb\n"


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (b"\x05" + struct.pack(">f", 0.1), b"0.1"),
        (b"\x05" + struct.pack(">f", 1e10), b"1.0E10"),
        (b"\x06" + struct.pack(">d", 0.1), b"0.1"),
        (b"\x08\0\0\0\2" + b"\3\0\0\0\1" + _typed(b"x"), b"[1, x]"),
        (b"\x09" + _typed(b"x") + b"\2\1" + b"\xff", b"[x, true]"),
        (b"\x0a\0\0\0\2" + _typed(b"b") + b"\1\1" + _typed(b"a") + b"\1\2", b"{a=2, b=1}"),
        (b"\0\0\0\0\2\xab\1", b"ab01"),
        (b"\x64\0\0\0\1\xff", b"ff"),
    ],
)
def test_typed_bytes_are_printed_as_java_prints_them(jobs: Jobs, value: bytes, shown: bytes) -> None:
    jobs.script(
        "print.py", f"import sys\nsys.stdin.read()\nsys.stdout.buffer.write({_typed(b'k') + value!r})\n"
    )

    ended = jobs.run("-io", "typedbytes", "-mapper", "print.py", "-file", "print.py", "-numReduceTasks", "0",
                     lines=b"x\n")  # fmt: skip

    assert ended.text() == b"k\t" + shown + b"\n"


@pytest.mark.parametrize(
    ("input_format", "shown", "hidden"),
    [
        ("TextInputFormat", b"0\ta\tb\n", b"a\tb\n"),
        ("KeyValueTextInputFormat", b"a\tb\n", b"b\t\n"),
        ("org.apache.hadoop.mapred.lib.NLineInputFormat", b"0\ta\tb\n", b"a\tb\n"),
        ("AutoInputFormat", b"0\ta\tb\n", b"a\tb\n"),
    ],
)
def test_keys_are_hidden_and_shown_with_every_input_format(
    jobs: Jobs, input_format: str, shown: bytes, hidden: bytes
) -> None:
    texts = {}
    for value in ("false", "true"):
        one = Jobs(jobs.folder / value)
        ended = one.run("-D", f"stream.map.input.ignoreKey={value}", "-mapper", "cat", "-numReduceTasks", "0",
                        "-inputformat", input_format, lines=b"a\tb\n")  # fmt: skip
        texts[value] = ended.text()

    assert texts == {"false": shown, "true": hidden}


@pytest.mark.parametrize(
    ("read_as", "want"),
    [
        ("rawbytes", b"\0\0\0\x02\x01a\0\0\0\0"),  # NullWritable serialises to nothing
        (
            "typedbytes",
            b"\x07\0\0\0\x01a\x32\0\0\0\x25\0\0\0\x21org.apache.hadoop.io.NullWritable",
        ),
        ("text", b"a\t(null)\n"),
        ("keyonlytext", b"a\n"),
    ],
)
def test_a_reducer_reads_null_as_the_value_of_a_record_that_is_only_a_key(
    jobs: Jobs, read_as: str, want: bytes
) -> None:
    jobs.script("keep.py", "import sys\nsys.stderr.write(repr(sys.stdin.buffer.read()))\n")

    ended = jobs.run(
        *("-D", "stream.map.output=keyonlytext", "-D", f"stream.reduce.input={read_as}"),
        *("-mapper", "cat", "-reducer", "keep.py", "-file", "keep.py"),
        own=("--task-logs", str(jobs.folder / "logs")),
        lines=b"a\n",
    )

    assert ended.code == 0, ended.said
    (stderr,) = (path for path in (jobs.folder / "logs").rglob("stderr") if "_r_" in str(path))
    assert stderr.read_text() == repr(want)
