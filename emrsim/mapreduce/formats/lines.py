"""Lines as Hadoop reads them: `\\n`, `\\r\\n` and a lone `\\r` each end one."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from emrsim.mapreduce.formats import bounds

CHUNK = 1 << 20
_COUNTED_PLAINLY_BYTES = 64 << 10
_LINE_END = rb"\r\n|\r|\n"  # compiled when first used: not every job has large files


def line_ends(path: Path) -> Iterator[int]:
    """Yield the offset after each line of a file, the last included if it lacks its line end."""
    base = yielded = 0  # offsets: of what is searched, of the last line end
    held_back = b""
    line_end = re.compile(_LINE_END)
    with open(path, "rb") as source:
        while chunk := source.read(CHUNK):
            text = held_back + chunk
            # A final `\r` may be half of a `\r\n`.
            held_back = b"\r" if text.endswith(b"\r") else b""
            usable = len(text) - len(held_back)
            for match in line_end.finditer(text, 0, usable):
                yielded = base + match.end()
                yield yielded
            base += usable
    if base + len(held_back) > yielded:
        yield base + len(held_back)


def line_start_after(path: Path, offset: int) -> int:
    """The offset after the first line end at or after `offset`: where a split beginning there reads from."""
    with open(path, "rb") as source:
        source.seek(offset)
        rest = b""
        while chunk := source.read(CHUNK if rest else 1 << 16):
            rest = rest[-1:] + chunk if rest.endswith(b"\r") else chunk
            begin = source.tell() - len(rest)
            usable = len(rest) - 1 if rest.endswith(b"\r") else len(rest)
            match = re.compile(_LINE_END).search(rest, 0, usable)
            if match is not None:
                return begin + match.end()
        return source.tell()


def count_lines(block: bytes | bytearray | memoryview, end: int | None = None) -> int:
    """The number of `\n` in a block, or before `end` in it; several times faster once numpy is loaded."""
    size = len(block) if end is None else end
    if size > _COUNTED_PLAINLY_BYTES and "numpy" in sys.modules:
        from emrsim.mapreduce.formats.arrays import count_newlines

        return count_newlines(memoryview(block)[:size])
    text = bytes(block) if isinstance(block, memoryview) else block
    return text.count(b"\n", 0, size)


class LineBlocks:
    """Chunks of any size in, blocks of whole lines out, every line ended by a single `\\n`."""

    def __init__(self) -> None:
        self._rest: list[bytes] = []  # the begin of a line
        self._rest_bytes = 0

    def feed(self, chunk: bytes) -> bytes:
        """Return the lines that `chunk` completes. Raises TaskFailed for a line that is too long."""
        if b"\r" in chunk or (self._rest and self._rest[-1].endswith(b"\r")):
            chunk = self._taken() + chunk
            chunk, held_back = with_newlines(chunk)
        else:
            held_back = b""
        cut = chunk.rfind(b"\n") + 1
        block = b""
        if cut:
            block = self._taken() + chunk[:cut]
        self._keep(chunk[cut:] + held_back)
        return block

    def finish(self) -> bytes:
        """Return the last line, if it had no line end."""
        rest = self._taken()
        return rest.removesuffix(b"\r") + b"\n" if rest else b""

    def _keep(self, part: bytes) -> None:
        if part:
            self._rest.append(part)
            self._rest_bytes += len(part)
            if self._rest_bytes > bounds.RECORD_BYTES_MAX:
                raise bounds.too_large("a line")

    def _taken(self) -> bytes:
        rest = b"".join(self._rest)
        self._rest, self._rest_bytes = [], 0
        return rest


def normalised(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same text with every line ended by a single `\n`, the last one too; chunks may tear lines."""
    held_back = b""
    last = b"\n"
    for chunk in chunks:
        text = held_back + chunk if held_back else chunk
        held_back = b""
        if b"\r" in text:
            text, held_back = with_newlines(text)
        if text:
            last = text[-1:]
            yield text
    if held_back or last != b"\n":
        yield b"\n"


def with_newlines(text: bytes) -> tuple[bytes, bytes]:
    """`text` with every line ended by a single `\n`, and a `\r` at its end that may be half of a `\r\n`."""
    held_back = b"\r" if text.endswith(b"\r") else b""
    text = text.removesuffix(b"\r")
    return text.replace(b"\r\n", b"\n").replace(b"\r", b"\n"), held_back
