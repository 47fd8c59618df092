"""log4j records of the client and its tasks, in the forms that Hadoop and mrjob know.

File form (a step's syslog):  2016-05-03 21:14:02,123 INFO org.apache.hadoop.mapreduce.Job (main): text
Console form (stderr):        16/05/03 21:14:02 INFO mapreduce.Job: text
"""

from __future__ import annotations

import sys
import threading
import time
from functools import cache
from typing import TextIO

STREAM_JOB = "org.apache.hadoop.streaming.StreamJob"
FILE_INPUT_FORMAT = "org.apache.hadoop.mapred.FileInputFormat"
PIPE_MAP_RED = "org.apache.hadoop.streaming.PipeMapRed"
MAP_TASK = "org.apache.hadoop.mapred.MapTask"
CHILD = {1: "org.apache.hadoop.mapred.Child", 2: "org.apache.hadoop.mapred.YarnChild"}
_CLEAR_LINE = "\r\x1b[K"


class JobLog:
    """Writes records to one stream; any thread may write."""

    def __init__(self, stream: TextIO, *, console: bool) -> None:
        self._stream = stream
        self._console = console
        self._lock = threading.Lock()
        self._terminal = console and stream.isatty()

    def info(self, logger: str, message: str) -> None:
        """Write an INFO record."""
        self.record("INFO", logger, message)

    def warn(self, logger: str, message: str) -> None:
        """Write a WARN record."""
        self.record("WARN", logger, message)

    def error(self, logger: str, message: str) -> None:
        """Write an ERROR record."""
        self.record("ERROR", logger, message)

    def record(self, level: str, logger: str, message: str) -> None:
        """Write one record; further lines of `message` continue it."""
        self._write(f"{self._head(level, logger)}: {message}\n")

    def line(self, text: str) -> None:
        """Write a line that has no record head."""
        self._write(f"{text}\n")

    def live(self, text: str) -> None:
        """Show a line that the next output replaces; on a terminal only."""
        if self._terminal:
            with self._lock:
                self._stream.write(f"{_CLEAR_LINE}{text}")
                self._stream.flush()

    def close(self) -> None:
        """Close the stream; only for logs in files."""
        self._stream.close()

    def _head(self, level: str, logger: str) -> str:
        now = time.time()
        local = time.localtime(now)
        if self._console:
            return f"{time.strftime('%y/%m/%d %H:%M:%S', local)} {level} {'.'.join(logger.split('.')[-2:])}"
        milliseconds = int(now * 1000) % 1000
        return f"{time.strftime('%Y-%m-%d %H:%M:%S', local)},{milliseconds:03d} {level} {logger} (main)"

    def _write(self, text: str) -> None:
        with self._lock:
            self._stream.write(_CLEAR_LINE + text if self._terminal else text)
            self._stream.flush()


@cache
def console_log() -> JobLog:
    """The log on standard error."""
    return JobLog(_bytes_safe(sys.stderr), console=True)


def file_log(path: str) -> JobLog:
    """The log in a file, appended to."""
    stream = open(path, "a", encoding="utf-8", errors="surrogateescape")  # noqa: SIM115  kept open for the job
    return JobLog(stream, console=False)


def _bytes_safe(stream: TextIO) -> TextIO:
    """`stream`, able to print file names and command output that are not valid UTF-8."""
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding="utf-8", errors="surrogateescape")
    return stream
