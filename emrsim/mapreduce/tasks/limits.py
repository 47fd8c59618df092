"""How much memory a job's shuffle may use."""

from __future__ import annotations

import os
import re

from emrsim.mapreduce.errors import JobRefused

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}
_DEFAULT_MAX_BYTES = 1 << 30
_MIN_BYTES = 16 << 20


def memory_bytes(size: str | None) -> int:
    """The bytes that `--memory` (`512m`, `1g`) allows; by default an eighth of the machine, at most 1 GB."""
    if size is None:
        machine = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
        return max(min(machine // 8, _DEFAULT_MAX_BYTES), _MIN_BYTES)
    try:
        return max(size_bytes(size), _MIN_BYTES)
    except ValueError as error:
        raise JobRefused(f"--memory: {error}", usage=True) from error


def size_bytes(size: str) -> int:
    """The bytes of a size such as `512m` or `1g`. Raises ValueError."""
    match = re.fullmatch(r"(\d+)([kmg]?)b?", size.lower())
    if match is None:
        raise ValueError(f"not a size: {size}")
    return int(match[1]) * _UNITS[match[2]]
