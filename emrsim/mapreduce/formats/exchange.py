"""What passes between framework and commands, in both directions, and in between.

Four streams have a format each: `stream.map.input`, `stream.map.output`, `stream.reduce.input` and
`stream.reduce.output`; `-io` sets all four. Between map and reduce, keys and values are the bytes that the
map output has: text, the bytes behind a length, or typed bytes with their code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from emrsim.mapreduce.formats import rawbytes, typedbytes, writables
from emrsim.mapreduce.formats.pairs import Batch, Decoder, LineDecoder, LineFormat, Pair, Pairs

TEXT, RAW, TYPED, KEY_ONLY = "text", "rawbytes", "typedbytes", "keyonlytext"

_PAIRS_PER_CHUNK = 5000
_NULL = b"(null)"  # a NullWritable in text: the value of a record that is only a key
# And in typed bytes: a class that they know nothing of, by its name.
_TYPED_NULL = b"\x32" + rawbytes.raw_item(rawbytes.raw_item(b"org.apache.hadoop.io.NullWritable"))
_WHOLE_LINES = LineFormat(b"\n")  # a separator that no line has: all of it is the key

Convert = Callable[[bytes], bytes]


class Streams(NamedTuple):
    """What the pipes of a job's commands carry: the formats of the streams, and of their lines.

    `hides_map_key`: mappers get no keys; `long_map_keys`: the keys that they get are LongWritable;
    `is_piped`: the reducer is a command.
    """

    map_input_as: str
    map_output_as: str
    reduce_input_as: str
    reduce_output_as: str
    map_input_separator: bytes
    map_output: LineFormat
    reduce_input: LineFormat
    reduce_output: LineFormat
    hides_map_key: bool
    long_map_keys: bool
    is_piped: bool = True

    def output_as(self, reduces: int) -> str:
        """Return the format in which the output of the job was printed."""
        return self.reduce_output_as if reduces and self.is_piped else self.map_output_as


def format_of(identifier: str) -> str:
    """Return the format of an identifier; upper and lower case are the same, an unknown one is text."""
    name = identifier.lower()
    return name if name in {RAW, TYPED, KEY_ONLY} else TEXT


class Exchange:
    """Turns records into what commands read, and what they print into records.

    `keys_come_first` says whether what a reducer reads of a record begins with the bytes that sort it.
    """

    def __init__(self, streams: Streams) -> None:
        self.streams = streams
        made, read = streams.map_output_as, self._reduce_input_as
        self.keys_come_first = read in {TEXT, KEY_ONLY} or (made == read == TYPED)
        self._convert = _CONVERSIONS.get((made, read))
        # Whether the lines that a mapper prints are those that a reducer reads.
        self.reads_lines = made == read == TEXT

    @property
    def _reduce_input_as(self) -> str:
        """The format of reduce input; where no command reads it, that of the map output: nothing is lost."""
        if self.streams.is_piped:
            return self.streams.reduce_input_as
        return TEXT if self.streams.map_output_as == KEY_ONLY else self.streams.map_output_as

    def map_input(self, pairs: Iterable[Pair]) -> bytes:
        """Return records as a mapper reads them."""
        streams = self.streams
        if streams.map_input_as == RAW:
            key_of = _serialised_long if streams.long_map_keys else writables.text
            pieces = [(key_of(key), writables.text(value)) for key, value in pairs]
            return b"".join([rawbytes.raw_item(key) + rawbytes.raw_item(value) for key, value in pieces])
        if streams.map_input_as == TYPED:
            typed_key = _typed_long if streams.long_map_keys else typedbytes.typed_text
            return b"".join([typed_key(key) + typedbytes.typed_text(value) for key, value in pairs])
        if streams.map_input_as == KEY_ONLY:
            return b"".join([key + b"\n" for key, _ in pairs])
        if streams.hides_map_key:
            return b"".join([value + b"\n" for _, value in pairs])
        return LineFormat(streams.map_input_separator).join(pairs)

    def framed(self, pairs: Iterable[Pair]) -> bytes:
        """Return as a mapper reads them records that are what raw or typed bytes make of their classes."""
        if self.streams.map_input_as == TYPED:
            return b"".join([key + value for key, value in pairs])
        return b"".join([rawbytes.raw_item(key) + rawbytes.raw_item(value) for key, value in pairs])

    def map_decoder(self) -> Decoder:
        """Return what reads the output of a mapper."""
        return _decoder(self.streams.map_output_as, self.streams.map_output)

    def reduce_decoder(self) -> Decoder:
        """Return what reads the output of a reducer or combiner."""
        return _decoder(self.streams.reduce_output_as, self.streams.reduce_output)

    def reduce_source(self, pairs: Iterable[Pair]) -> Iterator[bytes]:
        """Yield what a reducer or combiner reads, for records in their order."""
        chunk: list[Pair] = []
        for pair in pairs:
            chunk.append(pair)
            if len(chunk) >= _PAIRS_PER_CHUNK:
                yield self.reduce_input(chunk)
                chunk = []
        if chunk:
            yield self.reduce_input(chunk)

    def reduce_input(self, pairs: Iterable[Pair]) -> bytes:
        """Return records as a reducer reads them."""
        streams, read = self.streams, self._reduce_input_as
        if streams.map_output_as == KEY_ONLY and streams.is_piped:
            return self._with_nulls([key for key, _ in pairs])
        if read == KEY_ONLY:
            return b"".join([key + b"\n" for key, _ in pairs])
        if read == TEXT:
            return streams.reduce_input.join(pairs)
        if self._convert is not None:
            convert = self._convert
            pairs = [(convert(key), convert(value)) for key, value in pairs]
        if read == TYPED:
            return b"".join([key + value for key, value in pairs])
        return b"".join([rawbytes.raw_item(key) + rawbytes.raw_item(value) for key, value in pairs])

    def _with_nulls(self, keys: Iterable[bytes]) -> bytes:
        """Return keys as a reducer reads them whose values are NullWritable."""
        read = self._reduce_input_as
        if read == KEY_ONLY:
            return b"".join([key + b"\n" for key in keys])
        if read == TEXT:
            return self.streams.reduce_input.join((key, _NULL) for key in keys)
        if read == TYPED:
            return b"".join([typedbytes.typed_text(key) + _TYPED_NULL for key in keys])
        return b"".join([rawbytes.raw_item(writables.text(key)) + rawbytes.raw_item(b"") for key in keys])

    def key_extent(self, key: bytes) -> int:
        """Return how many bytes at the beginning of a record of reduce input are the key's."""
        size = len(key) if self._convert is None else len(self._convert(key))
        return 4 + size if self._reduce_input_as == RAW else size

    def split_payload(self, payload: bytes, key_length: int) -> Pair:
        """Return key and value of one record of reduce input whose first `key_length` bytes are the key's.

        Only where no command reads it.
        """
        read = self._reduce_input_as
        if read == RAW:
            return payload[4:key_length], payload[key_length + 4 :]
        if read == TYPED:
            return payload[:key_length], payload[key_length:]
        separator = len(self.streams.reduce_input.separator)
        return payload[:key_length], payload[key_length + separator : -1]

    def shown(self, batch: Batch, classes: tuple[str, str]) -> Batch:
        """Return records whose keys and values are of these classes as a text output format prints them."""
        shown = _SHOWN.get(classes[0])
        if shown is None:
            return batch
        return Pairs([(shown(key), shown(value)) for key, value in batch.pairs()])


