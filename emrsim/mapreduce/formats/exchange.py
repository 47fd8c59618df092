"""What passes between framework and commands under one `-io` format, in both directions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from emrsim.mapreduce.errors import JobRefused
from emrsim.mapreduce.formats import rawbytes, typedbytes, writables
from emrsim.mapreduce.formats.pairs import Batch, Decoder, LineDecoder, LineFormat, Pair, Pairs

_PAIRS_PER_CHUNK = 5000


class Streams(NamedTuple):
    """What the pipes of a job's commands carry: the `-io` format, and the forms of lines on each side.

    `hides_map_key`: mappers get no keys; `long_map_keys`: the keys that they get are LongWritable.
    """

    io: str
    map_input_separator: bytes
    map_output: LineFormat
    reduce_input: LineFormat
    reduce_output: LineFormat
    hides_map_key: bool
    long_map_keys: bool


class Exchange:
    """`-io text`: lines, and the base of the other formats.

    `keys_come_first` says whether what a reducer reads of a record begins with the bytes of its key.
    """

    keys_come_first = True

    def __init__(self, streams: Streams) -> None:
        self.streams = streams

    def map_input(self, pairs: Iterable[Pair]) -> bytes:
        """Return records as a mapper reads them."""
        if self.streams.hides_map_key:
            return b"".join([value + b"\n" for _, value in pairs])
        return LineFormat(self.streams.map_input_separator).join(pairs)

    def map_decoder(self) -> Decoder:
        """Reads what a mapper prints."""
        return LineDecoder(self.streams.map_output)

    def reduce_source(self, pairs: Iterable[Pair]) -> Iterator[bytes]:
        """What a reducer or combiner reads, for records in their order."""
        chunk: list[Pair] = []
        for pair in pairs:
            chunk.append(pair)
            if len(chunk) >= _PAIRS_PER_CHUNK:
                yield self.reduce_input(chunk)
                chunk = []
        if chunk:
            yield self.reduce_input(chunk)

    def reduce_input(self, pairs: Iterable[Pair]) -> bytes:
        """Records as a reducer reads them."""
        return self.streams.reduce_input.join(pairs)

    def key_extent(self, key: bytes) -> int:
        """How many bytes at the beginning of a record of reduce input are the key's."""
        return len(key)

    def split_payload(self, payload: bytes, key_length: int) -> Pair:
        """Key and value of one record of reduce input whose first `key_length` bytes are the key's."""
        separator = len(self.streams.reduce_input.separator)
        return payload[:key_length], payload[key_length + separator : -1]

    def reduce_decoder(self) -> Decoder:
        """Reads what a reducer or combiner prints."""
        return LineDecoder(self.streams.reduce_output)

    def shown(self, batch: Batch) -> Batch:
        """Records as a text output format prints them."""
        return batch


class KeyOnlyExchange(Exchange):
    """`-io keyonlytext`: the mapper sees the keys alone."""

    def map_input(self, pairs: Iterable[Pair]) -> bytes:
        """See Exchange."""
        return b"".join([key + b"\n" for key, _ in pairs])


class RawBytesExchange(Exchange):
    """`-io rawbytes`: keys and values as Java serialises them, each behind its length."""

    keys_come_first = False

    def map_decoder(self) -> Decoder:
        """See Exchange."""
        return rawbytes.decoder()

    def reduce_decoder(self) -> Decoder:
        """See Exchange."""
        return rawbytes.decoder()

    def reduce_input(self, pairs: Iterable[Pair]) -> bytes:
        """See Exchange."""
        return b"".join([rawbytes.raw_item(key) + rawbytes.raw_item(value) for key, value in pairs])

    def split_payload(self, payload: bytes, key_length: int) -> Pair:
        """See Exchange."""
        return payload[4:key_length], payload[key_length + 4 :]

    def key_extent(self, key: bytes) -> int:
        """See Exchange."""
        return 4 + len(key)

    def shown(self, batch: Batch) -> Batch:
        """See Exchange."""
        return Pairs([(rawbytes.shown_raw(key), rawbytes.shown_raw(value)) for key, value in batch.pairs()])

    def map_input(self, pairs: Iterable[Pair]) -> bytes:
        """See Exchange."""
        return b"".join(
            [
                rawbytes.raw_item(self._serialised_key(key)) + rawbytes.raw_item(writables.text(value))
                for key, value in pairs
            ]
        )

    def _serialised_key(self, key: bytes) -> bytes:
        if self.streams.long_map_keys:
            return int(key).to_bytes(8, "big")
        return writables.text(key)


class TypedBytesExchange(RawBytesExchange):
    """`-io typedbytes`: keys and values behind their type code."""

    keys_come_first = True

    def map_decoder(self) -> Decoder:
        """See Exchange."""
        return typedbytes.decoder()

    def reduce_decoder(self) -> Decoder:
        """See Exchange."""
        return typedbytes.decoder()

    def reduce_input(self, pairs: Iterable[Pair]) -> bytes:
        """See Exchange."""
        return b"".join([key + value for key, value in pairs])

    def split_payload(self, payload: bytes, key_length: int) -> Pair:
        """See Exchange."""
        return payload[:key_length], payload[key_length:]

    def key_extent(self, key: bytes) -> int:
        """See Exchange."""
        return len(key)

    def shown(self, batch: Batch) -> Batch:
        """See Exchange."""
        shown = typedbytes.shown_typed
        return Pairs([(shown(key), shown(value)) for key, value in batch.pairs()])

    def map_input(self, pairs: Iterable[Pair]) -> bytes:
        """See Exchange."""
        typed_key = typedbytes.typed_text
        if self.streams.long_map_keys:
            return b"".join(
                [typedbytes.typed_long(int(key)) + typedbytes.typed_text(value) for key, value in pairs]
            )
        return b"".join([typed_key(key) + typedbytes.typed_text(value) for key, value in pairs])


_EXCHANGES = {
    "text": Exchange,
    "keyonlytext": KeyOnlyExchange,
    "rawbytes": RawBytesExchange,
    "typedbytes": TypedBytesExchange,
}


def exchange_for(streams: Streams) -> Exchange:
    """Return the exchange of a job's `-io`."""
    return _EXCHANGES[streams.io](streams)


def check_io(name: str) -> str:
    """Return the data format of `-io`. Raises JobRefused for one that is unknown."""
    if name not in _EXCHANGES:
        raise JobRefused(f"java.lang.RuntimeException: unknown identifier for -io: {name}")
    return name
