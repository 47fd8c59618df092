"""A step's process: a group of its own, its output in files, and an end that takes all of it along."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from threading import Event, Lock

from emrsim.core.ports import Command
from emrsim.engines.guardian import Guardian

# Long enough for a streaming job to remove what it has half written (it takes up to 2 s).
GRACE_SECONDS = 5.0

# What a step sees of the environment emrsim was started in: nothing that could be a credential.
_PASSED_ON = ("PATH", "LANG", "LANGUAGE", "TZ", "TMPDIR", "JAVA_HOME", "SSL_CERT_FILE")


class StepProcess:
    """A running step. `wait` and the start belong to one thread, `stop` may be called from any."""

    def __init__(self, command: Command, home: Path, log_folder: Path, guardian: Guardian) -> None:
        """Start `command` in `home`, with stdout and stderr in `log_folder`.

        `guardian` ends it if emrsim is killed. Raises OSError if there is no such program.
        """
        with open(log_folder / "stdout", "ab") as stdout, open(log_folder / "stderr", "ab") as stderr:
            self._popen = subprocess.Popen(
                command.argv,
                cwd=home,
                env=step_environment(home, command.environment),
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
        guardian.started(self.pid)

    def wait(self) -> int:
        """The exit code once the process has ended; -N if signal N ended it. What it left is killed."""
        os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOWAIT)
        # Not reaped yet: until it is, its number, which is the group's, cannot become another process's.
        with self._lock:
            self._signal(signal.SIGKILL)
            exit_code = self._popen.wait()
            self._is_gone = True
        self._guardian.ended(self.pid)
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
                self._signal(number)

    def _signal(self, number: int) -> None:
        # Nothing of the group may be left, which is what we want.
        with suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def step_environment(home: Path, extra: Mapping[str, str]) -> dict[str, str]:
    """The environment of a step: a few names of the host's, a home of its own, and `extra`."""
    passed_on = {
        name: value for name, value in os.environ.items() if name in _PASSED_ON or name.startswith("LC_")
    }
    return {**passed_on, "HOME": str(home), "USER": "hadoop", "HADOOP_IDENT_STRING": "hadoop", **extra}
