"""Ends of logs as HTML: only the end is read, whatever the size, and older parts when somebody asks.

All that a program printed is escaped; its colours (ANSI's SGR sequences) become classes, other control
sequences are left out.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup, escape

PART_BYTES = 64 << 10  # of a log, on its own page
TAIL_BYTES = 16 << 10  # below a step
EXCERPT_LINES = 40

# The parts of a log's name below the folder of a cluster.
_NAMES = re.compile(
    r"(steps/s-\w+|task-attempts/s-\w+/attempt_\w+|node/i-\w+/bootstrap-actions/\d+)"
    r"/(controller|syslog|stdout|stderr|debugout)"
)
_SEQUENCE = re.compile(r"\x1b\[([0-9;]*)m|\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b.")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
_COLOURS = range(30, 38), range(90, 98)


@dataclass(frozen=True)
class Part:
    """Bytes `start` to `end` of a log of `size` bytes, as HTML."""

    html: Markup
    start: int
    end: int
    size: int


def log_path(folder: Path, name: str) -> Path | None:
    """Return the path of a log below a cluster's folder; None for what names none."""
    return folder / name if _NAMES.fullmatch(name) else None


def log_size(path: Path) -> int:
    """Return the size of a log; 0 where there is none."""
    try:
        status = os.lstat(path)
    except OSError:
        return 0
    return status.st_size if stat.S_ISREG(status.st_mode) else 0


def open_log(path: Path) -> int | None:
    """Return a descriptor of a log; None for none, and for a link or pipe of a job's."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    return None


def read_part(path: Path, end: int | None = None, most: int = PART_BYTES) -> Part:
    """Return the last `most` bytes before `end`, or of all, from the beginning of a line."""
    descriptor = open_log(path)
    if descriptor is None:
        return Part(Markup(""), 0, 0, 0)
    try:
        size = os.fstat(descriptor).st_size
        end = size if end is None else max(0, min(end, size))
        start = max(0, end - most)
        content = os.pread(descriptor, end - start, start)
    finally:
        os.close(descriptor)
    if start:
        cut = content.find(b"\n") + 1
        start, content = start + cut, content[cut:]
    return Part(coloured(content.decode("utf-8", "replace")), start, end, size)


def excerpt(path: Path, lines: int = EXCERPT_LINES) -> Markup:
    """Return what a failed task wrote, shortened in the middle to so many lines."""
    descriptor = open_log(path)
    if descriptor is None:
        return Markup("")
    with open(descriptor, "rb") as file:
        size = os.fstat(descriptor).st_size
        first = file.read(TAIL_BYTES).decode("utf-8", "replace").splitlines()
        file.seek(max(0, size - TAIL_BYTES))
        last = file.read(TAIL_BYTES).decode("utf-8", "replace").splitlines()
    if size <= TAIL_BYTES and len(first) <= lines:
        return coloured("\n".join(first))
    half = lines // 2
    return coloured("\n".join([*first[:half], "…", *last[-half:]]))


def coloured(text: str) -> Markup:
    """Return text with ANSI's colours as HTML."""
    parts: list[str] = []
    classes: list[str] = []
    at = 0
    for found in _SEQUENCE.finditer(text):
        parts.append(_piece(text[at : found.start()], classes))
        at = found.end()
        if found[1] is not None:
            classes = _classes(classes, found[1])
    parts.append(_piece(text[at:], classes))
    return Markup("").join(Markup(one) for one in parts)


def _piece(text: str, classes: list[str]) -> str:
    shown = escape(_CONTROL.sub("", text))
    if not classes or not shown:
        return str(shown)
    return f'<span class="{" ".join(classes)}">{shown}</span>'


def _classes(classes: list[str], codes: str) -> list[str]:
    for code in codes.split(";"):
        number = int(code[:4] or 0)
        if number == 0:
            classes = []
        elif number == 1:
            classes = [*classes, "bold"]
        elif number == 39:
            classes = [one for one in classes if one == "bold"]
        elif any(number in colours for colours in _COLOURS):
            classes = [*(one for one in classes if one == "bold"), f"ansi-{number % 10}"]
    return classes
