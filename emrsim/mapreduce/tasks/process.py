"""One command of one task: started in a process group of its own, fed, read, watched and ended."""

from __future__ import annotations

import contextlib
import os
import select
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from emrsim.interpreters import CannotRun, resolve
from emrsim.mapreduce.errors import JobCancelled, TaskFailed
from emrsim.mapreduce.formats import chunks
from emrsim.mapreduce.tasks.intake import Intake
from emrsim.mapreduce.tasks.polling import PipePolling

# Hadoop's buffer before the pipe: input that fits in it never gives a broken pipe (PipeMapRed.BUFFER_SIZE).
_UNNOTICED_INPUT_BYTES = 128 << 10
_READ_BYTES = 1 << 20
_EXIT_CHECK_SECONDS = 0.05
_KILLED_EXIT_BASE = 128


class Command(NamedTuple):
    """What to run: words, folder, environment; `timeout_seconds` without any activity end it, None never.

    `on_note` is told what the logs should say of how it is run.
    """

    words: Sequence[str]
    folder: Path
    environment: Mapping[str, str]
    timeout_seconds: float | None = None
    on_note: Callable[[str], None] = lambda note: None


class Supervisor:
    """The running process groups of a job: what a cancelled job has to end. Safe to use from threads."""

    def __init__(
        self,
        guard: Callable[[int, bool], None] = lambda group, runs: None,
        announce: Callable[[bool], None] = lambda begins: None,
    ) -> None:
        """`guard` is told of groups, and `announce` of each start before it happens (`tasks.guardian`)."""
        self._groups: set[int] = set()
        self._lock = threading.RLock()  # a signal may come while the main thread holds it
        self._guard = guard
        self._announce = announce
        self.cancelled = False

    def started(self, group: int) -> None:
        """Note a new process group; it is killed at once if the job is being cancelled."""
        with self._lock:
            self._groups.add(group)
            self._guard(group, True)
            if self.cancelled:
                kill_group(group)

    def start(self, start: Callable[[], subprocess.Popen[bytes]]) -> subprocess.Popen[bytes]:
        """Start a process group of its own, as `start` does it."""
        self._announce(True)
        try:
            process = start()
        except BaseException:
            self._announce(False)
            raise
        self.started(process.pid)
        return process

    def ended(self, group: int) -> None:
        """Forget a group, and end what its command left behind in it."""
        with self._lock:
            kill_group(group)
            self._groups.discard(group)
            self._guard(group, False)

    def cancel(self) -> None:
        """Kill everything that runs, and what is started from now on."""
        with self._lock:
            self.cancelled = True
            for group in self._groups:
                kill_group(group)

    def check(self) -> None:
        """Raise JobCancelled once the job was told to stop."""
        if self.cancelled:
            raise JobCancelled


def kill_group(group: int) -> None:
    """Kill a process group, if there still is one."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


def run(
    command: Command,
    source: Iterable[chunks.Chunk],
    intake: Intake,
    on_error: Callable[[bytes], bool],
    supervisor: Supervisor,
) -> int:
    """Run a command to its end, feeding it `source`; returns its exit code, 128+n when signal n ended it.

    `on_error` returns whether what it got counts as activity. Raises TaskFailed when the program cannot
    be started, breaks the pipe with much of its input unread, or shows no activity for too long.
    """
    supervisor.check()
    process = supervisor.start(lambda: _start(command))
    try:
        pump = _Pump(process, source, intake, on_error, command.timeout_seconds)
        return pump.run()
    finally:
        # The group before the process: a process that is not yet waited for keeps the group's number.
        supervisor.ended(process.pid)
        process.wait()
        for pipe in (process.stdin, process.stdout, process.stderr):
            if pipe is not None:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


def _start(command: Command) -> subprocess.Popen[bytes]:
    try:
        _make_executable(command)
        resolved = resolve(command.words, command.folder, command.environment)
        if resolved.note is not None:
            command.on_note(resolved.note)
        return _spawn(command, resolved.argv)
    except CannotRun as error:
        raise _cannot_run(command, error.number, str(error)) from error
    except OSError as error:
        raise _cannot_run(command, error.errno or 0, "") from error


def _make_executable(command: Command) -> None:
    """Make a file in the task's folder executable, as Hadoop does; an absolute path is left as it is."""
    local = command.folder / command.words[0]
    if not os.path.isabs(command.words[0]) and local.is_file() and not os.access(local, os.X_OK):
        local.chmod(local.stat().st_mode | 0o111)


def _cannot_run(command: Command, number: int, why: str) -> TaskFailed:
    return TaskFailed(
        "java.lang.RuntimeException: Error in configuring object\n"
        f'Caused by: java.io.IOException: Cannot run program "{command.words[0]}": '
        f"error={number}, {os.strerror(number)}{': ' if why else ''}{why}"
    )


def _spawn(command: Command, words: Sequence[str]) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        words,
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=command.folder,
        env=command.environment,
        process_group=0,
    )


