"""Input formats of text: the records of a split, as keys and values or as the lines a mapper reads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from emrsim.mapreduce.formats import bounds, codecs
from emrsim.mapreduce.formats.chunks import Chunk, FileRange
from emrsim.mapreduce.formats.exchange import Exchange
from emrsim.mapreduce.formats.lines import CHUNK, count_lines, line_start_after, normalised, with_newlines
from emrsim.mapreduce.formats.pairs import Pair
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.job.configuration import Configuration

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_LINE_WITH_END = rb"[^\r\n]*(?:\r\n|\r|\n|\Z)"
_UNLIMITED = 2**31 - 1
_SPLICED_BYTES_MIN = 1 << 20
_ARRAYS_FROM_BYTES = 256 << 20  # files from this size on are worth the loading of numpy, to count lines


class TextReader:
    """TextInputFormat: the key is the offset of a line, the value its text."""

    def __init__(self, configuration: Configuration) -> None:
        self._line_bytes_max = configuration.integer("mapred.linerecordreader.maxlength", _UNLIMITED)

    def can_split(self, name: str, generation: int) -> bool:
        """Return whether a file of this name may be cut into several splits."""
        return codecs.is_splittable(name, generation)

    def blocks(self, split: Split) -> Iterator[tuple[Chunk, int]]:
        """The lines of the split without keys, each ended by `\n`; blocks may tear lines.

        With each block comes the number of lines that end in it.
        """
        if self._line_bytes_max < _UNLIMITED:
            for pairs in self.pairs(split):
                yield b"".join(value + b"\n" for _, value in pairs), len(pairs)
        elif split.length < _SPLICED_BYTES_MIN or codecs.is_compressed(split.path.name):
            for block in normalised(self._chunks(split)):
                yield block, count_lines(block)
        else:
            yield from _ranges(split)

    def pairs(self, split: Split) -> Iterator[list[Pair]]:
        """The records of the split, in batches."""
        for batch in self._lines_with_offsets(split):
            yield [(b"%d" % offset, line) for offset, line in batch]

    def blocks_for(self, split: Split, exchange: Exchange) -> Iterator[tuple[bytes, int]]:
        """What a mapping command reads of the records, in blocks with the number of records in each."""
        for pairs in self.pairs(split):
            yield exchange.map_input(pairs), len(pairs)

    def _chunks(self, split: Split) -> Iterator[bytes]:
        """The bytes of the lines that begin in the split; of a compressed file, all of them."""
        if codecs.is_compressed(split.path.name):
            chunks = codecs.read_chunks(split.path, split.start, split.end)
        else:
            chunks = _raw_chunks(split)
        return _without_mark(chunks) if split.start == 0 else chunks

    def _lines_with_offsets(self, split: Split) -> Iterator[list[tuple[int, bytes]]]:
        # In a split of a compressed file Hadoop counts on from where the split begins (assumed).
        is_first = split.start == 0 or codecs.is_compressed(split.path.name)
        offset = split.start if is_first else line_start_after(split.path, split.start)
        for block in _cut_at_line_ends(self._chunks(split)):
            batch = []
            for match in re.finditer(_LINE_WITH_END, block):
                raw = match[0]
                if raw and len(raw) < self._line_bytes_max:
                    batch.append((offset, raw.rstrip(b"\r\n")))
                offset += len(raw)
            yield batch


class KeyValueReader(TextReader):
    """KeyValueTextInputFormat: a line cut at the first separator, of which only one character counts."""

    def __init__(self, configuration: Configuration) -> None:
        super().__init__(configuration)
        separator = configuration.text("key.value.separator.in.input.line") or "\t"
        self._separator = separator[0].encode()

    def pairs(self, split: Split) -> Iterator[list[Pair]]:
        """See TextReader.pairs."""
        for batch in self._lines_with_offsets(split):
            yield [_cut_pair(line, self._separator) for _, line in batch]


def _cut_pair(line: bytes, separator: bytes) -> Pair:
    key, _, value = line.partition(separator)
    return key, value


def _raw_chunks(split: Split) -> Iterator[bytes]:
    """The bytes from the first line that begins in the split to the end of the last one."""
    start, end = _extent(split, split.path.stat().st_size)
    with open(split.path, "rb") as source:
        source.seek(start)
        while start < end and (chunk := source.read(min(CHUNK, end - start))):
            start += len(chunk)
            yield chunk


def _extent(split: Split, size: int) -> tuple[int, int]:
    """Where the first line that begins in the split begins, and where the last one ends."""
    start = 0 if split.start == 0 else line_start_after(split.path, split.start)
    return start, size if split.end >= size else line_start_after(split.path, split.end)


def _ranges(split: Split) -> Iterator[tuple[Chunk, int]]:
    """The lines of a large split, as ranges of the file wherever nothing in them has to be changed."""
    size = split.path.stat().st_size
    if size >= _ARRAYS_FROM_BYTES:
        from emrsim.mapreduce.formats import arrays  # noqa: F401  count_lines uses it from now on
    start, end = _extent(split, size)
    held_back, last = b"", b"\n"
    buffer = bytearray(CHUNK)
    with open(split.path, "rb", buffering=0) as source:
        if start == 0 and source.read(len(_BYTE_ORDER_MARK)) == _BYTE_ORDER_MARK:
            start = len(_BYTE_ORDER_MARK)
        source.seek(start)
        while start < end and (count := source.readinto(buffer)):
            count = min(count, end - start)
            if not held_back and buffer.find(b"\r", 0, count) < 0:
                yield FileRange(source.fileno(), start, count), count_lines(buffer, count)
                last = bytes(buffer[count - 1 : count])
            else:
                changed, held_back = with_newlines(held_back + bytes(buffer[:count]))
                yield changed, count_lines(changed)
                last = changed[-1:] or last
            start += count
        if held_back or last != b"\n":
            yield b"\n", 1


def _without_mark(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Drop a UTF-8 byte order mark, as Hadoop from 2.5 on does."""
    first = True
    for chunk in chunks:
        yield chunk.removeprefix(_BYTE_ORDER_MARK) if first else chunk
        first = False


def _cut_at_line_ends(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield the same bytes, with no line and no `\\r\\n` torn. Raises TaskFailed for a line too long."""
    rest: list[bytes] = []
    for chunk in chunks:
        if rest and rest[-1].endswith(b"\r"):
            chunk = rest.pop() + chunk
        usable = len(chunk) - chunk.endswith(b"\r")
        cut = max(chunk.rfind(b"\n", 0, usable), chunk.rfind(b"\r", 0, usable)) + 1
        if cut:
            yield b"".join([*rest, chunk[:cut]])
            rest, chunk = [], chunk[cut:]
        if chunk:
            rest.append(chunk)
            if sum(map(len, rest)) > bounds.RECORD_BYTES_MAX:
                raise bounds.too_large("a line")
    if rest:
        yield b"".join(rest)
