"""How far a job is: lines in the syslog, a live line on a terminal, JSON for a program that watches.

`--json-progress` takes the number of an open file descriptor, or the path of a file to append to. Each line
is one JSON object, written whole with one call as soon as it is made; `event` says what it is:

    {"event": "progress", "map": 50, "reduce": 0, "records": 120000, "bytes": 1843200}
    {"event": "status", "attempt": "attempt_…_m_000000_0", "status": "text"}
    {"event": "attempt", "attempt": "attempt_…_m_000000_0", "error": null}   at its end, or what failed it
    {"event": "succeeded", "counters": {"GROUP": {"NAME": 1}}}        or "failed", "cancelled": the last line

`map` and `reduce` are percent of finished tasks; `records` and `bytes` are what the commands of map and
reduce tasks have printed so far. Progress is told when a percentage changes, and twice a second while the
commands print; statuses at most four times a second, of those of an attempt that come faster the last.
"""

from __future__ import annotations

import os
import threading
import time

from emrsim.mapreduce.report.counters import Counters
from emrsim.mapreduce.report.joblog import JobLog

_REFRESH_SECONDS = 0.5
_TOLD_SECONDS = 0.25


class Progress:
    """Counts finished tasks and the output of commands, from any thread; `target` as `--json-progress`."""

    def __init__(self, log: JobLog, generation: int, target: str | None) -> None:
        self._log = log
        # Hadoop 1's StreamJob writes two blanks between the percentages.
        self._logger, self._gap = (
            ("org.apache.hadoop.streaming.StreamJob", "  ")
            if generation == 1
            else ("org.apache.hadoop.mapreduce.Job", " ")
        )
        self._descriptor = None if target is None else _descriptor(target)
        self._lock = threading.RLock()
        self._totals = {"m": 0, "r": 0}
        self._done = {"m": 0, "r": 0}
        self._shown = (-1, -1)
        self._records = 0
        self._bytes = 0
        self._started_at = time.monotonic()
        self._refreshed_at = self._started_at
        self._told_at = 0.0
        self._statuses: dict[str, str] = {}

    def begin(self, maps: int, reduces: int) -> None:
        """Set how many tasks there are, and show 0%."""
        self._totals = {"m": maps, "r": reduces}
        self._show()

    def finished(self, kind: str) -> None:
        """A map (`m`) or reduce (`r`) task is done."""
        with self._lock:
            self._done[kind] += 1
            self._show()

    def moved(self, records: int, size_bytes: int) -> None:
        """Commands printed this much."""
        with self._lock:
            self._records += records
            self._bytes += size_bytes
            now = time.monotonic()
            if now - self._refreshed_at >= _REFRESH_SECONDS:
                self._refreshed_at = now
                self._refresh(now - self._started_at)

    def status(self, attempt: str, text: str) -> None:
        """A command reported its status."""
        if self._descriptor is not None:
            with self._lock:
                self._statuses[attempt] = text
                if time.monotonic() - self._told_at >= _TOLD_SECONDS:
                    self._tell_statuses()

    def ended(self, attempt: str, error: str | None) -> None:
        """An attempt has ended, by `error` if there is one."""
        with self._lock:
            self._emit({"event": "attempt", "attempt": attempt, "error": error})

    def report(self, event: str, counters: Counters) -> None:
        """Tell a watching program the counters and what the job came to."""
        with self._lock:
            self._tell()
            self._emit({"event": event, "counters": counters.groups()})

    def _percent(self, kind: str) -> int:
        total = self._totals[kind]
        if total:
            return self._done[kind] * 100 // total
        return 100 if kind == "m" or self._percent("m") == 100 else 0

    def _show(self) -> None:
        percents = self._percent("m"), self._percent("r")
        if percents != self._shown:
            self._shown = percents
            self._log.info(self._logger, f" map {percents[0]}%{self._gap}reduce {percents[1]}%")
            self._tell()

    def _refresh(self, seconds: float) -> None:
        self._log.live(
            f"map {self._shown[0]}% reduce {self._shown[1]}%  {self._records:,} records  "
            f"{self._bytes / seconds / 1e6:.1f} MB/s"
        )
        self._tell()

    def _tell(self) -> None:
        """Tell a watching program where the job stands."""
        self._tell_statuses()
        self._emit(
            {
                "event": "progress",
                "map": max(self._shown[0], 0),
                "reduce": max(self._shown[1], 0),
                "records": self._records,
                "bytes": self._bytes,
            }
        )

    def _tell_statuses(self) -> None:
        self._told_at = time.monotonic()
        statuses, self._statuses = self._statuses, {}
        for attempt, text in statuses.items():
            self._emit({"event": "status", "attempt": attempt, "status": text})

    def _emit(self, message: dict[str, object]) -> None:
        if self._descriptor is None:
            return
        import json

        try:
            os.write(self._descriptor, json.dumps(message).encode() + b"\n")
        except OSError as error:
            # Who watches may go away; the job goes on.
            self._descriptor = None
            self._log.warn(self._logger, f"--json-progress: {error}")


def _descriptor(target: str) -> int:
    """An open descriptor for `--json-progress`; raises OSError for a path that cannot be written."""
    if target.isdigit():
        return int(target)
    return os.open(target, os.O_WRONLY | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o666)
