"""Input formats of sequence files."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from emrsim.mapreduce.formats.exchange import RAW, TYPED, Exchange
from emrsim.mapreduce.formats.pairs import Pair
from emrsim.mapreduce.input.lineinput import TextReader
from emrsim.mapreduce.input.splits import Split

_MARK = b"SEQ"
# What makes of a serialised Writable, by the name of its class, the bytes that are wanted.
_Converter = Callable[[str], Callable[[bytes], bytes]]


class SequenceFileTextReader(TextReader):
    """SequenceFileAsTextInputFormat: keys and values are Text, as Java prints what is in the file."""

    def pairs(self, split: Split) -> Iterator[list[Pair]]:
        """See TextReader.pairs."""
        from emrsim.mapreduce.formats.serialised import as_shown

        yield from self._converted(split, as_shown)

    def _converted(self, split: Split, converter: _Converter) -> Iterator[list[Pair]]:
        from emrsim.mapreduce.formats.sequencefile import converted

        yield from converted(split.path, split.start, split.end, split.uri, converter)


class SequenceFileReader(SequenceFileTextReader):
    """SequenceFileInputFormat: a mapper reads what Hadoop makes of each class of keys and values."""

    def blocks_for(self, split: Split, exchange: Exchange) -> Iterator[tuple[bytes, int]]:
        """See TextReader.blocks_for."""
        read_as = exchange.streams.map_input_as
        write = exchange.framed if read_as in {RAW, TYPED} else exchange.map_input
        for pairs in self._converted(split, self._converter(read_as)):
            yield write(pairs), len(pairs)

    def _converter(self, read_as: str) -> _Converter:
        from emrsim.mapreduce.formats import serialised

        by_format: dict[str, _Converter] = {RAW: serialised.as_raw_bytes, TYPED: serialised.as_typed_bytes}
        return by_format.get(read_as, serialised.as_line)


class BinarySequenceFileReader(SequenceFileReader):
    """SequenceFileAsBinaryInputFormat: keys and values as they are serialised, as BytesWritable."""

    def _converter(self, read_as: str) -> _Converter:
        from emrsim.mapreduce.formats.typedbytes import typed_bytes

        return lambda class_name: typed_bytes if read_as == TYPED else bytes


class AutoReader(SequenceFileReader):
    """AutoInputFormat: sequence files, known by their first bytes; others are lines behind their offsets."""

    def pairs(self, split: Split) -> Iterator[list[Pair]]:
        """See TextReader.pairs."""
        yield from super().pairs(split) if _is_sequence_file(split) else TextReader.pairs(self, split)

    def blocks_for(self, split: Split, exchange: Exchange) -> Iterator[tuple[bytes, int]]:
        """See TextReader.blocks_for."""
        if _is_sequence_file(split):
            yield from super().blocks_for(split, exchange)
        else:
            yield from TextReader.blocks_for(self, split, exchange)


def _is_sequence_file(split: Split) -> bool:
    with open(split.path, "rb") as source:
        return source.read(len(_MARK)) == _MARK