def exchange_for(streams: Streams) -> Exchange:
    """Return the exchange of a job."""
    return Exchange(streams)


def _decoder(read_as: str, form: LineFormat) -> Decoder:
    if read_as == RAW:
        return rawbytes.decoder()
    if read_as == TYPED:
        return typedbytes.decoder()
    return LineDecoder(_WHOLE_LINES if read_as == KEY_ONLY else form)


def _serialised_long(key: bytes) -> bytes:
    return int(key).to_bytes(8, "big", signed=True)


def _typed_long(key: bytes) -> bytes:
    return typedbytes.typed_long(int(key))


# How keys and values of a map output become those of a reduce input, where they are not the same bytes.
_CONVERSIONS: dict[tuple[str, str], Convert] = {
    (TEXT, RAW): writables.text,
    (KEY_ONLY, RAW): writables.text,
    (TEXT, TYPED): typedbytes.typed_text,
    (KEY_ONLY, TYPED): typedbytes.typed_text,
    (RAW, TYPED): typedbytes.typed_bytes,
}
# Of the classes that commands print: how Java prints those that are not text.
_SHOWN: dict[str, Convert] = {
    "org.apache.hadoop.io.BytesWritable": rawbytes.shown_raw,
    "org.apache.hadoop.typedbytes.TypedBytesWritable": typedbytes.shown_typed,
}
