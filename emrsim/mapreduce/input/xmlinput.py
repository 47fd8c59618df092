"""StreamXmlRecordReader: records between two marks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from emrsim.mapreduce.formats import bounds, codecs
from emrsim.mapreduce.formats.lines import CHUNK
from emrsim.mapreduce.formats.pairs import Pair
from emrsim.mapreduce.input.lineinput import TextReader
from emrsim.mapreduce.input.splits import Split
from emrsim.mapreduce.job.classes import XmlMarks
from emrsim.mapreduce.job.configuration import Configuration


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
