"""One job as the configuration and the options describe it, resolved once before anything runs."""

from __future__ import annotations

import time
from typing import NamedTuple

from emrsim.mapreduce.errors import JobRefused
from emrsim.mapreduce.formats import codecs
from emrsim.mapreduce.formats import pairs as keyvalue
from emrsim.mapreduce.input import readers
from emrsim.mapreduce.job import keyfields
from emrsim.mapreduce.job.arguments import Arguments
from emrsim.mapreduce.job.commands import split_words
from emrsim.mapreduce.job.configuration import Configuration
from emrsim.mapreduce.shuffle import partition

_LIB = "org.apache.hadoop.mapred.lib."
IDENTITY_MAPPER = _LIB + "IdentityMapper"
IDENTITY_REDUCER = _LIB + "IdentityReducer"
LONG_SUM_REDUCER = _LIB + "LongSumReducer"
_OUTPUT_FORMATS = {
    "TextOutputFormat": "org.apache.hadoop.mapred.TextOutputFormat",
    "SequenceFileOutputFormat": "org.apache.hadoop.mapred.SequenceFileOutputFormat",
}
_DEFAULT_CODEC = "org.apache.hadoop.io.compress.DefaultCodec"
_DEFAULT_TIMEOUT_MILLISECONDS = 600_000
_DEFAULT_VERSION = "2.7.3"


class Program(NamedTuple):
    """What maps, combines or reduces: the words of a command, or a Java class that is built in here."""

    words: tuple[str, ...] = ()
    java_class: str = ""


class Ids(NamedTuple):
    """The ids of a job's tasks: `job_1365465111111_0001` and what is named after it."""

    job: str

    @property
    def number(self) -> str:
        """The part that all ids share."""
        return self.job.removeprefix("job_")

    def task(self, kind: str, index: int) -> str:
        """The id of task `index`; `kind` is `m` or `r`."""
        return f"task_{self.number}_{kind}_{index:06d}"

    def attempt(self, kind: str, index: int, attempt: int) -> str:
        """The id of one attempt of a task."""
        return f"attempt_{self.number}_{kind}_{index:06d}_{attempt}"


