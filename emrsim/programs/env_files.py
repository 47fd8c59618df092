"""`spark-env.sh`, `hadoop-env.sh` and `hive-env.sh`: what scripts add to them reaches later programs."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping
from pathlib import Path

# The modification time, in ns, of a file that nobody has changed: its exports are in the environment anyway.
AS_WRITTEN = 1_000_000_000_000_000_000
_SHOW = 'set -a; . "$0" > /dev/null; exec env -0'


def variables_of(path: Path, environment: Mapping[str, str]) -> dict[str, str]:
    """What a changed file of exports makes of `environment`; nothing if nobody has changed it."""
    try:
        if path.stat().st_mtime_ns == AS_WRITTEN:
            return {}
    except OSError:
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
