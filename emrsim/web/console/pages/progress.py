"""How far the streaming jobs of a step are, and its tasks with their attempts."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from emrsim.service.job_reports import JobReport, job_reports
from emrsim.web.console.wording import seconds_text

ATTEMPTS_SHOWN = 200
_FIRST_LINES_BYTES = 4096
_SPLIT = re.compile(r"Processing split: (.*)")
_TIME = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3}|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", re.ASCII)
_ATTEMPT = re.compile(r"attempt_\w+_([mr])_(\d+)_(\d+)")


@dataclass(frozen=True)
class _Times:
    start: float
    end: float
    split: str


def progress_stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Return what changes when the jobs in a folder of task logs get on."""
    try:
        with os.scandir(folder) as entries:
            files = [one for one in entries if one.name.endswith(".progress")]
            return tuple(sorted((one.name, one.stat().st_size, one.stat().st_mtime_ns) for one in files))
    except OSError:
        return ()


def reports_of(folder: Path) -> list[JobReport]:
    """Return the reports of a step's jobs; they are read again only when they have changed."""
    return _reports(folder, progress_stamp(folder))


@lru_cache(maxsize=64)
def _reports(folder: Path, stamp: object) -> list[JobReport]:
    return job_reports(folder) if stamp else []


def progress_of(folder: Path) -> dict[str, Any] | None:
    """Return how far the last job of a step is; None where none has begun."""
    reports = reports_of(folder)
    if not reports:
        return None
    last = reports[-1]
    return {
        "map": last.map_percent,
        "reduce": last.reduce_percent,
        "records": f"{last.records:,}",
        "job": len(reports),
    }


def counters_of(folder: Path) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the counters of the last job of a step that has ended, by group."""
    for report in reversed(reports_of(folder)):
        if report.counters:
            return [
                (group.strip(), [(name, f"{value:,}") for name, value in counters.items()])
                for group, counters in report.counters.items()
            ]
    return []


def attempts_of(folder: Path, is_running: bool) -> list[dict[str, Any]]:
    """Return the task attempts of a step, in order of their start, with bars on a common scale."""
    errors: dict[str, str | None] = {}
    for report in reports_of(folder):
        errors.update(report.errors)
    names = sorted(one.name for one in _attempt_folders(folder))[:ATTEMPTS_SHOWN]
    times = {name: _times(folder / name) for name in names}
    known = {name: one for name, one in times.items() if one is not None}
    if not known:
        return []
    begin, end = min(one.start for one in known.values()), max(one.end for one in known.values())
    ordered = sorted(known.items(), key=lambda entry: entry[1].start)
    return [_attempt(name, one, errors, (begin, end), is_running) for name, one in ordered]


def _attempt(
    name: str, times: _Times, errors: Mapping[str, str | None], scale: tuple[float, float], is_running: bool
) -> dict[str, Any]:
    kind, task, number = _ATTEMPT.fullmatch(name).groups()  # type: ignore[union-attr]
    begin, end = scale
    whole = max(end - begin, 0.001)
    state = "running" if is_running else "stopped"
    if name in errors:
        state = "failed" if errors[name] else "done"
    return {
        "name": name,
        "title": f"{'map' if kind == 'm' else 'reduce'} {int(task)}",
        "number": int(number) + 1,
        "state": state,
        "tone": {"failed": "bad", "done": "good", "running": "work"}.get(state, "off"),
        "error": errors.get(name) or "",
        "split": times.split,
        "lasted": seconds_text(times.end - times.start),
        "left": round(100 * (times.start - begin) / whole, 2),
        "width": round(max(100 * (times.end - times.start) / whole, 0.6), 2),
    }


def _attempt_folders(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return [one for one in entries if _ATTEMPT.fullmatch(one.name)]
    except OSError:
        return []


def _times(attempt: Path) -> _Times | None:
    """When an attempt began, by the first record of its log, and when it last wrote one."""
    path = attempt / "syslog"
    try:
        modified = path.stat().st_mtime
        with open(path, encoding="utf-8", errors="replace") as file:
            first = file.read(_FIRST_LINES_BYTES)
    except OSError:
        return None
    found = _TIME.search(first)
    split = _SPLIT.search(first)
    start = _timestamp(found.group()) if found else modified
    return _Times(min(start, modified), modified, split[1] if split else "")


def _timestamp(text: str) -> float:
    """Of a record of Hadoop's log, which has the local time."""
    return datetime.strptime(text[:19], "%Y-%m-%d %H:%M:%S").timestamp() + (
        int(text[20:23]) / 1000 if len(text) > 19 else 0
    )
