"""Counters of a job: the framework's and those that commands report on stderr."""

from __future__ import annotations

import threading
from collections.abc import Mapping

FRAMEWORK = "Map-Reduce Framework"
MAP_INPUT_RECORDS = "Map input records"
MAP_OUTPUT_RECORDS = "Map output records"
MAP_OUTPUT_BYTES = "Map output bytes"
COMBINE_INPUT_RECORDS = "Combine input records"
COMBINE_OUTPUT_RECORDS = "Combine output records"
REDUCE_INPUT_GROUPS = "Reduce input groups"
REDUCE_SHUFFLE_BYTES = "Reduce shuffle bytes"
REDUCE_INPUT_RECORDS = "Reduce input records"
REDUCE_OUTPUT_RECORDS = "Reduce output records"
SPILLED_RECORDS = "Spilled Records"
CPU_MILLISECONDS = "CPU time spent (ms)"
PHYSICAL_MEMORY = "Physical memory (bytes) snapshot"
# These group names end in a blank, as Hadoop's do.
JOB = "Job Counters "
FILE_INPUT = "File Input Format Counters "
BYTES_READ = "Bytes Read"
FILE_OUTPUT = "File Output Format Counters "
BYTES_WRITTEN = "Bytes Written"


class Counters:
    """Named sums in named groups, in the order in which they first appeared; safe to use from threads."""

    def __init__(self) -> None:
        self._groups: dict[str, dict[str, int]] = {}
        self._lock = threading.Lock()

    def add(self, group: str, name: str, amount: int) -> None:
        """Increase a counter, which begins at 0."""
        with self._lock:
            counters = self._groups.setdefault(group, {})
            counters[name] = counters.get(name, 0) + amount

    def framework(self, name: str, amount: int) -> None:
        """Increase a counter of the framework's own group."""
        self.add(FRAMEWORK, name, amount)

    def merge(self, other: Counters) -> None:
        """Add the counters of a finished task."""
        for group, counters in other.groups().items():
            for name, amount in counters.items():
                self.add(group, name, amount)

    def get(self, group: str, name: str) -> int:
        """The value of a counter, 0 if there is none."""
        return self._groups.get(group, {}).get(name, 0)

    def groups(self) -> Mapping[str, Mapping[str, int]]:
        """All counters: group -> name -> value."""
        return self._groups

    def text(self) -> str:
        """The block that Hadoop's client prints at the end of a job, without a record head."""
        lines = [f"Counters: {sum(len(counters) for counters in self._groups.values())}"]
        for group, counters in self._groups.items():
            lines.append(f"\t{group}")
            lines.extend(f"\t\t{name}={amount}" for name, amount in counters.items())
        return "\n".join(lines)
