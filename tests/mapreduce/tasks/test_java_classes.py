"""Hadoop's own classes: those that are built in, and those that are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from emrsim.mapreduce.formats.sequencefile import RecordWriter
from emrsim.mapreduce.formats.writables import text
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
        ("-mapper", LIB + "ChainMapper"),
        ("-reducer", LIB + "ChainReducer"),
        ("-combiner", LIB + "FieldSelectionMapReduce"),
        ("-inputformat", LIB + "DelegatingInputFormat"),
        ("-inputformat", "org.apache.hadoop.mapred.FixedLengthInputFormat"),
        ("-outputformat", "org.apache.hadoop.mapred.MapFileOutputFormat"),
        ("-partitioner", "org.apache.hadoop.mapred.nosuch.Partitioner"),
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


@pytest.mark.parametrize(
    ("option", "name", "interface"),
    [
        ("-mapper", "org.apache.hadoop.mapreduce.lib.map.RegexMapper", "Mapper"),
        ("-reducer", "org.apache.hadoop.mapreduce.lib.reduce.IntSumReducer", "Reducer"),
        ("-combiner", "org.apache.hadoop.mapreduce.lib.reduce.LongSumReducer", "Reducer"),
        ("-inputformat", "org.apache.hadoop.mapreduce.lib.input.CombineTextInputFormat", "InputFormat"),
        ("-partitioner", "org.apache.hadoop.mapreduce.lib.partition.TotalOrderPartitioner", "Partitioner"),
    ],
)
def test_a_class_of_the_new_api_is_rejected_as_streaming_does(
    jobs: Jobs, option: str, name: str, interface: str
) -> None:
    words = [] if option == "-mapper" else ["-mapper", "cat"]

    ended = jobs.run(*words, option, name, lines=b"a\n")

    assert ended.code == 1
    assert f"java.lang.RuntimeException: class {name} not org.apache.hadoop.mapred.{interface}" in ended.said


FIELDS = LIB + "FieldSelectionMapReduce"


@pytest.mark.parametrize("old", [True, False])
def test_fields_are_selected_under_old_and_new_names(jobs: Jobs, old: bool) -> None:
    names = {
        "mapred.data.field.separator": "mapreduce.fieldsel.data.field.separator",
        "map.output.key.value.fields.spec": "mapreduce.fieldsel.map.output.key.value.fields.spec",
        "reduce.output.key.value.fields.spec": "mapreduce.fieldsel.reduce.output.key.value.fields.spec",
        "mapred.mapoutput.key.class": "mapreduce.map.output.key.class",
    }
    values = (",", "2,0:0-", "0-1:3,1-", TEXT)
    settings = [
        word
        for name, value in zip(names if old else names.values(), values, strict=True)
        for word in ("-D", f"{name}={value}")
    ]

    ended = jobs.run(*settings, "-mapper", FIELDS, "-reducer", FIELDS, lines=b"a,b,c,d\ne,f,a\n")

    # What the real classes of Hadoop 3.3.4 print.
    assert ended.text() == b"a,e\tf,e,e,f,a\nc,a\tb,a,a,b,c,d\n", ended.said


@pytest.mark.parametrize(
    ("specification", "want"),
    [("0-:", b""), (":", b""), (":0-", b"k\tv\n"), ("0:", b"k\n"), ("1:0", b"v\tk\n")],
)
def test_keys_and_values_that_no_field_is_for_are_left_out(
    jobs: Jobs, specification: str, want: bytes
) -> None:
    ended = jobs.run(
        *("-D", f"reduce.output.key.value.fields.spec={specification}"),
        *("-mapper", "cat", "-reducer", FIELDS),
        lines=b"k\tv\n",
    )

    assert ended.text() == want, ended.said


def test_the_separator_of_fields_is_a_pattern_of_java(jobs: Jobs) -> None:
    ended = jobs.run(
        *("-D", r"mapred.data.field.separator=\s*;", "-D", "map.output.key.value.fields.spec=1:0"),
        *("-mapper", FIELDS, "-numReduceTasks", "0"),
        lines=b"a  ;b;c\n",
    )

    assert ended.text() == b"b\\s*\ta\\s*\n", ended.said


def test_an_invalid_list_of_fields_fails_the_task(jobs: Jobs) -> None:
    ended = jobs.run(
        *("-D", "mapred.map.max.attempts=1", "-D", "map.output.key.value.fields.spec=a:0"),
        *("-mapper", FIELDS, "-numReduceTasks", "0"),
        lines=b"a\n",
    )

    assert ended.code == 1
    assert 'Error: java.lang.NumberFormatException: For input string: "a"' in ended.said


def test_matches_of_a_pattern_are_counted_by_java_alone(jobs: Jobs) -> None:
    ended = jobs.run(
        *("-D", f"mapred.output.key.class={TEXT}", "-D", f"mapred.output.value.class={LONG}"),
        *("-D", r"mapred.mapper.regex=(\w+)=\d", "-D", "mapred.mapper.regex.group=1"),
        *("-mapper", LIB + "RegexMapper", "-reducer", LIB + "LongSumReducer"),
        lines=b"b=1 a=2, b=33\nc=x\n",
    )

    assert ended.text() == b"a\t1\nb\t2\n", ended.said


@pytest.mark.parametrize(
    ("setting", "why"),
    [
        ("mapred.map.max.attempts=1", "NullPointerException"),
        ("mapreduce.mapper.regex=(", "PatternSyntaxException"),
    ],
)
def test_a_pattern_that_java_does_not_take_fails_the_task(jobs: Jobs, setting: str, why: str) -> None:
    ended = jobs.run(
        *("-D", "mapred.map.max.attempts=1", "-D", setting),
        *("-mapper", LIB + "RegexMapper", "-numReduceTasks", "0"),
        lines=b"a\n",
    )

    assert ended.code == 1
    assert f"Error: java.{'lang' if 'Null' in why else 'util.regex'}.{why}" in ended.said


COMBINE = LIB + "CombineTextInputFormat"


def test_small_files_share_a_split_and_large_ones_are_cut(jobs: Jobs) -> None:
    for name, count in (("a", 5), ("b", 5), ("c", 30), ("d", 0)):
        jobs.write(f"in/{name}", "".join(f"{name}{number:02}\n" for number in range(count)))

    ended = jobs.run(
        *("-D", "mapreduce.input.fileinputformat.split.maxsize=40", "-mapper", "cat"),
        *("-inputformat", COMBINE, "-numReduceTasks", "0"),
    )

    texts = [data for name, data in ended.parts().items() if name.startswith("part-")]
    lines = [[line.split(b"\t")[1] for line in text.splitlines()] for text in texts]
    # a and b, 40 bytes, are one split; c, 120 bytes, is cut into three.
    want = [f"{name}{number:02}".encode() for name, count in (("a", 5), ("b", 5)) for number in range(count)]
    assert want in lines, ended.said
    assert sorted(map(len, lines)) == [0, 9, 10, 10, 11]
    seen = [line for part in lines for line in part]
    assert sorted(seen) == sorted(want + [f"c{number:02}".encode() for number in range(30)])


def test_without_a_maximum_all_files_are_one_split(jobs: Jobs) -> None:
    for number in range(20):
        jobs.write(f"in/{number:02}", f"{number}\n")

    ended = jobs.run("-mapper", "cat", "-inputformat", COMBINE, "-numReduceTasks", "0", maps=7)

    assert ended.parts().keys() == {"_SUCCESS", "part-00000"}
    assert ended.text() == b"".join(b"0\t%d\n" % number for number in range(20))


TOTAL = LIB + "TotalOrderPartitioner"


def split_points(jobs: Jobs, name: str, *keys: bytes) -> Path:
    path = jobs.write(name, b"")
    with open(path, "wb") as target:
        writer = RecordWriter(target, TEXT.encode(), b"org.apache.hadoop.io.NullWritable")
        writer.write_serialised([(text(key), b"") for key in keys])
    return path


@pytest.mark.parametrize("how", ["path", "shipped"])
def test_a_file_of_keys_says_which_reducer_gets_a_key(jobs: Jobs, how: str) -> None:
    path = split_points(jobs, "_partition.lst", b"b", b"d\xc3\xa9")
    where = {
        "path": ("-D", f"mapreduce.totalorderpartitioner.path={path}"),
        "shipped": ("-files", str(path)),
    }[how]

    ended = jobs.run(
        *(*where, "-mapper", "cat", "-reducer", "cat", "-numReduceTasks", "3", "-partitioner", TOTAL),
        lines="z\na\nb\ndz\ndé\nc\n".encode(),
    )

    parts = [ended.parts()[f"part-0000{number}"].decode().split() for number in range(3)]
    assert parts == [["a"], ["b", "c", "dz"], ["dé", "z"]], ended.said


@pytest.mark.parametrize(
    ("keys", "why"),
    [
        ((b"b",), "Wrong number of partitions in keyset"),
        ((b"d", b"b"), "Split points are out of order"),
        ((b"b", b"b"), "Split points are out of order"),
        (None, "does not exist"),
    ],
)
def test_a_file_of_keys_that_does_not_fit_fails_the_job(
    jobs: Jobs, keys: tuple[bytes, ...] | None, why: str
) -> None:
    path = jobs.folder / "nowhere" if keys is None else split_points(jobs, "keys", *keys)

    ended = jobs.run(
        *("-D", "mapred.map.max.attempts=1", "-D", f"mapreduce.totalorderpartitioner.path={path}"),
        *("-mapper", "cat", "-reducer", "cat", "-numReduceTasks", "3", "-partitioner", TOTAL),
        lines=b"a\n",
    )

    assert ended.code == 1
    assert "Error: java.lang.IllegalArgumentException: Can't read partitions file" in ended.said
    assert why in ended.said


def test_one_reducer_needs_no_file_of_keys(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "cat", "-reducer", "cat", "-partitioner", TOTAL, lines=b"a\n")

    assert ended.text() == b"a\t\n", ended.said