class Job:
    """The resolved settings of a job. Raises JobRefused for those that Hadoop would refuse."""

    def __init__(self, arguments: Arguments) -> None:
        configuration = arguments.configuration
        self.configuration = configuration
        self.generation = 1 if _version(arguments).startswith(("0.", "1.")) else 2
        self.ids = Ids(arguments.own_value("job-id") or f"job_{int(time.time() * 1000)}_0001")
        self.reduces = _reduces(arguments)
        self._read_programs(arguments)
        self._read_formats(arguments)
        self._read_sorting(arguments)
        self._read_limits(one_attempt="one-attempt" in arguments.own)
        self.lazy_output = arguments.flag("lazyOutput")
        _export_job(arguments, self)

    def _read_programs(self, arguments: Arguments) -> None:
        self.mapper = _program(arguments.first("mapper"), IDENTITY_MAPPER)
        combiner = arguments.first("combiner")
        self.combiner = None if combiner is None else _program(combiner, IDENTITY_REDUCER)
        reducer = arguments.first("reducer") or self.configuration.text("stream.reduce.streamprocessor")
        self.aggregates = (reducer or "").lower() == "aggregate"
        self.reducer = Program() if self.aggregates else _program(reducer, IDENTITY_REDUCER)

    def _read_formats(self, arguments: Arguments) -> None:
        configuration = self.configuration
        name = arguments.first("inputformat") or configuration.text("mapred.input.format.class")
        self.input_format = readers.input_format_class(name or "TextInputFormat")
        self.reader = readers.reader_for(self.input_format, arguments.first("inputreader"), configuration)
        self.io = keyvalue.check_io(arguments.first("io") or "text")
        self.output_format = _output_format(arguments)
        self.map_input_separator = configuration.bytes("stream.map.input.field.separator", b"\t")
        self.map_output = _line_format(configuration, "map.output")
        self.reduce_input = keyvalue.LineFormat(
            configuration.bytes("stream.reduce.input.field.separator", b"\t")
        )
        self.reduce_output = _line_format(configuration, "reduce.output")
        self.text_output = keyvalue.LineFormat(
            configuration.bytes("mapred.textoutputformat.separator", b"\t")
        )
        self.output_codec = None
        if configuration.boolean("mapred.output.compress", False):
            self.output_codec = configuration.text("mapred.output.compression.codec") or _DEFAULT_CODEC
            codecs.output_ending(self.output_codec)
        self.ignores_map_key = (
            configuration.boolean("stream.map.input.ignoreKey", self.reader.ignores_key)
            if self.io == "text"
            else False
        )

    def _read_sorting(self, arguments: Arguments) -> None:
        configuration = self.configuration
        separator = configuration.bytes("map.output.key.field.separator", b"\t")
        self.sort_key = _sort_key(configuration, separator)
        name = arguments.first("partitioner") or configuration.text("mapred.partitioner.class") or ""
        self.key_field_partitioner = name == _LIB + "KeyFieldBasedPartitioner"
        if name and not self.key_field_partitioner and name != _LIB + "HashPartitioner":
            raise JobRefused(f"-partitioner : class not found : {name}", usage=True)
        reduces = max(self.reduces, 1)
        if self.key_field_partitioner:
            self.partition = partition.key_field_partitioner(
                _partition_ranges(configuration), separator, reduces
            )
        else:
            self.partition = partition.hash_partitioner(reduces)
        if self.sorts_numbers:
            self.sort_key = _long_sort_key
            self.partition = partition.long_partitioner(reduces)

    def _read_limits(self, *, one_attempt: bool) -> None:
        configuration = self.configuration
        milliseconds = configuration.integer("mapred.task.timeout", _DEFAULT_TIMEOUT_MILLISECONDS)
        self.timeout_seconds = milliseconds / 1000 if milliseconds > 0 else None
        self.map_attempts = max(configuration.integer("mapred.map.max.attempts", 4), 1)
        self.reduce_attempts = max(configuration.integer("mapred.reduce.max.attempts", 4), 1)
        self.map_failures_percent = configuration.integer("mapred.max.map.failures.percent", 0)
        self.reduce_failures_percent = configuration.integer("mapred.max.reduce.failures.percent", 0)
        if one_attempt:
            # Hadoop's local job runner neither retries nor lets tasks fail.
            self.map_attempts = self.reduce_attempts = 1
            self.map_failures_percent = self.reduce_failures_percent = 0
        names = {"m": "mapred.map.task.debug.script", "r": "mapred.reduce.task.debug.script"}
        self.debug_scripts = {kind: configuration.text(name) for kind, name in names.items()}
        self.exit_code_matters = configuration.boolean("stream.non.zero.exit.is.failure", True)
        unique_max = configuration.text("aggregate.max.num.unique.values")
        self.unique_values_max = (
            configuration.integer("aggregate.max.num.unique.values", 0) if unique_max else None
        )
        self.reporter_prefix = configuration.bytes("stream.stderr.reporter.prefix", b"reporter:")

    @property
    def sorts_numbers(self) -> bool:
        """Whether the map output keys are LongWritable: line offsets that no command ever saw."""
        return not self.mapper.words and self.reader.key_class == readers.LONG

    @property
    def map_key_class_expected(self) -> str:
        """The key class that the shuffle was told to expect; commands on either side make it Text."""
        if self.reducer.words or self.mapper.words or self.aggregates:
            return self.configuration.text("mapred.mapoutput.key.class") or readers.TEXT
        names = ("mapred.mapoutput.key.class", "mapred.output.key.class")
        return next((name for name in map(self.configuration.text, names) if name), readers.LONG)


def _version(arguments: Arguments) -> str:
    return arguments.own_value("hadoop-version") or _DEFAULT_VERSION


