"""The words of a streaming command line: our own options, the generic ones, those of StreamJob."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from emrsim.mapreduce.errors import JobRefused
from emrsim.mapreduce.job.configuration import Configuration

_WITH_VALUE = {
    *("input", "output", "mapper", "combiner", "reducer", "file", "dfs", "jt", "additionalconfspec"),
    *("inputformat", "outputformat", "partitioner", "numReduceTasks", "inputreader", "mapdebug"),
    *("reducedebug", "jobconf", "cmdenv", "cacheFile", "cacheArchive", "io"),
}
# `inputtagged` is Hadoop 0.20's, `blockAutoGenerateCacheFiles` EMR's own; a flag without a value: assumed.
_FLAGS = {
    *("background", "verbose", "info", "debug", "help", "lazyOutput", "inputtagged"),
    "blockAutoGenerateCacheFiles",
}
_GENERIC = {"conf", "D", "fs", "jt", "files", "libjars", "archives", "tokenCacheFile"}
_OWN_FLAGS = {"one-attempt"}
_OWN_WITH_VALUE = {
    *("syslog", "task-logs", "hadoop-version", "job-id", "work", "slots", "parallel", "memory"),
    *("keep-failed", "json-progress", "conf-file"),
}


class Arguments:
    """A parsed command line; `configuration` has the properties that it sets.

    Of an option that makes sense once, the first wins, as in Hadoop (docs/facts/streaming.md#recorded-jobs).
    """

    def __init__(self) -> None:
        self.own: dict[str, list[str]] = {}
        self.options: dict[str, list[str]] = {}
        self.generic: dict[str, list[str]] = {}
        self.configuration = Configuration()

    def flag(self, name: str) -> bool:
        """Whether the option `name` was given."""
        return name in self.options

    def first(self, name: str) -> str | None:
        """The value of a streaming option, or None."""
        values = self.options.get(name)
        return values[0] if values else None

    def all(self, name: str) -> list[str]:
        """All values of a streaming option."""
        return self.options.get(name, [])

    def own_value(self, name: str) -> str | None:
        """The last value of one of our own options, or None."""
        values = self.own.get(name)
        return values[-1] if values else None


def parse(words: Sequence[str]) -> Arguments:
    """Read a command line: own options (`--name value`) first, then Hadoop's. Raises JobRefused."""
    arguments = Arguments()
    rest = _parse_own(list(words), arguments)
    for file in arguments.own.get("conf-file", []):
        arguments.configuration.load_xml(Path(file))
    rest = _parse_generic(rest, arguments)
    _parse_streaming(rest, arguments)
    return arguments


def _parse_own(words: list[str], arguments: Arguments) -> list[str]:
    while words and words[0].startswith("--"):
        name, equals, value = words[0][2:].partition("=")
        if name in _OWN_FLAGS:
            arguments.own[name] = []
            words.pop(0)
            continue
        if name not in _OWN_WITH_VALUE:
            break
        if not equals:
            if len(words) < 2:
                raise JobRefused(f"Missing argument for option: {words[0]}", usage=True)
            value = words.pop(1)
        words.pop(0)
        arguments.own.setdefault(name, []).append(value)
    return words


def _parse_generic(words: list[str], arguments: Arguments) -> list[str]:
    """Take the generic options from the front; the first word that is none ends them."""
    while words:
        word = words[0]
        if word.startswith("-D") and word != "-D":
            _define(arguments.configuration, word[2:])
            words = words[1:]
            continue
        name = word.removeprefix("-")
        if not word.startswith("-") or name not in _GENERIC or len(words) < 2:
            break
        _apply_generic(name, words[1], arguments)
        words = words[2:]
    return words


def _apply_generic(name: str, value: str, arguments: Arguments) -> None:
    if name == "D":
        _define(arguments.configuration, value)
    elif name == "conf":
        if not Path(value).is_file():
            raise JobRefused(f"java.io.FileNotFoundException: {value}", bare=True)
        arguments.configuration.load_xml(Path(value))
    else:
        # Of an option that is given twice, Hadoop's GenericOptionsParser takes the first value.
        arguments.generic.setdefault(name, [value])


def _define(configuration: Configuration, definition: str) -> None:
    """Apply `name=value`; without an equals sign it is ignored, as Hadoop does."""
    name, equals, value = definition.partition("=")
    if equals:
        configuration.set(name.strip(), value)


def _parse_streaming(words: list[str], arguments: Arguments) -> None:
    left_over = []
    while words:
        word = words.pop(0)
        name = word.removeprefix("-").removeprefix("-")
        if not word.startswith("-") or word == "-":
            left_over.append(word)
        elif name in _FLAGS:
            arguments.options.setdefault(name, [])
        elif name in _WITH_VALUE:
            arguments.options.setdefault(name, []).append(_value(name, words))
        else:
            raise JobRefused(f"Unrecognized option: {word}", usage=True)
    if left_over:
        listed = ", ".join(left_over)
        raise JobRefused(
            f"Found {len(left_over)} unexpected arguments on the command line [{listed}]", usage=True
        )
    for file in arguments.all("additionalconfspec"):
        arguments.configuration.load_xml(Path(file))
    for definition in arguments.all("jobconf"):
        _define(arguments.configuration, definition)
    for kind in ("map", "reduce"):
        if script := arguments.first(f"{kind}debug"):
            arguments.configuration.set(f"mapred.{kind}.task.debug.script", script)


def _value(name: str, words: list[str]) -> str:
    if not words or (words[0].startswith("-") and words[0][1:] in _WITH_VALUE | _FLAGS):
        raise JobRefused(f"Missing argument for option: {name}", usage=True)
    return words.pop(0)


# What `-help` and `-info` print.
USAGE = """\
Usage: emrsim streaming [own options] [generic options] [streaming options]

Streaming options:
  -input URI              input path, repeatable; comma lists and globs
  -output URI             output directory, must not exist
  -mapper CMD|Class       default: the identity mapper
  -combiner CMD           run on sorted map output
  -reducer CMD|Class|aggregate|NONE
  -file PATH              ship a local file with the job, repeatable
  -cacheFile URI#name, -cacheArchive URI#name
  -inputformat Class, -outputformat Class, -partitioner Class
  -inputreader StreamXmlRecordReader,begin=TEXT,end=TEXT
  -numReduceTasks N
  -jobconf N=V, -cmdenv N=V
  -io text|rawbytes|typedbytes|keyonlytext
  -lazyOutput             no part file without a record
  -mapdebug CMD, -reducedebug CMD
                          run for a failed attempt: CMD STDOUT STDERR SYSLOG JOBCONF
  -background, -verbose, -debug, -dfs, -jt, -additionalconfspec FILE
  -info, -help            print this

Generic options, before the streaming options:
  -D N=V, -conf FILE, -files A,B#n, -archives A#n, -libjars A, -fs URI, -jt HOST, -tokenCacheFile FILE

Own options, before all others:
  --syslog FILE           log4j records into FILE instead of standard error
  --task-logs DIR         stdout, stderr and syslog of each task attempt below DIR
  --hadoop-version X.Y.Z  generation of messages, exit codes and environment; default 2.7.3
  --job-id ID             job_EPOCHMS_NNNN
  --work DIR              where to make the scratch folder
  --slots DIR             task slots as files, shared with other runners
  --parallel N            tasks at once; default: number of processors
  --memory SIZE           for the shuffle, e.g. 512m
  --keep-failed DIR       a folder to run again for every failed task
  --json-progress FD|FILE progress and counters as JSON lines, to a file descriptor or appended to a file
  --one-attempt           as Hadoop's local job runner: no retries, no failures percent
  --conf-file FILE        default properties, as -conf"""
