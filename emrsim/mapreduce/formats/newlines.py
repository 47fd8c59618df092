"""Counting lines in much text, five times faster than Python does. Loads numpy."""

from __future__ import annotations

from emrsim.mapreduce.formats.arrays import np

_STEP_BYTES = 1 << 18  # so little that it stays in the processor's cache
_NEWLINE = 10


def count_newlines(block: bytes | bytearray | memoryview) -> int:
    """The number of `\\n` in a block."""
    data = np.frombuffer(block, np.uint8)
    steps = range(0, len(data), _STEP_BYTES)
    return sum([int(np.count_nonzero(data[at : at + _STEP_BYTES] == _NEWLINE)) for at in steps])
