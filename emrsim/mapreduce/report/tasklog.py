"""What a task attempt says: its stderr with the reporter protocol in it, and its log files."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from emrsim.mapreduce.report.counters import Counters
from emrsim.mapreduce.report.joblog import PIPE_MAP_RED, console_log, file_log

_HEAD_BYTES_MAX = 4 << 20
_TAIL_BYTES_MAX = 64 << 10
_LINE_BYTES_MAX = 64 << 10
_LONG = r"[+-]?[0-9]+"


class BoundedLog:
    """A stream that keeps the beginning and the end of what is written to it."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._written = 0
        self._tail = b""
        self._left_out = 0

    def write(self, data: bytes) -> None:
        """Write, or hold back what may be the end."""
        room = _HEAD_BYTES_MAX - self._written
        self._stream.write(data[:room])
        self._stream.flush()
        self._written += len(data[:room])
        if len(data) > room:
            tail = self._tail + data[room:]
            self._left_out += max(len(tail) - _TAIL_BYTES_MAX, 0)
            self._tail = tail[-_TAIL_BYTES_MAX:]

    def finish(self) -> None:
        """Write the end, after a note on what is missing before it."""
        if self._left_out:
            self._stream.write(b"\n... %d bytes left out ...\n" % self._left_out)
        self._stream.write(self._tail)
        self._stream.flush()


class TaskLog:
    """The log files of one attempt, or the console when there is no folder for them.

    `echoes` says that what came on stderr is to go to the console too, in the end.
    """

    def __init__(self, folder: Path | None, *, echoes: bool = False) -> None:
        self.has_files = folder is not None
        self.folder = folder
        self._echoes = echoes
        if folder is None:
            self.syslog = console_log()
            self._stderr: BinaryIO = sys.stderr.buffer
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "stdout").touch()
            self.syslog = file_log(str(folder / "syslog"))
            self._stderr = open(folder / "stderr", "ab")  # noqa: SIM115  closed by close()
        self.stderr = BoundedLog(self._stderr)

    def close(self) -> None:
        """Finish the files."""
        self.stderr.finish()
        if self.has_files:
            self._stderr.close()
            self.syslog.close()
        if self.folder is not None and self._echoes:
            sys.stderr.buffer.write((self.folder / "stderr").read_bytes())
            sys.stderr.buffer.flush()

    def task_info(self, logger: str, message: str) -> None:
        """Write a framework line of the task; on the console, where all tasks meet, it is left out."""
        if self.has_files:
            self.syslog.info(logger, message)


class Reporter:
    """Reads a command's stderr: counters and status for the framework, the rest for the log."""

    def __init__(
        self, prefix: bytes, counters: Counters, log: TaskLog, status: Callable[[str], None]
    ) -> None:
        self._prefix = prefix
        self._counters = counters
        self._log = log
        self._status = status
        self._rest = b""

    def feed(self, chunk: bytes) -> bool:
        """Take what the command wrote; returns whether it reported something (which keeps it alive)."""
        text = self._rest + chunk
        if self._prefix not in text and len(text) < _LINE_BYTES_MAX:
            cut = text.rfind(b"\n") + 1
        else:
            cut = text.rfind(b"\n") + 1 or (len(text) if len(text) >= _LINE_BYTES_MAX else 0)
        self._rest = text[cut:] if len(text) - cut < _LINE_BYTES_MAX else b""
        return self._take(text[: len(text) - len(self._rest)])

    def finish(self) -> None:
        """Take a last line without its end."""
        self._take(self._rest)
        self._rest = b""

    def _take(self, text: bytes) -> bool:
        if self._prefix not in text:
            if text:
                self._log.stderr.write(text)
            return False
        reported = False
        for line in text.splitlines(keepends=True):
            if line.startswith(self._prefix):
                self._report(line.rstrip(b"\r\n").decode("utf-8", "replace"))
                reported = True
            else:
                self._log.stderr.write(line)
        return reported

    def _report(self, line: str) -> None:
        kind, colon, text = line[len(self._prefix.decode("utf-8", "replace")) :].partition(":")
        if kind == "status" and colon:
            self._status(text.strip())
        elif kind == "counter" and colon:
            self._count(line, text.strip())
        else:
            self._log.syslog.warn(PIPE_MAP_RED, f"Cannot parse reporter line: {line}")

    def _count(self, line: str, text: str) -> None:
        # Java's split leaves out empty parts at the end.
        parts = text.rstrip(",").split(",")
        if len(parts) != 3:
            self._log.syslog.warn(PIPE_MAP_RED, f"Cannot parse counter line: {line}")
        elif not re.fullmatch(_LONG, parts[2]) or not -(2**63) <= int(parts[2]) < 2**63:
            self._log.syslog.warn(
                PIPE_MAP_RED, f"Cannot parse counter increment '{parts[2]}' from line: {line}"
            )
        else:
            self._counters.add(parts[0], parts[1], int(parts[2]))


def attempt_folder(task_logs: str | None, attempt: str) -> Path | None:
    """Where the logs of an attempt go, or None for the console."""
    return None if task_logs is None else Path(os.path.abspath(task_logs)) / attempt
