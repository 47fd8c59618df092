"""One job as the configuration and the options describe it, resolved once before anything runs."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import NamedTuple

from emrsim.mapreduce.errors import JobRefused
from emrsim.mapreduce.formats import codecs
from emrsim.mapreduce.formats.exchange import KEY_ONLY, RAW, TEXT, TYPED, Streams, format_of
from emrsim.mapreduce.formats.pairs import LineFormat
from emrsim.mapreduce.job import classes
from emrsim.mapreduce.job.arguments import Arguments
from emrsim.mapreduce.job.classes import InputFormat, XmlMarks
from emrsim.mapreduce.job.configuration import Configuration
from emrsim.mapreduce.job.keyfields import FieldRange, parse_ranges
from emrsim.mapreduce.job.programs import Program, program_of

_DEFAULT_CODEC = "org.apache.hadoop.io.compress.DefaultCodec"
_DEFAULT_TIMEOUT_MILLISECONDS = 600_000
_DEFAULT_VERSION = "2.7.3"
_KEY_CLASSES = {TEXT: classes.TEXT, KEY_ONLY: classes.TEXT, RAW: classes.BYTES, TYPED: classes.TYPED_BYTES}


class Ids(NamedTuple):
    """The ids of a job's tasks: `job_1365465111111_0001` and what is named after it."""

    job: str

    @property
    def number(self) -> str:
        """The part that all ids share."""
        return self.job.removeprefix("job_")

    def task(self, kind: str, index: int) -> str:
        """Return the id of task `index`; `kind` is `m` or `r`."""
        return f"task_{self.number}_{kind}_{index:06d}"

    def attempt(self, kind: str, index: int, attempt: int) -> str:
        """Return the id of one attempt of a task."""
        return f"attempt_{self.number}_{kind}_{index:06d}_{attempt}"


class Programs(NamedTuple):
    """What maps, combines (if anything) and reduces."""

    mapper: Program
    combiner: Program | None
    reducer: Program


class Input(NamedTuple):
    """How input is read: the input format, or the marks of the record reader in its place."""

    format: InputFormat
    marks: XmlMarks | None = None

    @property
    def key_class(self) -> str:
        """The class of the keys that a mapper gets."""
        return self.format.key_class if self.marks is None else classes.TEXT

    @property
    def hides_key(self) -> bool:
        """Whether a mapping command does not see the keys by default."""
        return self.format.hides_key and self.marks is None

    @property
    def by_lines(self) -> bool:
        """Whether splits are a number of lines."""
        return self.format.by_lines and self.marks is None


class Output(NamedTuple):
    """How output is written; `lazily`: no file without a record. `codec` is a class name."""

    format: str
    lines: LineFormat
    codec: str | None
    lazily: bool


class Sorting(NamedTuple):
    """The order of keys and which reducer gets them.

    `sort_by`: the ranges of a key that are compared; none: the key itself. `partition_by`: the ranges, or
    `partition_bytes`: the offsets of the first and last byte, whose hash is taken; None: of the whole key.
    """

    separator: bytes
    sort_by: tuple[FieldRange, ...]
    partition_by: tuple[FieldRange, ...] | None
    partition_bytes: tuple[int, int] | None

    @property
    def by_whole_keys(self) -> bool:
        """Whether the hash of the whole key says which reducer gets it."""
        return self.partition_by is None and self.partition_bytes is None


class Limits(NamedTuple):
    """When attempts and tasks count as failed; by kind of task: `m` or `r`."""

    timeout_seconds: float | None
    attempts: dict[str, int]
    failures_percent: dict[str, int]
    exit_code_matters: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Job:
    """The resolved settings of a job; nothing changes them."""

    configuration: Configuration
    generation: int
    ids: Ids
    reduces: int
    programs: Programs
    input: Input
    streams: Streams
    output: Output
    sorting: Sorting
    limits: Limits
    debug_scripts: dict[str, str | None]
    reporter_prefix: bytes
    unique_values_max: int | None

    @property
    def sorts_numbers(self) -> bool:
        """Whether the map output keys are LongWritable: line offsets that no command ever saw."""
        return not self.programs.mapper.words and self.map_classes[0] == classes.LONG

    @property
    def map_classes(self) -> tuple[str, str]:
        """The classes of the keys and values that a mapper built in here puts out."""
        key_class = self.input.key_class
        return {
            classes.INVERSE_MAPPER: (classes.TEXT, key_class),
            classes.TOKEN_COUNT_MAPPER: (classes.TEXT, classes.LONG),
        }.get(self.programs.mapper.java_class, (key_class, classes.TEXT))

    @property
    def map_value_class_expected(self) -> str:
        """The value class that the shuffle was told to expect."""
        is_piped = self.programs.reducer.words
        names = ("mapred.mapoutput.value.class", *(() if is_piped else ("mapred.output.value.class",)))
        return next((name for name in map(self.configuration.text, names) if name), classes.TEXT)

    @property
    def map_key_class_expected(self) -> str:
        """The key class that the shuffle was told to expect; commands on either side make it Text."""
        mapper, _, reducer = self.programs
        if not mapper.words and self.configuration.text("stream.map.output") is not None:
            return _KEY_CLASSES[self.streams.map_output_as]
        if reducer.words or mapper.words or reducer.java_class == classes.VALUE_AGGREGATOR:
            return self.configuration.text("mapred.mapoutput.key.class") or classes.TEXT
        names = ("mapred.mapoutput.key.class", "mapred.output.key.class")
        return next((name for name in map(self.configuration.text, names) if name), classes.LONG)


