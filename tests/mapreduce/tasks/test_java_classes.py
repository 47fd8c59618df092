"""Hadoop's own classes: those that are built in, and those that are not."""

from __future__ import annotations

import pytest

from tests.mapreduce.jobs import Jobs

LIB = "org.apache.hadoop.mapred.lib."
TEXT, LONG = "org.apache.hadoop.io.Text", "org.apache.hadoop.io.LongWritable"


def test_no_output_is_written_where_none_is_wanted(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "cat", "-outputformat", LIB + "NullOutputFormat", lines=b"a\n")

    assert ended.code == 0, ended.said
    assert ended.parts() == {"_SUCCESS": b""}


def test_what_is_in_the_folder_stays_where_no_output_is_wanted(jobs: Jobs) -> None:
    jobs.write("out/part-00000", "mine")

    done = jobs.run("-mapper", "cat", "-outputformat", LIB + "NullOutputFormat", lines=b"a\n")
    failed = jobs.run(
        *("-D", "mapred.map.max.attempts=1", "-mapper", "false", "-outputformat", LIB + "NullOutputFormat")
    )

    assert (done.code, failed.code) == (0, 1)
    assert failed.parts()["part-00000"] == b"mine"


@pytest.mark.parametrize("name", ["MultipleTextOutputFormat"])
def test_formats_that_only_extend_others_write_what_those_write(jobs: Jobs, name: str) -> None:
    ended = jobs.run("-mapper", "cat", "-outputformat", LIB + name, lines=b"b\na\n")

    assert ended.text() == b"a\t\nb\t\n"


def test_keys_and_values_change_places(jobs: Jobs) -> None:
    ended = jobs.run(
        *("-mapper", LIB + "InverseMapper", "-inputformat", "KeyValueTextInputFormat", "-reducer", "cat"),
        lines=b"a\t2\nb\t1\n",
    )

    assert ended.text() == b"1\tb\n2\ta\n", ended.said


def test_words_are_counted_by_java_alone(jobs: Jobs) -> None:
    ended = jobs.run(
        *("-D", f"mapred.output.key.class={TEXT}", "-D", f"mapred.output.value.class={LONG}"),
        *("-mapper", LIB + "TokenCountMapper", "-reducer", LIB + "LongSumReducer"),
        lines=b"the cat\tthe\n\n cat  the\n",
    )

    assert ended.text() == b"cat\t2\nthe\t3\n", ended.said


def test_a_value_of_a_class_that_was_not_expected_fails(jobs: Jobs) -> None:
    ended = jobs.run(
        *("-D", "mapred.map.max.attempts=1", "-mapper", LIB + "TokenCountMapper", "-reducer", "cat"),
        lines=b"a\n",
    )

    assert ended.code == 1
    assert f"Type mismatch in value from map: expected {TEXT}, received {LONG}" in ended.said


@pytest.mark.parametrize(
    ("offsets", "parts"),
    [
        # The hash of `ab1` is 31 * (31 * (31 + 97) + 98) + 49; each by the remainder of 2.
        ((), {b"ab1": 1, b"ab2": 0}),
        (("left.offset=2",), {b"ab1": 0, b"ab2": 1}),
        (("left.offset=-1",), {b"ab1": 0, b"ab2": 1}),
        (("right.offset=1",), {b"ab1": 0, b"ab2": 0}),
    ],
)
def test_bytes_of_the_key_say_which_reducer_gets_it(
    jobs: Jobs, offsets: tuple[str, ...], parts: dict[bytes, int]
) -> None:
    settings = [word for offset in offsets for word in ("-D", f"mapred.binary.partitioner.{offset}")]

    ended = jobs.run(
        *settings,
        *(
            "-mapper",
            "cat",
            "-reducer",
            "cat",
            "-numReduceTasks",
            "2",
            "-partitioner",
            LIB + "BinaryPartitioner",
        ),
        lines=b"ab1\nab2\n",
    )

    found = {key: number for key in parts for number in (0, 1) if key in ended.parts()[f"part-0000{number}"]}
    assert found == parts, ended.said


@pytest.mark.parametrize(
    ("option", "name"),
    [
        ("-mapper", LIB + "RegexMapper"),
        ("-mapper", LIB + "FieldSelectionMapReduce"),
        ("-reducer", "org.apache.hadoop.mapreduce.lib.reduce.IntSumReducer"),
        ("-combiner", LIB + "ChainReducer"),
        ("-inputformat", LIB + "CombineTextInputFormat"),
        ("-inputformat", "org.apache.hadoop.mapred.SequenceFileAsBinaryInputFormat"),
        ("-outputformat", "org.apache.hadoop.mapred.SequenceFileAsBinaryOutputFormat"),
        ("-partitioner", LIB + "TotalOrderPartitioner"),
        ("-inputreader", "org.apache.hadoop.streaming.StreamBaseRecordReader"),
    ],
)
def test_a_class_of_hadoop_that_is_not_built_in_is_not_said_to_be_missing(
    jobs: Jobs, option: str, name: str
) -> None:
    words = [] if option == "-mapper" else ["-mapper", "cat"]

    ended = jobs.run(*words, option, name, lines=b"a\n")

    assert ended.code == 1
    assert f"{name} is not supported by emrsim: expected " in ended.said
    assert "class not found" not in ended.said


@pytest.mark.parametrize(
    "codec", ["com.hadoop.compression.lzo.LzopCodec", "org.apache.hadoop.io.compress.Lz4Codec"]
)
def test_a_codec_that_is_not_built_in_is_not_said_to_be_missing(jobs: Jobs, codec: str) -> None:
    ended = jobs.run(
        *("-D", "mapred.output.compress=true", "-D", f"mapred.output.compression.codec={codec}"),
        *("-mapper", "cat"),
        lines=b"a\n",
    )

    assert ended.code == 1
    assert f"{codec} is not supported by emrsim" in ended.said


@pytest.mark.parametrize(
    ("content", "said"), [(b"text\n", "Invalid LZO header"), (b"\x89LZO\0\r\n\x1a\n", "LZO is not")]
)
def test_lzo_is_never_read_as_text(jobs: Jobs, content: bytes, said: str) -> None:
    jobs.write("in/x.lzo", content)

    ended = jobs.run("-D", "mapred.map.max.attempts=1", "-mapper", "cat")

    assert ended.code == 1
    assert said in ended.said
