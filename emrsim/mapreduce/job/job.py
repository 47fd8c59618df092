"""One job as the configuration and the options describe it, resolved once before anything runs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from emrsim.mapreduce.errors import EXIT_BAD_CONFIGURATION, JobRefused
from emrsim.mapreduce.formats import codecs
from emrsim.mapreduce.formats.exchange import KEY_ONLY, RAW, TEXT, TYPED, Streams, format_of
from emrsim.mapreduce.formats.pairs import LineFormat
from emrsim.mapreduce.job import classes
from emrsim.mapreduce.job.arguments import Arguments
from emrsim.mapreduce.job.configuration import Configuration
from emrsim.mapreduce.job.fieldselection import FieldSelection
from emrsim.mapreduce.job.keyfields import FieldRange, parse_ranges
from emrsim.mapreduce.job.parts import (
    PARTITION_FILE,
    Ids,
    Input,
    Limits,
    Output,
    Programs,
    Sorting,
    TotalOrder,
)
from emrsim.mapreduce.job.programs import Program, program_of

_DEFAULT_CODEC = "org.apache.hadoop.io.compress.DefaultCodec"
_DEFAULT_TIMEOUT_MILLISECONDS = 600_000
_DEFAULT_VERSION = "2.7.3"
_RECORDS_OF_BINARIES = (
    "Error launching job , Invalid job conf : "
    "SequenceFileAsBinaryOutputFormat doesn't support Record Compression"
)
# The classes of the keys and values that a command prints.
_CLASSES_PRINTED = {
    TEXT: (classes.TEXT, classes.TEXT),
    KEY_ONLY: (classes.TEXT, classes.NULL),
    RAW: (classes.BYTES, classes.BYTES),
    TYPED: (classes.TYPED_BYTES, classes.TYPED_BYTES),
}


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
        """The classes of the keys and values that the mapper puts out."""
        if self.programs.mapper.words:
            return _CLASSES_PRINTED[self.streams.map_output_as]
        key_class = self.input.key_class
        return {
            classes.FIELD_SELECTION: (classes.TEXT, classes.TEXT),
            classes.INVERSE_MAPPER: (classes.TEXT, key_class),
            classes.REGEX_MAPPER: (classes.TEXT, classes.LONG),
            classes.TOKEN_COUNT_MAPPER: (classes.TEXT, classes.LONG),
        }.get(self.programs.mapper.java_class, (key_class, classes.TEXT))

    @property
    def keeps_classes_of_files(self) -> bool:
        """Whether keys and values are of the classes in the input files, which nobody here knows."""
        kept = {classes.SEQUENCE_FILE_INPUT, classes.AUTO_INPUT, classes.COMBINE_SEQUENCE_FILE_INPUT}
        is_identity = self.programs.mapper.java_class == classes.IDENTITY_MAPPER
        return is_identity and self.input.marks is None and self.input.format.name in kept

    @property
    def output_classes(self) -> tuple[str, str]:
        """The classes of the keys and values that the job puts out."""
        reducer = self.programs.reducer
        if self.reduces and reducer.words:
            return _CLASSES_PRINTED[self.streams.reduce_output_as]
        if self.reduces and reducer.java_class in {classes.FIELD_SELECTION, classes.VALUE_AGGREGATOR}:
            return classes.TEXT, classes.TEXT
        return self.map_classes

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
            return _CLASSES_PRINTED[self.streams.map_output_as][0]
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
    _check_supported(programs, reads)
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
        output=_output(arguments, streams, programs, reduces),
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
        None if combiner is None else program_of("combiner", combiner, identity, classes.COMBINERS),
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


def _output(arguments: Arguments, streams: Streams, programs: Programs, reduces: int) -> Output:
    configuration = arguments.configuration
    name = arguments.first("outputformat") or configuration.text("mapred.output.format.class")
    name = classes.output_format(name or "TextOutputFormat")
    codec = None
    if configuration.boolean("mapred.output.compress", False):
        codec = configuration.text("mapred.output.compression.codec") or _DEFAULT_CODEC
        codecs.output_ending(codec)  # rejects unknown ones
        if name == classes.SEQUENCE_FILE_AS_BINARY_OUTPUT and _compression_type(configuration) == "RECORD":
            raise JobRefused(_RECORDS_OF_BINARIES, EXIT_BAD_CONFIGURATION)
    written = _classes_written(configuration, streams, programs, reduces)
    separator = configuration.bytes("mapred.textoutputformat.separator", b"\t")
    return Output(
        name,
        LineFormat(b"" if _drops_separator(configuration, streams, programs, reduces) else separator),
        codec,
        arguments.flag("lazyOutput"),
        written,
        (
            configuration.text("mapred.seqbinary.output.key.class") or written[0],
            configuration.text("mapred.seqbinary.output.value.class") or written[1],
        ),
    )


def _compression_type(configuration: Configuration) -> str:
    return configuration.text("mapred.output.compression.type") or "RECORD"


def _drops_separator(
    configuration: Configuration, streams: Streams, programs: Programs, reduces: int
) -> bool:
    """Whether key or value of the output are null, or NullWritable: these are left out, and the separator."""
    if reduces and programs.reducer.java_class == classes.FIELD_SELECTION:
        return FieldSelection.of_reducer(configuration).has_nulls
    return bool(programs.mapper.words or programs.reducer.words) and streams.output_as(reduces) == KEY_ONLY


def _classes_written(
    configuration: Configuration, streams: Streams, programs: Programs, reduces: int
) -> tuple[str, str]:
    """Return the classes that the output format is told of (source: StreamJob.setJobConf)."""
    if programs.reducer.words or configuration.text("stream.reduce.output") is not None:
        return _CLASSES_PRINTED[streams.reduce_output_as]
    if not reduces and (programs.mapper.words or configuration.text("stream.map.output") is not None):
        return _CLASSES_PRINTED[streams.map_output_as]
    return (
        configuration.text("mapred.output.key.class") or classes.LONG,
        configuration.text("mapred.output.value.class") or classes.TEXT,
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
        _total_order(configuration) if name == classes.TOTAL_ORDER_PARTITIONER else None,
    )


def _total_order(configuration: Configuration) -> TotalOrder:
    return TotalOrder(
        configuration.text("mapreduce.totalorderpartitioner.path") or PARTITION_FILE,
        configuration.boolean("mapreduce.totalorderpartitioner.naturalorder", True),
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


def _check_supported(programs: Programs, reads: Input) -> None:
    if reads.format.name == classes.SEQUENCE_FILE_AS_BINARY_INPUT and not programs.mapper.words:
        raise JobRefused(
            f"-mapper: {programs.mapper.java_class} is not supported by emrsim "
            f"with {reads.format.name}: use a command"
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