def job_of(arguments: Arguments) -> Job:
    """Return the job that `arguments` describe, and export it to their configuration, for its tasks to see.

    Raises JobRefused for settings that Hadoop would refuse.
    """
    configuration = arguments.configuration
    ids = Ids(arguments.own_value("job-id") or f"job_{int(time.time() * 1000)}_0001")
    reduces = _reduces(arguments)
    programs = _programs(arguments)
    reads = _input(arguments)
    streams = _streams(arguments, reads, programs.reducer)
    unique_max = configuration.text("aggregate.max.num.unique.values")
    job = Job(
        configuration=configuration,
        generation=1 if _version(arguments).startswith(("0.", "1.")) else 2,
        ids=ids,
        reduces=reduces,
        programs=programs,
        input=reads,
        streams=streams,
        output=_output(arguments, streams, reduces),
        sorting=_sorting(arguments),
        limits=_limits(configuration, one_attempt="one-attempt" in arguments.own),
        debug_scripts={
            "m": configuration.text("mapred.map.task.debug.script"),
            "r": configuration.text("mapred.reduce.task.debug.script"),
        },
        reporter_prefix=configuration.bytes("stream.stderr.reporter.prefix", b"reporter:"),
        unique_values_max=(
            configuration.integer("aggregate.max.num.unique.values", 0) if unique_max else None
        ),
    )
    _export(arguments, job)
    return job


def _version(arguments: Arguments) -> str:
    return arguments.own_value("hadoop-version") or _DEFAULT_VERSION


def _reduces(arguments: Arguments) -> int:
    """Return the number of reducers; `-numReduceTasks` wins over properties, `-reducer NONE` over both."""
    if arguments.first("reducer") == "NONE":
        return 0
    text = arguments.first("numReduceTasks")
    if text is not None:
        arguments.configuration.set("mapred.reduce.tasks", text)
    count = arguments.configuration.integer("mapred.reduce.tasks", 1)
    if count < 0:
        raise JobRefused(f"java.lang.IllegalArgumentException: Illegal number of reduces: {count}")
    return count


def _programs(arguments: Arguments) -> Programs:
    mapper = program_of("mapper", arguments.first("mapper"), classes.IDENTITY_MAPPER, classes.MAPPERS)
    combiner = arguments.first("combiner")
    reducer = arguments.first("reducer") or arguments.configuration.text("stream.reduce.streamprocessor")
    identity = classes.IDENTITY_REDUCER
    return Programs(
        mapper,
        None if combiner is None else program_of("combiner", combiner, identity, classes.REDUCERS),
        Program(java_class=classes.VALUE_AGGREGATOR)
        if (reducer or "").lower() == "aggregate"
        else program_of("reducer", reducer, identity, classes.REDUCERS),
    )


def _input(arguments: Arguments) -> Input:
    name = arguments.first("inputformat") or arguments.configuration.text("mapred.input.format.class")
    reader = arguments.first("inputreader")
    return Input(
        classes.input_format(name or "TextInputFormat"),
        None if reader is None else classes.record_reader(reader),
    )


def _streams(arguments: Arguments, reads: Input, reducer: Program) -> Streams:
    configuration = arguments.configuration
    formats = _stream_formats(arguments)
    hides_key = configuration.boolean("stream.map.input.ignoreKey", reads.hides_key)
    return Streams(
        map_input_as=formats["map.input"],
        map_output_as=formats["map.output"],
        reduce_input_as=formats["reduce.input"],
        reduce_output_as=formats["reduce.output"],
        map_input_separator=configuration.bytes("stream.map.input.field.separator", b"\t"),
        map_output=_line_format(configuration, "map.output"),
        reduce_input=LineFormat(configuration.bytes("stream.reduce.input.field.separator", b"\t")),
        reduce_output=_line_format(configuration, "reduce.output"),
        hides_map_key=formats["map.input"] == TEXT and hides_key,
        long_map_keys=reads.key_class == classes.LONG,
        is_piped=bool(reducer.words),
    )


def _stream_formats(arguments: Arguments) -> dict[str, str]:
    """Return the format of each stream, such as `map.input`. `-io` sets all of them."""
    configuration = arguments.configuration
    resolver = configuration.text("stream.io.identifier.resolver.class")
    if resolver not in {None, classes.IDENTIFIER_RESOLVER}:
        raise JobRefused(f"stream.io.identifier.resolver.class: {resolver} is not supported by emrsim")
    sides = ("map.input", "map.output", "reduce.input", "reduce.output")
    if io := arguments.first("io"):
        for side in sides:
            configuration.set(f"stream.{side}", io)
    return {side: format_of(configuration.text(f"stream.{side}") or TEXT) for side in sides}


