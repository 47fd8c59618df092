"""How far a job is: lines in the syslog, a live line on a terminal, JSON for a program that watches."""

from __future__ import annotations

import os
import threading
import time

from emrsim.mapreduce.counters import Counters
from emrsim.mapreduce.joblog import JobLog

_REFRESH_SECONDS = 0.5


class Progress:
    """Counts finished tasks and map output; any thread may tell."""

    def __init__(self, log: JobLog, generation: int, descriptor: int | None) -> None:
        self._log = log
        # Hadoop 1's StreamJob writes two blanks between the percentages.
        self._logger, self._gap = (
            ("org.apache.hadoop.streaming.StreamJob", "  ")
            if generation == 1
            else ("org.apache.hadoop.mapreduce.Job", " ")
        )
        self._descriptor = descriptor
        self._lock = threading.Lock()
        self._totals = {"m": 0, "r": 0}
        self._done = {"m": 0, "r": 0}
        self._shown = (-1, -1)
        self._records = 0
        self._bytes = 0
        self._started_at = time.monotonic()
        self._refreshed_at = self._started_at

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
        self._emit({"event": "status", "attempt": attempt, "status": text})

    def report(self, event: str, counters: Counters) -> None:
        """Tell a watching program the counters and what the job came to."""
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
            self._emit_progress()

    def _refresh(self, seconds: float) -> None:
        self._log.live(
            f"map {self._shown[0]}% reduce {self._shown[1]}%  {self._records:,} records  "
            f"{self._bytes / seconds / 1e6:.1f} MB/s"
        )
        self._emit_progress()

    def _emit_progress(self) -> None:
        self._emit(
            {
                "event": "progress",
                "map": self._shown[0],
                "reduce": self._shown[1],
                "records": self._records,
                "bytes": self._bytes,
            }
        )

    def _emit(self, message: dict[str, object]) -> None:
        if self._descriptor is None:
            return
        import json

        os.write(self._descriptor, json.dumps(message).encode() + b"\n")
