"""Where the output of a command is read into: large blocks, without a copy on the way."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Protocol

from emrsim.mapreduce.formats import bounds
from emrsim.mapreduce.formats.lines import LineBlocks
from emrsim.mapreduce.formats.pairs import Batch, Decoder, LineDecoder, LineFormat, Lines

_FIRST_BYTES = 64 << 10
_CHUNK_BYTES = 1 << 20
_PATIENCE_SECONDS = 1.0  # records of a slow command are passed on at least this often

Keep = Callable[[Batch], None]


class Intake(Protocol):
    """Takes the bytes that a command prints. A batch that it passes on is valid during the call only."""

    def room(self) -> memoryview:
        """Where the next bytes go; never empty."""

    def took(self, count: int) -> None:
        """So many bytes were put there."""

    def finish(self) -> None:
        """The output has ended; TaskFailed if it ends inside a record."""


class LineIntake:
    """Lines, gathered in one buffer until they fill a block, and passed on from there.

    Output with a `\\r` in it goes another way: its line ends have to be replaced.
    """

    def __init__(self, form: LineFormat, keep: Keep, block_bytes: int) -> None:
        self._form = form
        self._keep = keep
        self._block_bytes = block_bytes
        self._buffer = bytearray(min(_FIRST_BYTES, block_bytes))
        self._filled = 0
        self._passed_on_at = time.monotonic()
        self._with_returns: LineBlocks | None = None

    def room(self) -> memoryview:
        """See Intake."""
        return memoryview(self._buffer)[self._filled :]

    def took(self, count: int) -> None:
        """See Intake."""
        self._filled += count
        if self._filled == len(self._buffer):
            if len(self._buffer) < self._block_bytes:
                self._grow()
            else:
                self._pass_on()
        elif time.monotonic() - self._passed_on_at > _PATIENCE_SECONDS:
            self._pass_on()

    def finish(self) -> None:
        """See Intake."""
        self._pass_on()
        if self._with_returns is not None:
            self._keep(Lines(self._with_returns.finish(), self._form))
        elif self._filled:
            self._keep(Lines(bytes(self._buffer[: self._filled]) + b"\n", self._form))
        self._filled = 0

    def _grow(self) -> None:
        if len(self._buffer) >= bounds.RECORD_BYTES_MAX:
            raise bounds.too_large("a line")
        larger = bytearray(min(max(4 * len(self._buffer), 1), max(self._block_bytes, 2 * len(self._buffer))))
        larger[: self._filled] = self._buffer[: self._filled]
        self._buffer = larger

    def _pass_on(self) -> None:
        """Pass the whole lines on; what is left moves to the front."""
        self._passed_on_at = time.monotonic()
        if self._with_returns is not None or self._buffer.find(b"\r", 0, self._filled) >= 0:
            self._pass_on_with_returns()
            return
        cut = self._buffer.rfind(b"\n", 0, self._filled) + 1
        if cut:
            self._keep(Lines(memoryview(self._buffer)[:cut], self._form))
            rest = self._buffer[cut : self._filled]
            self._buffer[: len(rest)] = rest
            self._filled = len(rest)
        elif self._filled == len(self._buffer):
            self._grow()  # one line fills it all

    def _pass_on_with_returns(self) -> None:
        if self._with_returns is None:
            self._with_returns = LineBlocks()
        text = self._with_returns.feed(bytes(self._buffer[: self._filled]))
        self._filled = 0
        if text:
            self._keep(Lines(text, self._form))


class ChunkIntake:
    """Chunks for a decoder, as they come."""

    def __init__(self, decoder: Decoder, keep: Keep) -> None:
        self._decoder = decoder
        self._keep = keep
        self._buffer = bytearray(_CHUNK_BYTES)

    def room(self) -> memoryview:
        """See Intake."""
        return memoryview(self._buffer)

    def took(self, count: int) -> None:
        """See Intake."""
        self._keep(self._decoder.feed(bytes(self._buffer[:count])))

    def finish(self) -> None:
        """See Intake."""
        self._keep(self._decoder.finish())


def intake_for(decoder: Decoder, keep: Keep, block_bytes: int = _CHUNK_BYTES) -> Intake:
    """The intake for what a decoder reads."""
    if isinstance(decoder, LineDecoder):
        return LineIntake(decoder.form, keep, block_bytes)
    return ChunkIntake(decoder, keep)