class _Pump:
    """Moves bytes between a process and its callers until both sides are done."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        source: Iterable[chunks.Chunk],
        intake: Intake,
        on_error: Callable[[bytes], bool],
        timeout_seconds: float | None,
    ) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        self._process = process
        self._source = iter(source)
        self._pending: chunks.FileRange | chunks.Bytes = chunks.Bytes(b"")
        self._intake = intake
        self._on_error = on_error
        self._timeout_seconds = timeout_seconds
        self._stdin: int | None = process.stdin.fileno()
        self._stdout: int | None = process.stdout.fileno()
        self._stderr: int | None = process.stderr.fileno()
        self._pace = PipePolling([self._stdin, self._stdout])
        self._written = 0
        self._broken_pipe = False
        self._active_at = time.monotonic()

    def run(self) -> int:
        """Pump until the process has ended and its output was read."""
        for pipe in (self._stdin, self._stdout, self._stderr):
            assert pipe is not None
            os.set_blocking(pipe, False)
        with _ExitEvent(self._process) as exit_event:
            while self._stdin is not None or self._stdout is not None or not exit_event.happened():
                self._step(exit_event)
        self._read_errors()
        code = _exit_code(self._process.pid)
        if code == 0 and self._broken_pipe:
            raise TaskFailed("java.io.IOException: Broken pipe")
        return code if code >= 0 else _KILLED_EXIT_BASE - code

    def _step(self, exit_event: _ExitEvent) -> None:
        if self._pace.nap_seconds:
            time.sleep(self._pace.nap_seconds)
        else:
            self._wait(exit_event)
        moved = self._write() + self._read()
        moved_errors = self._read_errors()
        self._pace.moved(moved)
        if moved or moved_errors:
            self._active_at = time.monotonic()
        elif self._timeout_seconds is not None:
            self._check_timeout(self._timeout_seconds)

    def _wait(self, exit_event: _ExitEvent) -> None:
        """Sleep until something can be moved or the process ended."""
        poll = select.poll()
        if self._stdin is not None:
            poll.register(self._stdin, select.POLLOUT)
        for pipe in (self._stdout, self._stderr):
            if pipe is not None:
                poll.register(pipe, select.POLLIN)
        if not exit_event.happened():
            exit_event.register(poll)
        elif self._stdin is None and self._stdout is None:
            return
        limit = exit_event.wait_limit
        if self._timeout_seconds is not None:
            remaining = self._active_at + self._timeout_seconds - time.monotonic()
            limit = min(max(remaining, 0.0), limit if limit is not None else remaining)
        poll.poll(None if limit is None else max(limit * 1000, 1))

    def _check_timeout(self, timeout_seconds: float) -> None:
        idle = time.monotonic() - self._active_at
        if idle >= timeout_seconds:
            raise TaskFailed(f"failed to report status for {int(idle)} seconds. Killing!")

    def _write(self) -> int:
        """Feed the process what fits; returns the number of bytes."""
        total = 0
        while self._stdin is not None:
            if not self._pending and not self._next_chunk():
                break
            try:
                count = self._pending.write_to(self._stdin)
            except BlockingIOError:
                break
            except BrokenPipeError:
                self._stdin_broken()
                break
            self._written += count
            total += count
            if total >= 4 * _READ_BYTES:
                break  # let the other pipes have a turn
        return total

    def _next_chunk(self) -> bool:
        """Take the next chunk of the source; at its end close the pipe and say no."""
        for chunk in self._source:
            if chunk:
                self._pending = chunk if isinstance(chunk, chunks.FileRange) else chunks.Bytes(chunk)
                return True
        self._close_stdin()
        return False

    def _stdin_broken(self) -> None:
        """The process stopped reading: an error unless all of its input would have fitted the buffer."""
        size = self._written + len(self._pending)
        for chunk in self._source:
            size += len(chunk)
            if size > _UNNOTICED_INPUT_BYTES:
                break
        self._broken_pipe = size > _UNNOTICED_INPUT_BYTES
        self._pending = chunks.Bytes(b"")
        self._close_stdin()

    def _close_stdin(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._stdin = None

    def _read(self) -> int:
        """Take what the process printed; returns the number of bytes."""
        total = 0
        while self._stdout is not None:
            try:
                count = os.readv(self._stdout, [self._intake.room()])
            except BlockingIOError:
                break
            if not count:
                self._stdout = None
                break
            self._intake.took(count)
            total += count
            if total >= 4 * _READ_BYTES:
                break  # let the other pipes have a turn
        return total

    def _read_errors(self) -> int:
        active = 0
        while self._stderr is not None:
            try:
                chunk = os.read(self._stderr, _READ_BYTES)
            except BlockingIOError:
                break
            if not chunk:
                self._stderr = None
                break
            active += self._on_error(chunk)
            if len(chunk) < _READ_BYTES:
                break
        return active


def _exit_code(pid: int) -> int:
    """Return the exit code of a process that has ended, -n if signal n ended it.

    It is not waited for: its group's number stays taken until what is left of the group is killed.
    """
    ended = os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    assert ended is not None
    return ended.si_status if ended.si_code == os.CLD_EXITED else -ended.si_status


class _ExitEvent:
    """Tells when a process has ended: through a pidfd where the system has them, else by looking."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._descriptor = os.pidfd_open(process.pid) if hasattr(os, "pidfd_open") else None
        self.wait_limit = None if self._descriptor is not None else _EXIT_CHECK_SECONDS

    def __enter__(self) -> _ExitEvent:
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)

    def register(self, poll: select.poll) -> None:
        """Make `poll` wake up at the end of the process."""
        if self._descriptor is not None:
            poll.register(self._descriptor, select.POLLIN)

    def happened(self) -> bool:
        """Whether the process has ended. It is not waited for: its number stays taken."""
        found = os.waitid(os.P_PID, self._process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT)
        return found is not None
