"""A step's process: a group of its own, its output in files, and an end that takes all of it along."""

from __future__ import annotations

import os
import resource
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock

from emrsim.core.ports import Command
from emrsim.engines.guardian import Guardian, kill_session

# Long enough for a streaming job to remove what it has half written (it takes up to 2 s).
GRACE_SECONDS = 5.0


@dataclass(frozen=True)
class Limits:
    """What each process of a step may use; None for no limit. See setrlimit(2)."""

    memory_bytes: int | None = None  # of data: heaps, stacks, not files mapped for reading
    cpu_seconds: int | None = None

    def impose(self, pid: int) -> None:
        """Put the limits on a process that has just started; what it starts inherits them."""
        if self.memory_bytes is not None:
            resource.prlimit(pid, resource.RLIMIT_DATA, (self.memory_bytes, self.memory_bytes))
        if self.cpu_seconds is not None:
            # One second more until the kernel kills what does not end by SIGXCPU.
            resource.prlimit(pid, resource.RLIMIT_CPU, (self.cpu_seconds, self.cpu_seconds + 1))


NO_LIMITS = Limits()


@dataclass(frozen=True)
class Place:
    """Where a process runs, and the folder of its files `stdout` and `stderr`."""

    work_folder: Path
    log_folder: Path


class StepProcess:
    """A running step or bootstrap action.

    `wait` and the start belong to one thread, `stop` may be called from any.
    """

    def __init__(
        self, command: Command, place: Place, guardian: Guardian, limits: Limits = NO_LIMITS
    ) -> None:
        """Start `command`, whose environment is all that it sees.

        `guardian` ends it if emrsim is killed. Raises OSError if there is no such program.
        """
        log_folder = place.log_folder
        with open(log_folder / "stdout", "ab") as stdout, open(log_folder / "stderr", "ab") as stderr:
            self._popen = subprocess.Popen(
                command.argv,
                cwd=place.work_folder,
                env=command.environment,
                stdin=subprocess.DEVNULL,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        self.pid = self._popen.pid
        self._guardian = guardian
        self._lock = Lock()
        self._is_gone = False
        self._ended = Event()
        self.was_stopped = False  # it was alive when somebody stopped it
        try:
            # A process that has ended by now needs no limits.
            with suppress(ProcessLookupError):
                limits.impose(self.pid)
            guardian.started(self.pid)
        except BaseException:
            kill_session(self.pid)
            self._popen.wait()
            raise

    def wait(self) -> int:
        """The exit code once the process has ended; -N if signal N ended it. What it left is killed."""
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        # Not reaped yet: until it is, its number, which is the session's, cannot become another process's.
        with self._lock:
            kill_session(self.pid)
            exit_code = self._popen.wait()
            self._is_gone = True
        self._ended.set()
        self._guardian.ended(self.pid)
        return exit_code

    def stop(self, force: bool = False) -> None:
        """Ask the whole group to end, and kill what has not ended after GRACE_SECONDS, or at once.

        Returns once `wait`, on its own thread, has seen the end.
        """
        self._signal_if_there(signal.SIGKILL if force else signal.SIGTERM)
        if not self._ended.wait(GRACE_SECONDS):
            self._signal_if_there(signal.SIGKILL)
            self._ended.wait()

    def _signal_if_there(self, number: int) -> None:
        with self._lock:
            if not self._is_gone:
                self.was_stopped = self.was_stopped or self._is_alive()
                self._signal(number)

    def _is_alive(self) -> bool:
        """Whether it has not ended by itself; it is not reaped yet in either case."""
        ended = os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT | os.WNOHANG)
        return ended is None

    def _signal(self, number: int) -> None:
        # Nothing of the group may be left, which is what we want.
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)
