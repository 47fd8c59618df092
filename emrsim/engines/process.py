"""A step's process: its process group, its output in files, and stopping it with all that it started."""

from __future__ import annotations

import errno
import os
import resource
import shutil
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from threading import Event, Lock

from emrsim.core.ports import Command
from emrsim.processes.guardian import Guardian, kill_session

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


# Runs the program that its arguments are once a line comes, nothing if the other side of the pipe is gone: an
# emulator that is killed before its guardian knows of the process leaves none. What the shell adds to the
# environment is taken out again.
_GATE = 'unset PWD OLDPWD SHLVL; read -r line && exec "$@" </dev/null'


class StepProcess:
    """A running step or bootstrap action.

    `wait` and the start belong to one thread, `stop` may be called from any.
    """

    def __init__(
        self, command: Command, place: Place, guardian: Guardian, limits: Limits = NO_LIMITS
    ) -> None:
        """Start `command`, whose environment is all that it sees.

        `guardian` ends it if emrsim is killed, and knows of it before the program runs. Raises OSError if
        there is no such program.
        """
        _require_program(command, place.work_folder)
        self._popen = _start_gated(command, place)
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
            _open_gate(self._popen)
        except BaseException:
            kill_session(self.pid)
            self._popen.communicate()
            guardian.ended(self.pid)
            raise

    def wait(self) -> int:
        """The exit code once the process has ended; -N if signal N ended it. What it left is killed."""
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        # Not reaped yet: until it is, its number, which is the session's, cannot become another process's.
        with self._lock:
            kill_session(self.pid)
            self._guardian.ended(self.pid)
            exit_code = self._popen.wait()
            self._is_gone = True
        self._ended.set()
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


def _start_gated(command: Command, place: Place) -> subprocess.Popen[bytes]:
    log_folder = place.log_folder
    with open(log_folder / "stdout", "ab") as stdout, open(log_folder / "stderr", "ab") as stderr:
        return subprocess.Popen(
            ["/bin/sh", "-c", _GATE, "sh", *_ending_with_parent(), *command.argv],
            cwd=place.work_folder,
            env=command.environment,
            stdin=subprocess.PIPE,
            stdout=stdout,
            stderr=stderr,
            start_new_session=True,
        )


def _open_gate(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    with suppress(BrokenPipeError), process.stdin:  # somebody may have killed it by now
        process.stdin.write(b"\n")


def _require_program(command: Command, folder: Path) -> None:
    """Raise OSError, as its start would, if the program is not there or cannot be run."""
    name = command.argv[0]
    path = command.environment.get("PATH", os.defpath)
    found = folder / name if "/" in name else shutil.which(name, path=path)
    if found is None or not os.path.exists(found):
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), name)
    if os.path.isdir(found) or not os.access(found, os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), name)


@cache
def _ending_with_parent() -> tuple[str, ...]:
    """Return the words before a command that make it end with the thread that started it, even by SIGKILL.

    It is for emulators that are killed together with their guardian. Empty where there is no setpriv (of
    util-linux 2.33 or later); with Python it would take a fork in the place of a vfork.
    """
    setpriv = shutil.which("setpriv", path=os.defpath)
    if setpriv is None:
        return ()
    words = (setpriv, "--pdeathsig", "KILL", "--")
    works = subprocess.run([*words, "/bin/sh", "-c", ":"], check=False, capture_output=True).returncode == 0
    return words if works else ()
