"""Input formats: the records of a split, as keys and values or as the lines a mapper reads."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from emrsim.mapreduce.formats import bounds, codecs
from emrsim.mapreduce.formats.chunks import Chunk, FileRange
from emrsim.mapreduce.formats.exchange import Exchange
from emrsim.mapreduce.formats.lines import CHUNK, count_lines, line_start_after, normalised, with_newlines
from emrsim.mapreduce.formats.pairs import Pair
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.job import classes
from emrsim.mapreduce.job.classes import XmlMarks
from emrsim.mapreduce.job.configuration import Configuration
from emrsim.mapreduce.job.job import Job

_SEQUENCE_MARK = b"SEQ"
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


class XmlReader(TextReader):
    """StreamXmlRecordReader: the key is the text from one mark to the other, the value is empty.

    Compressed files are read too, as one split each. Hadoop's reader looks for the marks in the compressed
    bytes, and so finds none.
    """

    def __init__(self, configuration: Configuration, marks: XmlMarks) -> None:
        super().__init__(configuration)
        self._marks = marks

    def can_split(self, name: str, generation: int) -> bool:
        """See TextReader.can_split."""
        return not codecs.is_compressed(name)

    def pairs(self, split: Split) -> Iterator[list[Pair]]:
        """See TextReader.pairs. A record belongs to the split in which its begin mark stands."""
        if codecs.is_compressed(split.path.name):
            yield from _marked(codecs.read_chunks(split.path), self._marks, None)
        else:
            yield from _marked(_chunks_from(split.path, split.start), self._marks, split.length)


class SequenceFileReader(TextReader):
    """SequenceFileAsTextInputFormat: keys and values as Java prints them."""

    def pairs(self, split: Split) -> Iterator[list[Pair]]:
        """See TextReader.pairs."""
        from emrsim.mapreduce.formats.sequencefile import read_pairs

        yield from read_pairs(split.path, split.start, split.end, split.uri)


class AutoReader(TextReader):
    """AutoInputFormat: sequence files, known by their first bytes; others are lines behind their offsets."""

    def pairs(self, split: Split) -> Iterator[list[Pair]]:
        """See TextReader.pairs."""
        with open(split.path, "rb") as source:
            is_sequence_file = source.read(len(_SEQUENCE_MARK)) == _SEQUENCE_MARK
        if not is_sequence_file:
            yield from super().pairs(split)
            return
        from emrsim.mapreduce.formats.sequencefile import read_pairs

        yield from read_pairs(split.path, split.start, split.end, split.uri)


_READERS: dict[str, type[TextReader]] = {
    classes.TEXT_INPUT: TextReader,
    classes.KEY_VALUE_INPUT: KeyValueReader,
    classes.SEQUENCE_FILE_INPUT: SequenceFileReader,
    classes.SEQUENCE_FILE_AS_TEXT_INPUT: SequenceFileReader,
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
    if exchange.streams.hides_map_key and type(reader) is TextReader:
        for block, lines in reader.blocks(split):
            count(lines)
            yield block
        return
    for pairs in reader.pairs(split):
        count(len(pairs))
        yield exchange.map_input(pairs)


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


def _chunks_from(path: Path, start: int) -> Iterator[bytes]:
    with open(path, "rb") as source:
        source.seek(start)
        while chunk := source.read(CHUNK):
            yield chunk


def _marked(chunks: Iterable[bytes], marks: XmlMarks, limit: int | None) -> Iterator[list[Pair]]:
    """Yield the texts between marks that begin before `limit`; not one without its end, as in Hadoop."""
    begin, end = marks
    text, place = bytearray(), 0  # what is not done with, and its offset
    searched, is_inside = 0, False
    for chunk in chunks:
        text += chunk
        records: list[Pair] = []
        while True:
            found = text.find(end if is_inside else begin, searched)
            if found < 0:
                break
            if is_inside:
                records.append((bytes(text[: found + len(end)]), b""))
                found += len(end)
            elif limit is not None and place + found >= limit:
                yield records
                return
            del text[:found]
            place, searched, is_inside = place + found, 0, not is_inside
        if records:
            yield records
        mark = end if is_inside else begin
        searched = max(len(text) - len(mark) + 1, 0)
        if not is_inside:
            del text[:searched]
            place, searched = place + searched, 0
            if limit is not None and place >= limit:
                return
        elif len(text) > bounds.RECORD_BYTES_MAX:
            raise bounds.too_large("a record")
