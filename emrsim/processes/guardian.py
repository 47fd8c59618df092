"""Ends the steps of an emulator that was killed and could not do it itself.

Run as a program, with the folder of the emulator's clusters, it reads sessions from standard input, `N` for
one that was started and `-N` for one that has ended, and `0` when the emulator ends in order. When the other
side of the pipe is gone, it kills those still running, and, unless the emulator has ended in order, all
processes of those clusters.

It is to start in a few milliseconds: what only the emulator needs is imported where it is used.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from threading import Lock, Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

# Every program of a cluster has it in its environment, with a path below the cluster's own folder.
_MARK = "EMRSIM_MNT"
_DISMISSED = 0


class Guardian:
    """The guardian's process, started with the first step; to be called from any thread."""

    def __init__(self, clusters: Path | None = None) -> None:
        """`clusters` is the folder whose clusters' processes it ends if the emulator is killed."""
        self._clusters = clusters
        self._lock = Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._sessions: set[int] = set()  # those that run

    @property
    def pid(self) -> int | None:
        """Return the number of its process, None if there is none."""
        process = self._process
        return process.pid if process else None

    def started(self, session: int) -> None:
        """Note a session: a process that is its leader, and all that this starts.

        To be called before anything runs in it: from now on it ends with the emulator.
        """
        with self._lock:
            self._sessions.add(session)
            self._tell(session)

    def ended(self, session: int) -> None:
        """Forget a session whose processes have all ended. To be called before its id can be reused."""
        with self._lock:
            self._sessions.discard(session)
            self._tell(-session)

    def close(self) -> None:
        """Dismiss the guardian: what it knows to be running is killed."""
        with self._lock:
            process, self._process = self._process, None
            if process is not None:
                self._write(process, [_DISMISSED])
            sessions = set(self._sessions)
        for session in sessions:
            kill_session(session)
        if process is not None:
            process.communicate()

    def _tell(self, number: int) -> None:
        """Tell it of a change; a new one, where there is none or somebody has killed it, of all that runs."""
        if self._process is not None and self._write(self._process, [number]):
            return
        self._process = None
        if self._sessions:
            self._start()

    def _start(self) -> None:
        import subprocess

        # Neither site-packages nor this package.
        command = [sys.executable, "-I", "-S", __file__, *([str(self._clusters)] if self._clusters else [])]
        process = subprocess.Popen(command, bufsize=0, stdin=subprocess.PIPE, start_new_session=True)
        self._process = process
        self._write(process, self._sessions)
        # Where no thread can be started it still works, and is replaced when it is next used.
        with suppress(RuntimeError):
            Thread(target=self._watch, args=(process,), name="emrsim-guardian", daemon=True).start()

    def _watch(self, process: subprocess.Popen[bytes]) -> None:
        """Have another one as soon as somebody has killed it."""
        process.wait()
        with self._lock:
            if self._process is process:
                self._process = None
                if process.stdin:
                    process.stdin.close()
                if self._sessions:
                    self._start()

    def _write(self, process: subprocess.Popen[bytes], numbers: Iterable[int]) -> bool:
        """Return whether its process is running."""
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
    kill_until_none(lambda: (pid for pid in processes() if pid != session and _session_of(pid) == session))


def kill_leftovers(folder: Path | str) -> None:
    """Kill all processes of the clusters whose folders are `folder` or below it, until there are none.

    They have left their step's session, as daemons do. Where there is no /proc, nothing is known of them.
    """
    mark = f"{_MARK}={folder}/".encode()
    kill_until_none(lambda: (pid for pid in processes() if _has_mark(pid, mark)))


def kill_until_none(find: Callable[[], Iterable[int]]) -> None:
    """Kill the processes that `find` returns until it returns none; skip those that cannot be killed."""
    out_of_reach: set[int] = set()
    while found := set(find()) - out_of_reach:
        for pid in found:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                continue
            except PermissionError:
                out_of_reach.add(pid)


def processes() -> Iterator[int]:
    """Return the processes of the machine but this one; none where there is no /proc."""
    if os.path.isdir("/proc/self"):
        own = str(os.getpid())
        yield from (int(name) for name in os.listdir("/proc") if name.isdigit() and name != own)


def _session_of(pid: int) -> int | None:
    """Return the session of a living process (source: proc(5), /proc/PID/stat); None if there is none."""
    with suppress(OSError):
        with open(f"/proc/{pid}/stat", "rb") as stat:
            state, _, _, session = stat.read().rpartition(b")")[2].split()[:4]
        return None if state in b"ZX" else int(session)
    return None


def _has_mark(pid: int, mark: bytes) -> bool:
    """Return whether a process was started with `mark` in its environment; another user's cannot be read."""
    with suppress(OSError), open(f"/proc/{pid}/environ", "rb") as environ:
        return any(entry.startswith(mark) for entry in environ.read().split(b"\0"))
    return False


def _guard(clusters: str | None) -> None:
    sessions: set[int] = set()
    is_dismissed = False
    for line in sys.stdin:
        number = int(line)
        if number > 0:
            sessions.add(number)
        elif number == _DISMISSED:
            is_dismissed = True
        else:
            sessions.discard(-number)
    for session in sessions:
        kill_session(session)
    if clusters is not None and not is_dismissed:
        kill_leftovers(clusters)


if __name__ == "__main__":
    _guard(sys.argv[1] if len(sys.argv) > 1 else None)
