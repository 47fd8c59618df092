"""Records between the framework and commands: keys and values, or the lines that were printed."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import Any, Protocol

from emrsim.mapreduce.formats.lines import LineBlocks, count_lines

Pair = tuple[bytes, bytes]
CountedPair = tuple[bytes, bytes, int]


class LineFormat:
    """Lines of key, separator, value; the key reaches to the `fields`-th separator."""

    def __init__(self, separator: bytes = b"\t", fields: int = 1) -> None:
        self.separator = separator
        # Zero key fields act like one (docs/facts/streaming.md#recorded-jobs).
        self.fields = max(fields, 1)

    def split(self, line: bytes) -> Pair:
        """Key and value of a line; a line with too few separators is all key."""
        if self.fields == 1:
            key, _, value = line.partition(self.separator)
            return key, value
        end = -len(self.separator)
        for _ in range(self.fields):
            end = line.find(self.separator, end + len(self.separator))
            if end < 0:
                return line, b""
        return line[:end], line[end + len(self.separator) :]

    def pairs(self, block: bytes | memoryview) -> list[Pair]:
        """The records of a block of whole lines."""
        lines = bytes(block).split(b"\n")
        lines.pop()
        if self.fields == 1:
            separator = self.separator
            return [(cut[0], cut[2]) for cut in [line.partition(separator) for line in lines]]
        return [self.split(line) for line in lines]

    def join(self, pairs: Iterable[Pair]) -> bytes:
        """The lines of `pairs`."""
        separator = self.separator
        return b"".join([b"%b%b%b\n" % (key, separator, value) for key, value in pairs])


class Lines:
    """Records as the lines that a command printed: whole lines, each ended by `\\n`."""

    def __init__(self, text: bytes | memoryview, form: LineFormat) -> None:
        self.text: bytes | memoryview = text
        self.form = form
        self.column: Any = None  # the lines as a column of text, where somebody made one
        self.size = len(text)

    @cached_property
    def count(self) -> int:
        """The number of records."""
        return count_lines(self.text) if self.column is None else len(self.column)

    def kept(self) -> Lines:
        """The same, able to outlive the buffer that it was read into."""
        return self if isinstance(self.text, bytes) else Lines(bytes(self.text), self.form)

    def pairs(self) -> list[Pair]:
        """The records one by one."""
        return self.form.pairs(self.text)

    def rewritten(self, form: LineFormat, *, in_arrays: bool) -> bytes | memoryview:
        """The lines of the same records in another form.

        `in_arrays` loads the array libraries: several times faster, and worth it from some megabytes on.
        """
        if self.form.fields > 1 or self.form.separator != form.separator or len(form.separator) > 1:
            return form.join(self.pairs())
        separator = form.separator
        if in_arrays:
            from emrsim.mapreduce.formats.columns import with_separators

            text, self.count = with_separators(self.text, separator[0])
            return text
        lines = bytes(self.text).split(b"\n")
        lines.pop()
        completed = [line if separator in line else line + separator for line in lines]
        return b"\n".join([*completed, b""])


class Pairs:
    """Records as keys and values."""

    def __init__(self, pairs: list[Pair]) -> None:
        self._pairs = pairs
        self.count = len(pairs)
        self.size = sum([len(key) + len(value) for key, value in pairs])

    def kept(self) -> Pairs:
        """See Lines.kept."""
        return self

    def pairs(self) -> list[Pair]:
        """The records one by one."""
        return self._pairs


Batch = Lines | Pairs


class Decoder(Protocol):
    """Reads what a command prints."""

    def feed(self, chunk: bytes) -> Batch:
        """The records that `chunk` completes."""

    def finish(self) -> Batch:
        """What is left at the end of the output; TaskFailed if it ends inside a record."""


class LineDecoder:
    """`-io text`: the usual."""

    def __init__(self, form: LineFormat) -> None:
        self.form = form
        self._blocks = LineBlocks()

    def feed(self, chunk: bytes) -> Batch:
        """See Decoder."""
        return Lines(self._blocks.feed(chunk), self.form)

    def finish(self) -> Batch:
        """See Decoder."""
        return Lines(self._blocks.finish(), self.form)
