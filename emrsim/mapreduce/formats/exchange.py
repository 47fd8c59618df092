"""What passes between framework and commands under one `-io` format, in both directions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from emrsim.mapreduce.formats import pairs as keyvalue
from emrsim.mapreduce.formats.chunks import Chunk
from emrsim.mapreduce.formats.pairs import Batch, Decoder, LineDecoder, LineFormat, Pair, Pairs
from emrsim.mapreduce.input import readers
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.job.job import Job

_PAIRS_PER_CHUNK = 5000


class Exchange:
    """`-io text`: lines, and the base of the other formats.

    `keys_come_first` says whether what a reducer reads of a record begins with the bytes of its key.
    """

    keys_come_first = True

    def __init__(self, job: Job) -> None:
        self._job = job

    def map_source(self, split: Split, count: Callable[[int], None]) -> Iterator[Chunk]:
        """What the mapper of a split reads; `count` hears of every record."""
        reader = self._job.reader
        if self._job.ignores_map_key and isinstance(reader, readers.TextReader):
            for block, lines in reader.blocks(split):
                count(lines)
                yield block
            return
        for pairs in reader.pairs(split):
            count(len(pairs))
            yield self._map_input(pairs)

    def map_decoder(self) -> Decoder:
        """Reads what a mapper prints."""
        return LineDecoder(self._job.map_output)

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
        return self._job.reduce_input.join(pairs)

    def key_extent(self, key: bytes) -> int:
        """How many bytes at the beginning of a record of reduce input are the key's."""
        return len(key)

    def split_payload(self, payload: bytes, key_length: int) -> Pair:
        """Key and value of one record of reduce input whose first `key_length` bytes are the key's."""
        separator = len(self._job.reduce_input.separator)
        return payload[:key_length], payload[key_length + separator : -1]

    def reduce_decoder(self) -> Decoder:
        """Reads what a reducer or combiner prints."""
        return LineDecoder(self._job.reduce_output)

    def shown(self, batch: Batch) -> Batch:
        """Records as a text output format prints them."""
        return batch

    def _map_input(self, pairs: Iterable[Pair]) -> bytes:
        if self._job.ignores_map_key:
            return b"".join([value + b"\n" for _, value in pairs])
        return LineFormat(self._job.map_input_separator).join(pairs)


class KeyOnlyExchange(Exchange):
    """`-io keyonlytext`: the mapper sees the keys alone."""

    def _map_input(self, pairs: Iterable[Pair]) -> bytes:
        return b"".join([key + b"\n" for key, _ in pairs])


class RawBytesExchange(Exchange):
    """`-io rawbytes`: keys and values as Java serialises them, each behind its length."""

    keys_come_first = False

    def map_decoder(self) -> Decoder:
        """See Exchange."""
        return keyvalue.RawBytesDecoder()

    def reduce_decoder(self) -> Decoder:
        """See Exchange."""
        return keyvalue.RawBytesDecoder()

    def reduce_input(self, pairs: Iterable[Pair]) -> bytes:
        """See Exchange."""
        return b"".join([keyvalue.raw_item(key) + keyvalue.raw_item(value) for key, value in pairs])

    def split_payload(self, payload: bytes, key_length: int) -> Pair:
        """See Exchange."""
        return payload[4:key_length], payload[key_length + 4 :]

    def key_extent(self, key: bytes) -> int:
        """See Exchange."""
        return 4 + len(key)

    def shown(self, batch: Batch) -> Batch:
        """See Exchange."""
        return Pairs([(keyvalue.shown_raw(key), keyvalue.shown_raw(value)) for key, value in batch.pairs()])

    def _map_input(self, pairs: Iterable[Pair]) -> bytes:
        return b"".join(
            [
                keyvalue.raw_item(self._serialised_key(key)) + keyvalue.raw_item(_text(value))
                for key, value in pairs
            ]
        )

    def _serialised_key(self, key: bytes) -> bytes:
        if self._job.reader.key_class == readers.LONG:
            return int(key).to_bytes(8, "big")
        return _text(key)


class TypedBytesExchange(RawBytesExchange):
    """`-io typedbytes`: keys and values behind their type code."""

    keys_come_first = True

    def map_decoder(self) -> Decoder:
        """See Exchange."""
        return keyvalue.TypedBytesDecoder()

    def reduce_decoder(self) -> Decoder:
        """See Exchange."""
        return keyvalue.TypedBytesDecoder()

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
        shown = keyvalue.shown_typed
        return Pairs([(shown(key), shown(value)) for key, value in batch.pairs()])

    def _map_input(self, pairs: Iterable[Pair]) -> bytes:
        typed_key = keyvalue.typed_text
        if self._job.reader.key_class == readers.LONG:
            return b"".join(
                [keyvalue.typed_long(int(key)) + keyvalue.typed_text(value) for key, value in pairs]
            )
        return b"".join([typed_key(key) + keyvalue.typed_text(value) for key, value in pairs])


_EXCHANGES = {
    "text": Exchange,
    "keyonlytext": KeyOnlyExchange,
    "rawbytes": RawBytesExchange,
    "typedbytes": TypedBytesExchange,
}


def exchange_for(job: Job) -> Exchange:
    """The exchange of the job's `-io`."""
    return _EXCHANGES[job.io](job)


def _text(data: bytes) -> bytes:
    """Text as Java serialises it: a variable-length size, then the bytes."""
    from emrsim.mapreduce.formats.sequencefile import vint

    return vint(len(data)) + data
