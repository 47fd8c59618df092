"""`spark-env.sh`, `hadoop-env.sh` and `hive-env.sh`: what scripts add to them reaches later programs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

# The modification time, in ns, of a file that nobody has changed: its exports are in the environment anyway.
AS_WRITTEN = 1_000_000_000_000_000_000
_SHOW = 'set -a; . "$0" > /dev/null; exec env -0'


def write_unchanged(path: Path, text: str) -> None:
    """Write a file that counts as one that nobody has changed."""
    path.write_text(text, encoding="utf-8")
    os.utime(path, ns=(AS_WRITTEN, AS_WRITTEN))


def is_changed(path: Path) -> bool:
    """Whether a file is there and is not as `write_unchanged` has left it."""
    try:
        return path.stat().st_mtime_ns != AS_WRITTEN
    except OSError:
        return False


def variables_of(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What a changed file of exports makes of `environment`; nothing if nobody has changed it."""
    if not is_changed(path):
        return {}
    shown = subprocess.run(
        ["/bin/bash", "-c", _SHOW, str(path)], env=environment, capture_output=True, check=False
    )
    pairs = (os.fsdecode(entry).partition("=") for entry in shown.stdout.split(b"\0") if entry)
    found = {name: value for name, _, value in pairs}
    return {
        name: value
        for name, value in found.items()
        if environment.get(name) != value and name not in {"_", "SHLVL", "PWD"}
    }
