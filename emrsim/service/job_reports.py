"""Progress and results of the streaming jobs of a step, as they report them (`mapreduce.progress`)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

_SUFFIX = ".progress"


@dataclass
class JobReport:
    """A Hadoop job: `outcome` is "succeeded", "failed", "cancelled", or "" while it runs."""

    job_id: str
    map_percent: int = 0
    reduce_percent: int = 0
    records: int = 0
    bytes: int = 0
    outcome: str = ""
    errors: dict[str, str | None] = field(default_factory=dict)  # by attempt; None for one that succeeded
    counters: Mapping[str, Mapping[str, int]] = field(default_factory=dict)


def job_reports(task_log_folder: Path) -> list[JobReport]:
    """The reports of a step's jobs, in the order they were started; those that write none are not there."""
    return [_report(path) for path in sorted(task_log_folder.glob(f"job_*{_SUFFIX}"))]


def _report(path: Path) -> JobReport:
    report = JobReport(path.name.removesuffix(_SUFFIX))
    for message in _messages(path):
        match message["event"]:
            case "progress":
                report.map_percent, report.reduce_percent = message["map"], message["reduce"]
                report.records, report.bytes = message["records"], message["bytes"]
            case "attempt":
                report.errors[message["attempt"]] = message["error"]
            case "succeeded" | "failed" | "cancelled" as outcome:
                report.outcome, report.counters = outcome, message["counters"]
    return report


def _messages(path: Path) -> Iterator[dict[str, Any]]:
    """The lines of a file that may be written at this moment: a last one without its end is left out."""
    for line in path.read_bytes().splitlines(keepends=True):
        if line.endswith(b"\n"):
            yield json.loads(line)
