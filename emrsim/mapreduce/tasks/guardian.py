"""A small process that outlives the runner by a moment, to end its tasks if the runner is killed.

PR_SET_PDEATHSIG would need code between fork and exec, which costs Python its cheap vfork, and it reaches
one process only; the guardian ends whole process groups, and removes the scratch folder and the output of a
job that did not get to its end.
"""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from emrsim.mapreduce.tasks.output import SUCCESS, TEMPORARY
from emrsim.mapreduce.tasks.process import kill_group
from emrsim.processes.guardian import kill_until_none, processes

_DISMISSED = b"0"
_OUTPUT = b"/"  # a path is absolute
_COMMITTED = b"="  # and a path
_STARTS, _STARTED_NOTHING = b"+", b"!"
# How long a process that was about to be started is looked for: it shows as soon as the kernel has made it.
_LOOK_SECONDS = 1.0
_LOOK_AGAIN_SECONDS = 0.005


class TaskGuardian:
    """Told of every process group and of the output folder; acts when this process disappears."""

    def __init__(self, scratch: str) -> None:
        read_end, self._pipe = os.pipe()
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._pipe)
            _guard(read_end, scratch)
        os.close(read_end)

    def note(self, group: int, runs: bool) -> None:
        """Tell that a group was started or has ended. Writes this small are whole, from any thread."""
        self._tell(b"%d" % (group if runs else -group))

    def note_start(self, begins: bool) -> None:
        """Tell that a process is about to be started, which `note` follows; or that it could not be."""
        self._tell(_STARTS if begins else _STARTED_NOTHING)

    def note_output(self, directory: Path) -> None:
        """Tell of the job's output folder, which it has made. To be called before there are tasks."""
        self._tell(os.fsencode(directory.absolute()))

    def note_committed(self, path: Path) -> None:
        """Tell of a file or folder that is about to appear in the job's output folder."""
        self._tell(_COMMITTED + os.fsencode(path.absolute()))

    def dismiss(self) -> None:
        """End the guardian; nothing runs any more, and the output is what it should be."""
        self._tell(_DISMISSED)
        os.close(self._pipe)
        os.waitpid(self._pid, 0)

    def _tell(self, note: bytes) -> None:
        os.write(self._pipe, note + b"\0")


def _guard(pipe: int, scratch: str) -> None:
    """Read notes until the other side is gone; then kill what still runs. Never returns."""
    try:
        os.setsid()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        null = os.open(os.devnull, os.O_RDWR)
        for descriptor in (0, 1, 2):
            os.dup2(null, descriptor)
        _watch(pipe, scratch)
    finally:
        os._exit(0)


def _watch(pipe: int, scratch: str) -> None:
    groups: set[int] = set()
    starting = 0
    output: Path | None = None
    committed: list[Path] = []
    rest = b""
    while chunk := os.read(pipe, 1 << 16):
        *whole, rest = (rest + chunk).split(b"\0")
        for note in whole:
            if note == _DISMISSED:
                return
            if note == _STARTS:
                starting += 1
            elif note == _STARTED_NOTHING:
                starting -= 1
            elif note.startswith(_COMMITTED):
                committed.append(Path(os.fsdecode(note.removeprefix(_COMMITTED))))
            elif note.startswith(_OUTPUT):
                output = Path(os.fsdecode(note))
            elif (number := int(note)) > 0:
                groups.add(number)
                starting -= 1
            else:
                groups.discard(-number)
    for group in groups:
        kill_group(group)
    _kill_within(scratch, _LOOK_SECONDS if starting > 0 else 0)
    if output is not None:
        _remove_output(output, committed)
    import shutil

    shutil.rmtree(scratch, ignore_errors=True)


def _kill_within(folder: str, seconds: float) -> None:
    """Kill what runs in the folder of a job, looking for that long: what was just starting, and daemons."""
    deadline = time.monotonic() + seconds
    kill_until_none(lambda: [pid for pid in processes() if _runs_within(pid, folder)])
    while time.monotonic() < deadline:
        time.sleep(_LOOK_AGAIN_SECONDS)
        kill_until_none(lambda: [pid for pid in processes() if _runs_within(pid, folder)])


def _runs_within(pid: int, folder: str) -> bool:
    with suppress(OSError):  # it has ended, or is somebody else's
        return os.readlink(f"/proc/{pid}/cwd").startswith(f"{folder}/")
    return False


def _remove_output(directory: Path, committed: Iterable[Path]) -> None:
    """Take away what would make the output of a killed job look finished, and what it left unfinished.

    What others have put into the folder in the meantime stays.
    """
    import shutil

    (directory / SUCCESS).unlink(missing_ok=True)
    shutil.rmtree(directory / TEMPORARY, ignore_errors=True)
    for path in committed:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
