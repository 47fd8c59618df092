"""Hadoop's own classes that a job may name, as far as they are built in here."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from emrsim.core.suggestions import expected_one_of
from emrsim.mapreduce.errors import JobRefused

HADOOP = "org.apache.hadoop."
LIB = "org.apache.hadoop.mapred.lib."
IDENTITY_MAPPER = LIB + "IdentityMapper"
IDENTITY_REDUCER = LIB + "IdentityReducer"
FIELD_SELECTION = LIB + "FieldSelectionMapReduce"
INVERSE_MAPPER = LIB + "InverseMapper"
TOKEN_COUNT_MAPPER = LIB + "TokenCountMapper"
REGEX_MAPPER = LIB + "RegexMapper"
LONG_SUM_REDUCER = LIB + "LongSumReducer"
VALUE_AGGREGATOR = LIB + "aggregate.ValueAggregatorReducer"  # `-reducer aggregate`
HASH_PARTITIONER = LIB + "HashPartitioner"
KEY_FIELD_PARTITIONER = LIB + "KeyFieldBasedPartitioner"
BINARY_PARTITIONER = LIB + "BinaryPartitioner"
TOTAL_ORDER_PARTITIONER = LIB + "TotalOrderPartitioner"
KEY_FIELD_COMPARATOR = "KeyFieldBasedComparator"

LONG = "org.apache.hadoop.io.LongWritable"
TEXT = "org.apache.hadoop.io.Text"
NULL = "org.apache.hadoop.io.NullWritable"
BYTES = "org.apache.hadoop.io.BytesWritable"
TYPED_BYTES = "org.apache.hadoop.typedbytes.TypedBytesWritable"
IDENTIFIER_RESOLVER = "org.apache.hadoop.streaming.io.IdentifierResolver"

TEXT_INPUT = "org.apache.hadoop.mapred.TextInputFormat"
KEY_VALUE_INPUT = "org.apache.hadoop.mapred.KeyValueTextInputFormat"
SEQUENCE_FILE_INPUT = "org.apache.hadoop.mapred.SequenceFileInputFormat"
SEQUENCE_FILE_AS_TEXT_INPUT = "org.apache.hadoop.mapred.SequenceFileAsTextInputFormat"
SEQUENCE_FILE_AS_BINARY_INPUT = "org.apache.hadoop.mapred.SequenceFileAsBinaryInputFormat"
COMBINE_TEXT_INPUT = LIB + "CombineTextInputFormat"
COMBINE_SEQUENCE_FILE_INPUT = LIB + "CombineSequenceFileInputFormat"
N_LINE_INPUT = LIB + "NLineInputFormat"
AUTO_INPUT = "org.apache.hadoop.streaming.AutoInputFormat"
STREAM_INPUT = "org.apache.hadoop.streaming.StreamInputFormat"
XML_RECORD_READER = "StreamXmlRecordReader"

TEXT_OUTPUT = "org.apache.hadoop.mapred.TextOutputFormat"
SEQUENCE_FILE_OUTPUT = "org.apache.hadoop.mapred.SequenceFileOutputFormat"
SEQUENCE_FILE_AS_BINARY_OUTPUT = "org.apache.hadoop.mapred.SequenceFileAsBinaryOutputFormat"
NULL_OUTPUT = LIB + "NullOutputFormat"
# By themselves these write what the formats write that they extend.
MULTIPLE_TEXT_OUTPUT = LIB + "MultipleTextOutputFormat"
MULTIPLE_SEQUENCE_FILE_OUTPUT = LIB + "MultipleSequenceFileOutputFormat"
SEQUENCE_FILE_OUTPUTS = {
    SEQUENCE_FILE_OUTPUT,
    MULTIPLE_SEQUENCE_FILE_OUTPUT,
    SEQUENCE_FILE_AS_BINARY_OUTPUT,
}

MAPPERS = {IDENTITY_MAPPER, INVERSE_MAPPER, TOKEN_COUNT_MAPPER, REGEX_MAPPER, FIELD_SELECTION}
REDUCERS = {IDENTITY_REDUCER, LONG_SUM_REDUCER, FIELD_SELECTION}
# A combiner may run or not; of these it makes no difference to the output.
COMBINERS = {IDENTITY_REDUCER, LONG_SUM_REDUCER}
PARTITIONERS = {HASH_PARTITIONER, KEY_FIELD_PARTITIONER, BINARY_PARTITIONER, TOTAL_ORDER_PARTITIONER}


class InputFormat(NamedTuple):
    """An input format, or the record reader that is used in its place.

    `key_class` is the class of the keys that a mapper gets; `hides_key` says that a mapping command does not
    see them unless the job asks for it; `by_lines` that splits are a number of lines, `combines` that a
    split may have parts of several files.
    """

    name: str
    key_class: str
    hides_key: bool = False
    by_lines: bool = False
    combines: bool = False


_INPUT_FORMATS = {
    row.name: row
    for row in (
        InputFormat(TEXT_INPUT, LONG, hides_key=True),
        InputFormat(KEY_VALUE_INPUT, TEXT),
        InputFormat(SEQUENCE_FILE_INPUT, TEXT),
        InputFormat(SEQUENCE_FILE_AS_TEXT_INPUT, TEXT),
        InputFormat(N_LINE_INPUT, LONG, by_lines=True),
        InputFormat(SEQUENCE_FILE_AS_BINARY_INPUT, BYTES),
        InputFormat(COMBINE_TEXT_INPUT, LONG, combines=True),
        InputFormat(COMBINE_SEQUENCE_FILE_INPUT, TEXT, combines=True),
        InputFormat(AUTO_INPUT, LONG),
        # Made for -inputreader; without one it is the format that it extends (assumed).
        InputFormat(STREAM_INPUT, TEXT),
    )
}
_OUTPUT_FORMATS = (
    *(TEXT_OUTPUT, SEQUENCE_FILE_OUTPUT),
    *(MULTIPLE_TEXT_OUTPUT, MULTIPLE_SEQUENCE_FILE_OUTPUT, NULL_OUTPUT),
    SEQUENCE_FILE_AS_BINARY_OUTPUT,
)
_OLD_API = "org.apache.hadoop.mapred."
_NEW_API = "org.apache.hadoop.mapreduce.lib."
# The interface that the class of an option has to have; else the option's own name.
_WANTED = {"inputformat": "InputFormat", "outputformat": "OutputFormat", "combiner": "Reducer"}
# What StreamJob takes without the package. NLineInputFormat is in another package, and needs it.
_SHORT_NAMES = {
    name.rpartition(".")[2]: name
    for name in (
        *(TEXT_INPUT, KEY_VALUE_INPUT, SEQUENCE_FILE_INPUT, SEQUENCE_FILE_AS_TEXT_INPUT),
        *(AUTO_INPUT, STREAM_INPUT, TEXT_OUTPUT, SEQUENCE_FILE_OUTPUT),
    )
}


class XmlMarks(NamedTuple):
    """Where a record of StreamXmlRecordReader begins and ends."""

    begin: bytes
    end: bytes


def input_format(name: str) -> InputFormat:
    """Return the input format of `-inputformat`. Raises JobRefused for one that is unknown."""
    full = _SHORT_NAMES.get(name, name)
    if full not in _INPUT_FORMATS:
        raise unknown_class("inputformat", name, _INPUT_FORMATS)
    return _INPUT_FORMATS[full]


def output_format(name: str) -> str:
    """Return the full class name of `-outputformat`. Raises JobRefused for one that is unknown."""
    full = _SHORT_NAMES.get(name, name)
    if full not in _OUTPUT_FORMATS:
        raise unknown_class("outputformat", name, _OUTPUT_FORMATS)
    return full


def partitioner(name: str) -> str:
    """Return the class name of `-partitioner`. Raises JobRefused for one that is unknown."""
    if name not in PARTITIONERS:
        raise unknown_class("partitioner", name, PARTITIONERS)
    return name


def unknown_class(option: str, name: str, known: Iterable[str]) -> JobRefused:
    """Return the error for a class that is not built in: one of Hadoop's own is there, but not supported.

    Those of its new API are there, too, but streaming takes none of them (source: StreamJob, Configuration).
    """
    if name.startswith(_NEW_API):
        wanted = _WANTED.get(option, option.capitalize())
        old = [full for full in sorted(known) if full.rpartition(".")[2] == name.rpartition(".")[2]]
        hint = f": use {old[0]}" if old else ""
        return JobRefused(f"java.lang.RuntimeException: class {name} not {_OLD_API}{wanted}{hint}")
    if name.startswith(HADOOP):
        return JobRefused(f"-{option}: {name} is not supported by emrsim: {expected_one_of(sorted(known))}")
    return JobRefused(f"-{option} : class not found : {name}", usage=True)


def record_reader(specification: str) -> XmlMarks:
    """Return the marks of an `-inputreader` (`Class,name=value,…`). Raises JobRefused."""
    name, *settings = specification.split(",")
    if name.rpartition(".")[2] != XML_RECORD_READER:
        if name.startswith(HADOOP):
            raise unknown_class("inputreader", name, [XML_RECORD_READER])
        raise JobRefused(f"-inputreader: class not found: {name}", usage=True)
    marks = dict(setting.partition("=")[::2] for setting in settings)
    if marks.get("slowmatch", "").lower() == "true":
        raise JobRefused("-inputreader: slowmatch=true, where marks are patterns, is not supported by emrsim")
    if not marks.get("begin") or not marks.get("end"):
        missing = "begin" if not marks.get("begin") else "end"
        raise JobRefused(f"JobConf: missing required property: stream.recordreader.{missing}")
    return XmlMarks(marks["begin"].encode(), marks["end"].encode())