def _reduces(arguments: Arguments) -> int:
    """The number of reducers; `-numReduceTasks` wins over properties, `-reducer NONE` over both."""
    if arguments.first("reducer") == "NONE":
        return 0
    text = arguments.first("numReduceTasks")
    if text is not None:
        arguments.configuration.set("mapred.reduce.tasks", text)
    count = arguments.configuration.integer("mapred.reduce.tasks", 1)
    if count < 0:
        raise JobRefused(f"java.lang.IllegalArgumentException: Illegal number of reduces: {count}")
    return count


def _program(text: str | None, default_class: str) -> Program:
    if text is None:
        return Program(java_class=default_class)
    if text in {IDENTITY_MAPPER, IDENTITY_REDUCER, LONG_SUM_REDUCER}:
        return Program(java_class=text)
    if text.startswith("org.apache.hadoop."):
        raise JobRefused(f"{text}: of Hadoop's own classes only the identity mapper and reducer are built in")
    words = split_words(text)
    if not words:
        raise JobRefused("java.io.IOException: Cannot run program: the command is empty")
    return Program(words=tuple(words))


def _output_format(arguments: Arguments) -> str:
    name = arguments.first("outputformat") or arguments.configuration.text("mapred.output.format.class")
    name = name or "TextOutputFormat"
    full = _OUTPUT_FORMATS.get(name, name)
    if full not in _OUTPUT_FORMATS.values():
        raise JobRefused(f"-outputformat : class not found : {name}", usage=True)
    return full


def _line_format(configuration: Configuration, side: str) -> keyvalue.LineFormat:
    return keyvalue.LineFormat(
        configuration.bytes(f"stream.{side}.field.separator", b"\t"),
        configuration.integer(f"stream.num.{side}.key.fields", 1),
    )


def _sort_key(configuration: Configuration, separator: bytes) -> keyfields.SortKey | None:
    comparator = configuration.text("mapred.output.key.comparator.class")
    if comparator is None:
        return None
    if comparator.rpartition(".")[2] != "KeyFieldBasedComparator":
        raise JobRefused(f"java.lang.RuntimeException: java.lang.ClassNotFoundException: {comparator}")
    options = configuration.text("mapred.text.key.comparator.options") or ""
    return keyfields.key_field_sort_key(keyfields.parse_ranges(options), separator)


def _partition_ranges(configuration: Configuration) -> list[keyfields.FieldRange]:
    if configuration.text("num.key.fields.for.partition") is not None:
        count = configuration.integer("num.key.fields.for.partition", 0)
        return [keyfields.FieldRange(end_field=count)] if count >= 1 else []
    return keyfields.parse_ranges(configuration.text("mapred.text.key.partitioner.options") or "")


def _long_sort_key(key: bytes) -> bytes:
    return (int(key) + 2**63).to_bytes(8, "big")


def _export_job(arguments: Arguments, job: Job) -> None:
    """Set the properties that StreamJob sets for tasks to see."""
    configuration = job.configuration
    configuration.set("mapred.job.id", job.ids.job)
    configuration.set_default("mapred.job.name", f"streamjob{job.ids.number.replace('_', '')}.jar")
    configuration.set_default("mapred.map.tasks", "2")
    configuration.set("mapred.reduce.tasks", str(job.reduces))
    configuration.set("mapred.input.format.class", job.input_format)
    configuration.set("mapred.output.format.class", job.output_format)
    configuration.set("mapred.output.dir", arguments.first("output") or "")
    configuration.set("mapred.input.dir", ",".join(arguments.all("input")))
    for kind, program in (("mapper", job.mapper), ("reducer", job.reducer)):
        java_class = (
            f"org.apache.hadoop.streaming.Pipe{kind.title()}" if program.words else program.java_class
        )
        configuration.set_default(f"mapred.{kind}.class", java_class)
    if job.mapper.words:
        configuration.set_default("mapred.map.runner.class", "org.apache.hadoop.streaming.PipeMapRunner")
