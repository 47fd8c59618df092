"""Ends the steps of an emulator that was killed and could not do it itself.

Run as a program, it reads process groups from standard input, `N` for one that was started and `-N`
for one that has ended. When the other side of the pipe is gone, it kills those still running. An
emulator that ends in order leaves none.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from threading import Lock


class Guardian:
    """The guardian's process, started with the first step; to be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None

    def started(self, group: int) -> None:
        """A process group has been started."""
        self._tell(group)

    def ended(self, group: int) -> None:
        """All of a process group is gone."""
        self._tell(-group)

    def close(self) -> None:
        """Let the guardian go: what it knows to be running is killed."""
        if self._process is not None:
            self._process.communicate()

    def _tell(self, number: int) -> None:
        with self._lock:
            if self._process is None:
                # Neither site-packages nor this package: it is to start in a few milliseconds.
                command = [sys.executable, "-I", "-S", __file__]
                self._process = subprocess.Popen(command, stdin=subprocess.PIPE, start_new_session=True)
            assert self._process.stdin is not None
            self._process.stdin.write(b"%d\n" % number)
            self._process.stdin.flush()


def _guard() -> None:
    groups: set[int] = set()
    for line in sys.stdin:
        number = int(line)
        if number > 0:
            groups.add(number)
        else:
            groups.discard(-number)
    for group in groups:
        try:
            os.killpg(group, signal.SIGKILL)
        except ProcessLookupError:
            continue


if __name__ == "__main__":
    _guard()
