"""Hadoop's own mappers and reducers that are built in: what each makes of its records."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby
from operator import itemgetter

from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats.pairs import CountedPair, Pair
from emrsim.mapreduce.job import classes
from emrsim.mapreduce.job.configuration import Configuration
from emrsim.mapreduce.job.fieldselection import FieldSelection
from emrsim.mapreduce.job.job import Job
from emrsim.mapreduce.shuffle.reduceinput import ReduceInput

MapPairs = Callable[[list[Pair]], list[Pair]]


def mapper(job: Job) -> MapPairs:
    """Return what the job's mapper makes of some records. Raises TaskFailed for its properties."""
    return _MAPPERS[job.programs.mapper.java_class](job)


def reduced(job: Job, records: ReduceInput) -> Iterator[Pair]:
    """Yield what the job's reducer makes of its records. Raises TaskFailed."""
    java_class = job.programs.reducer.java_class
    if java_class == classes.VALUE_AGGREGATOR:
        from emrsim.mapreduce.tasks.aggregate import aggregate

        return aggregate(records.items(), job.unique_values_max)
    if java_class == classes.LONG_SUM_REDUCER:
        return _summed(_checked(job, records, 1, classes.LONG))
    if java_class == classes.FIELD_SELECTION:
        items = _checked(job, records, 0, classes.TEXT)
        return _selected(FieldSelection.of_reducer(job.configuration), items)
    return _repeated(records.items())


def _checked(job: Job, records: ReduceInput, which: int, wanted: str) -> Iterator[CountedPair]:
    """Yield the records. Raises TaskFailed at the first if keys (0) or values (1) are of another class."""
    given = job.map_classes[which]
    for item in records.items():
        if given != wanted:
            raise TaskFailed(f"java.lang.ClassCastException: {given} cannot be cast to {wanted}")
        yield item


def _identity(job: Job) -> MapPairs:
    return list


def _inverse(job: Job) -> MapPairs:
    return lambda pairs: [(value, key) for key, value in pairs]


def _tokens(job: Job) -> MapPairs:
    """Each word of the values with a 1; words end at Java's StringTokenizer's delimiters."""
    split = re.compile(rb"[ \t\n\r\f]+").split
    return lambda pairs: [(word, b"1") for _, value in pairs for word in split(value) if word]


def _matches(job: Job) -> MapPairs:
    """Each match of `mapreduce.mapper.regex` in the values, or the group that is asked for, with a 1."""
    pattern, group = _pattern_of(job.configuration)

    def matches(pairs: list[Pair]) -> list[Pair]:
        found = (
            match[group] for _, value in pairs for match in pattern.finditer(value.decode("utf-8", "replace"))
        )
        return [(_text(text), b"1") for text in found]

    return matches


def _pattern_of(configuration: Configuration) -> tuple[re.Pattern[str], int]:
    from emrsim.javaclasses import PatternSyntaxError
    from emrsim.javaregex import compile_java

    text = configuration.text("mapreduce.mapper.regex")
    if text is None:
        raise TaskFailed("java.lang.NullPointerException: mapreduce.mapper.regex is not set")
    try:
        pattern = compile_java(text)
    except PatternSyntaxError as error:
        raise TaskFailed(f"java.util.regex.PatternSyntaxException: {error}") from error
    group = configuration.integer("mapred.mapper.regex.group", 0)
    if not 0 <= group <= pattern.groups:
        raise TaskFailed(f"java.lang.IndexOutOfBoundsException: No group {group}")
    return pattern, group


def _text(text: str | None) -> bytes:
    if text is None:  # a group that took no part in the match
        raise TaskFailed("java.lang.NullPointerException")
    return text.encode()


def _fields(job: Job) -> MapPairs:
    """Fields of each record; of lines with TextInputFormat, else of key and value, with nothing between."""
    selection = FieldSelection.of_mapper(job.configuration)
    if job.input.format.name == classes.TEXT_INPUT:
        return lambda pairs: [selection.mapped(value) for _, value in pairs]
    return lambda pairs: [selection.mapped(key + value) for key, value in pairs]


_MAPPERS: dict[str, Callable[[Job], MapPairs]] = {
    classes.IDENTITY_MAPPER: _identity,
    classes.INVERSE_MAPPER: _inverse,
    classes.TOKEN_COUNT_MAPPER: _tokens,
    classes.REGEX_MAPPER: _matches,
    classes.FIELD_SELECTION: _fields,
}


def _selected(selection: FieldSelection, items: Iterable[CountedPair]) -> Iterator[Pair]:
    for key, value, count in items:
        pair = selection.reduced(key, value)
        if pair is not None:
            for _ in range(count):
                yield pair


def _summed(items: Iterable[CountedPair]) -> Iterator[Pair]:
    """The sum of the values of each key, which wraps at 64 bits as Java's does."""
    for key, group in groupby(items, key=itemgetter(0)):
        total = sum(int(value) * count for _, value, count in group)
        yield key, b"%d" % ((total + 2**63) % 2**64 - 2**63)


def _repeated(items: Iterable[CountedPair]) -> Iterator[Pair]:
    for key, value, count in items:
        for _ in range(count):
            yield key, value
