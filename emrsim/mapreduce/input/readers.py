"""The reader of each input format, and what mappers get from it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from emrsim.mapreduce.formats.chunks import Chunk
from emrsim.mapreduce.formats.exchange import Exchange
from emrsim.mapreduce.formats.pairs import Pair
from emrsim.mapreduce.input.lineinput import KeyValueReader, TextReader
from emrsim.mapreduce.input.sequencefiles import (
    AutoReader,
    BinarySequenceFileReader,
    SequenceFileReader,
    SequenceFileTextReader,
)
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.input.xmlinput import XmlReader
from emrsim.mapreduce.job import classes
from emrsim.mapreduce.job.job import Job

_READERS: dict[str, type[TextReader]] = {
    classes.TEXT_INPUT: TextReader,
    classes.KEY_VALUE_INPUT: KeyValueReader,
    classes.SEQUENCE_FILE_INPUT: SequenceFileReader,
    classes.SEQUENCE_FILE_AS_TEXT_INPUT: SequenceFileTextReader,
    classes.SEQUENCE_FILE_AS_BINARY_INPUT: BinarySequenceFileReader,
    classes.COMBINE_TEXT_INPUT: TextReader,
    classes.COMBINE_SEQUENCE_FILE_INPUT: SequenceFileReader,
    classes.N_LINE_INPUT: TextReader,
    classes.AUTO_INPUT: AutoReader,
    classes.STREAM_INPUT: KeyValueReader,
}


def reader_for(job: Job) -> TextReader:
    """Return the reader of a job's input. Raises JobRefused for properties of it that are invalid."""
    if job.input.marks is not None:
        return XmlReader(job.configuration, job.input.marks)
    return _READERS[job.input.format.name](job.configuration)


def mapper_input(
    reader: TextReader, exchange: Exchange, split: Split, count: Callable[[int], None]
) -> Iterator[Chunk]:
    """Yield what the mapper of a split reads; `count` is called with numbers of records."""
    for piece in split.pieces:
        if exchange.streams.hides_map_key and type(reader) is TextReader:
            blocks: Iterator[tuple[Chunk, int]] = reader.blocks(piece)
        else:
            blocks = reader.blocks_for(piece, exchange)
        for block, records in blocks:
            count(records)
            yield block


def mapper_pairs(reader: TextReader, split: Split) -> Iterator[list[Pair]]:
    """Yield the keys and values that a mapper of Java's gets of a split, as text."""
    for piece in split.pieces:
        yield from reader.pairs(piece)
