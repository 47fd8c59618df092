"""A small process that outlives the runner by a moment, to end its tasks if the runner is killed.

PR_SET_PDEATHSIG would need code between fork and exec, which costs Python its cheap vfork, and it reaches
one process only; the guardian ends whole process groups, and removes the scratch folder.
"""

from __future__ import annotations

import os
import signal

from emrsim.mapreduce.tasks.process import kill_group


class Guardian:
    """Told of every process group; when this process disappears, those still running are killed."""

    def __init__(self, scratch: str) -> None:
        read_end, self._pipe = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._pipe)
            _guard(read_end, scratch)
        os.close(read_end)

    def note(self, group: int, runs: bool) -> None:
        """Tell that a group was started or has ended. Writes this small are whole, from any thread."""
        os.write(self._pipe, b"%d\n" % (group if runs else -group))

    def dismiss(self) -> None:
        """End the guardian; nothing runs any more."""
        os.write(self._pipe, b"0\n")
        os.close(self._pipe)
        os.waitpid(self._pid, 0)


def _guard(pipe: int, scratch: str) -> None:
    """Read notes until the other side is gone; then kill what still runs. Never returns."""
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        groups, dismissed = _read_notes(pipe)
        if not dismissed:
            for group in groups:
                kill_group(group)
            import shutil

            shutil.rmtree(scratch, ignore_errors=True)
    finally:
        os._exit(0)


def _read_notes(pipe: int) -> tuple[set[int], bool]:
    groups: set[int] = set()
    with open(pipe, "rb") as notes:
        for note in notes:
            number = int(note)
            if number == 0:
                return groups, True
            if number > 0:
                groups.add(number)
            else:
                groups.discard(-number)
    return groups, False
