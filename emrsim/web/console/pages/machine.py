"""What this machine can run, what runs now, and where things are."""

from __future__ import annotations

import os
import platform
import sys
import traceback
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from emrsim.programs.findings import Finding, findings
from emrsim.service.folders import DataFolder
from emrsim.settings import __version__
from emrsim.web.console.site import Site

_LOCKS = Path("/proc/locks")
_BUGS_SHOWN = 10


@cache
def _findings() -> list[Finding]:
    """What was found when somebody asked first; to find out takes processes."""
    return list(findings())


def context(site: Site, query: Mapping[str, str]) -> dict[str, Any]:
    """Return what the page shows; with `again` in the query the machine is looked at once more."""
    if "again" in query:
        _findings.cache_clear()
    settings = site.settings
    with site.controls.state.locked() as state:
        living = len(state.clusters.living())
        clusters, since = len(state.clusters), state.durable_since
    in_use = slots_in_use(DataFolder(settings.data).slots)
    facts = {
        "Address": site.url(),
        "Version": f"emrsim {__version__}, Python {platform.python_version()} ({sys.executable})",
        "S3 directory": str(settings.root),
        "Data folder": str(settings.data),
        "State": f"kept since {since}" if since else "in memory: a restart begins anew",
        "Clusters": f"{clusters}, {living} of them alive",
        "Slots": f"{settings.slots}" if in_use is None else f"{in_use} of {settings.slots} in use",
        "Clock": site.controls.clock.pace.name,
        "Keys": "asked for" if settings.keys else "not checked",
    }
    bugs = site.controls.bugs.found[-_BUGS_SHOWN:]
    return {
        "facts": list(facts.items()),
        "findings": [asdict(one) for one in _findings()],
        "bugs": ["".join(traceback.format_exception(one)) for one in reversed(bugs)],
        "bug_count": len(site.controls.bugs.found),
    }


def slots_in_use(folder: Path) -> int | None:
    """Return how many tasks hold a slot, as the kernel's table of locks tells; None where there is none."""
    try:
        with os.scandir(folder) as entries:
            slots = {entry.stat().st_ino for entry in entries}
        lines = _LOCKS.read_text().splitlines()
    except OSError:
        return None
    locked = {int(words[5].rpartition(":")[2]) for line in lines if len(words := line.split()) >= 8}
    return len(slots & locked)
