"""How often to look at pipes that carry much.

A Python command flushes 8 KB at a time, and a reader that blocks is woken for each: measured, nearly
twice the CPU. Once a process has moved a fair amount, its pipes are made large and looked at only every few
milliseconds, as often as their flow asks for.
"""

from __future__ import annotations

import contextlib
import fcntl
import time
from collections.abc import Sequence

_LARGE_PIPE_BYTES = 1 << 20
_AWAKE_BYTES = 256 << 10  # until then, every byte is moved as soon as it is there
_WANTED_BYTES = 384 << 10  # per look
_NAP_SECONDS_MAX = 0.01


class PipePolling:
    """The naps between two looks at the pipes of one process; 0 as long as it should be waited for."""

    def __init__(self, pipes: Sequence[int]) -> None:
        self.nap_seconds = 0.0
        self._pipes = pipes
        self._moved_bytes = 0
        self._looked_at = 0.0

    def moved(self, count: int) -> None:
        """Note that `count` bytes moved since the last look, and set the nap from the flow."""
        self._moved_bytes += count
        if self._moved_bytes < _AWAKE_BYTES:
            return
        now = time.monotonic()
        if not self._looked_at:
            self._enlarge()
        elif count == 0:
            # Nothing moves: wait for it rather than look in vain.
            self.nap_seconds = 0.0
        else:
            self.nap_seconds = min(_NAP_SECONDS_MAX, _WANTED_BYTES * (now - self._looked_at) / count)
        self._looked_at = now

    def _enlarge(self) -> None:
        set_size = getattr(fcntl, "F_SETPIPE_SZ", None)
        if set_size is None:
            return
        for pipe in self._pipes:
            # Refused when the user's pipes are at their limit already, or this one is closed by now.
            with contextlib.suppress(OSError):
                fcntl.fcntl(pipe, set_size, _LARGE_PIPE_BYTES)