def _line_format(configuration: Configuration, side: str) -> LineFormat:
    return LineFormat(
        configuration.bytes(f"stream.{side}.field.separator", b"\t"),
        configuration.integer(f"stream.num.{side}.key.fields", 1),
    )


def _output(arguments: Arguments, streams: Streams, reduces: int) -> Output:
    configuration = arguments.configuration
    name = arguments.first("outputformat") or configuration.text("mapred.output.format.class")
    codec = None
    if configuration.boolean("mapred.output.compress", False):
        codec = configuration.text("mapred.output.compression.codec") or _DEFAULT_CODEC
        codecs.output_ending(codec)  # rejects unknown ones
    separator = configuration.bytes("mapred.textoutputformat.separator", b"\t")
    return Output(
        classes.output_format(name or "TextOutputFormat"),
        # A value that is NullWritable is left out, and the separator with it.
        LineFormat(b"" if streams.output_as(reduces) == KEY_ONLY else separator),
        codec,
        arguments.flag("lazyOutput"),
    )


def _sorting(arguments: Arguments) -> Sorting:
    configuration = arguments.configuration
    sort_by = _sort_ranges(configuration)
    name = arguments.first("partitioner") or configuration.text("mapred.partitioner.class")
    name = classes.partitioner(name) if name else classes.HASH_PARTITIONER
    by_fields = name == classes.KEY_FIELD_PARTITIONER
    return Sorting(
        configuration.bytes("map.output.key.field.separator", b"\t"),
        sort_by,
        _partition_ranges(configuration) if by_fields else None,
        _offsets(configuration) if name == classes.BINARY_PARTITIONER else None,
    )


def _offsets(configuration: Configuration) -> tuple[int, int]:
    """Return the bytes of a key by which BinaryPartitioner goes: from, to; below 0 counted from the end."""
    return (
        configuration.integer("mapred.binary.partitioner.left.offset", 0),
        configuration.integer("mapred.binary.partitioner.right.offset", -1),
    )


def _sort_ranges(configuration: Configuration) -> tuple[FieldRange, ...]:
    comparator = configuration.text("mapred.output.key.comparator.class")
    if comparator is None:
        return ()
    if comparator.rpartition(".")[2] != classes.KEY_FIELD_COMPARATOR:
        raise JobRefused(f"java.lang.RuntimeException: java.lang.ClassNotFoundException: {comparator}")
    return tuple(parse_ranges(configuration.text("mapred.text.key.comparator.options") or ""))


def _partition_ranges(configuration: Configuration) -> tuple[FieldRange, ...]:
    if configuration.text("num.key.fields.for.partition") is not None:
        count = configuration.integer("num.key.fields.for.partition", 0)
        return (FieldRange(end_field=count),) if count >= 1 else ()
    return tuple(parse_ranges(configuration.text("mapred.text.key.partitioner.options") or ""))


def _limits(configuration: Configuration, *, one_attempt: bool) -> Limits:
    """Return the limits; with `one_attempt` as Hadoop's local job runner: no retries, no failures."""
    milliseconds = configuration.integer("mapred.task.timeout", _DEFAULT_TIMEOUT_MILLISECONDS)
    kinds = {"m": "map", "r": "reduce"}
    attempts = {
        kind: max(configuration.integer(f"mapred.{name}.max.attempts", 4), 1) for kind, name in kinds.items()
    }
    percents = {
        kind: configuration.integer(f"mapred.max.{name}.failures.percent", 0) for kind, name in kinds.items()
    }
    return Limits(
        milliseconds / 1000 if milliseconds > 0 else None,
        dict.fromkeys(kinds, 1) if one_attempt else attempts,
        dict.fromkeys(kinds, 0) if one_attempt else percents,
        configuration.boolean("stream.non.zero.exit.is.failure", True),
    )


def _export(arguments: Arguments, job: Job) -> None:
    """Set the properties that StreamJob sets for tasks to see."""
    configuration = job.configuration
    configuration.set("mapred.job.id", job.ids.job)
    configuration.set_default("mapred.job.name", f"streamjob{job.ids.number.replace('_', '')}.jar")
    configuration.set_default("mapred.map.tasks", "2")
    configuration.set("mapred.reduce.tasks", str(job.reduces))
    configuration.set("mapred.input.format.class", job.input.format.name)
    configuration.set("mapred.output.format.class", job.output.format)
    configuration.set("mapred.output.dir", arguments.first("output") or "")
    configuration.set("mapred.input.dir", ",".join(arguments.all("input")))
    for kind, program in (("mapper", job.programs.mapper), ("reducer", job.programs.reducer)):
        java_class = (
            f"org.apache.hadoop.streaming.Pipe{kind.title()}" if program.words else program.java_class
        )
        configuration.set_default(f"mapred.{kind}.class", java_class)
    if job.programs.mapper.words:
        configuration.set_default("mapred.map.runner.class", "org.apache.hadoop.streaming.PipeMapRunner")
