"""Ends the steps of an emulator that was killed and could not do it itself.

Run as a program, it reads sessions from standard input, `N` for one that was started and `-N` for one
that has ended. When the other side of the pipe is gone, it kills those still running. An emulator that
ends in order leaves none.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from threading import Lock


class Guardian:
    """The guardian's process, started with the first step; to be called from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._sessions: set[int] = set()  # those that run

    def started(self, session: int) -> None:
        """A session has been started: a process that is its leader, and all that this starts."""
        with self._lock:
            self._sessions.add(session)
            self._tell(session)

    def ended(self, session: int) -> None:
        """All of a session is gone."""
        with self._lock:
            self._sessions.discard(session)
            self._tell(-session)

    def close(self) -> None:
        """Let the guardian go: what it knows to be running is killed."""
        if self._process is not None:
            self._process.communicate()
            self._process = None

    def _tell(self, number: int) -> None:
        """Tell it of a change; a new one, where there is none or somebody has killed it, of all that runs."""
        if self._process is not None and self._write(self._process, [number]):
            return
        if not self._sessions:
            return
        # Neither site-packages nor this package: it is to start in a few milliseconds.
        command = [sys.executable, "-I", "-S", __file__]
        self._process = subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, start_new_session=True)
        self._write(self._process, self._sessions)

    def _write(self, process: subprocess.Popen[bytes], numbers: Iterable[int]) -> bool:
        """Whether it is there to be told."""
        assert process.stdin is not None
        try:
            process.stdin.write(b"".join(b"%d\n" % number for number in numbers))
        except BrokenPipeError:
            process.stdin.close()
            process.wait()
            return False
        return True


def kill_session(session: int) -> None:
    """Kill every process of a session, in whatever process groups.

    The tasks of a step are groups of their own, so that a task can be stopped alone. Where there is no
    /proc, the leader's group only. What has taken on another user's rights, by setuid, cannot be killed.
    """
    # Not there any more, which is what we want, or not ours to kill.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(session, signal.SIGKILL)
    out_of_reach: set[int] = set()
    while others := set(_members(session)) - out_of_reach:
        for pid in others:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            except PermissionError:
                out_of_reach.add(pid)


def _members(session: int) -> list[int]:
    """The living processes of a session, its leader aside (source: proc(5), /proc/PID/stat)."""
    if not os.path.isdir("/proc/self"):
        return []
    found = []
    for name in os.listdir("/proc"):
        if not name.isdigit() or int(name) == session:
            continue
        with suppress(OSError):
            with open(f"/proc/{name}/stat", "rb") as stat:
                state, _, _, its_session = stat.read().rpartition(b")")[2].split()[:4]
            if int(its_session) == session and state not in b"ZX":
                found.append(int(name))
    return found


def _guard() -> None:
    sessions: set[int] = set()
    for line in sys.stdin:
        number = int(line)
        if number > 0:
            sessions.add(number)
        else:
            sessions.discard(-number)
    for session in sessions:
        kill_session(session)


if __name__ == "__main__":
    _guard()
