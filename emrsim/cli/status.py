"""`emrsim status`: what is there, with or without a server."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

from emrsim.core.states import CLUSTER_STATE_NAMES, ENDED_CLUSTERS
from emrsim.service.data_lock import DataFolderInUse, DataLock
from emrsim.service.folders import DataFolder
from emrsim.service.record import FILE_NAME
from emrsim.service.record.errors import RecordError
from emrsim.service.record.file import RecordFile

_SHOWN_MAX = 20  # clusters
_SECONDS = 5


def print_status(data: Path, endpoint: str) -> None:
    """Print what the emulator at `endpoint` has; if none answers, what is kept in `data`.

    Exits with 1 if there is neither.
    """
    health = _health(endpoint)
    if health is not None:
        _print_running(endpoint, health)
        return
    print(f"No emulator answers at {endpoint}.")
    if not (data / FILE_NAME).exists():
        print(f"No state is kept in {data}. Start one with: emrsim serve")
        raise SystemExit(1)
    _print_kept(data)


def _health(endpoint: str) -> Mapping[str, Any] | None:
    try:
        with urlopen(f"{endpoint.rstrip('/')}/_emrsim/health", timeout=_SECONDS) as answer:
            health: Mapping[str, Any] = json.load(answer)
            return health
    except (URLError, ValueError, OSError):
        return None


def _print_running(endpoint: str, health: Mapping[str, Any]) -> None:
    since = f", kept since {health['since']}" if "since" in health else ""
    print(f"emrsim {health['version']} answers at {endpoint}: {health['clusters']} clusters,")
    print(f"  state {health['state']}{since}, {health['bugs']} bugs of emrsim's")


def _print_kept(data: Path) -> None:
    """What the record has. Exits with 2 if it cannot be read, or an emulator is about to work with it."""
    try:
        lock = DataLock(DataFolder(data))
        try:
            record = RecordFile(data)
            known = sorted((one for one, _ in record.known()), key=lambda one: one.created_at, reverse=True)
            record.close()
        finally:
            lock.release()
    except (DataFolderInUse, RecordError) as error:
        print(f"emrsim: {error.strerror if isinstance(error, DataFolderInUse) else error}", file=sys.stderr)
        raise SystemExit(2) from None
    living = sum(one.state not in ENDED_CLUSTERS for one in known)
    print(f"{data / FILE_NAME} keeps {len(known)} clusters, {living} of them alive:")
    for one in known[:_SHOWN_MAX]:
        print(f"  {one.id}  {one.created_at:%Y-%m-%d %H:%M:%S}  {CLUSTER_STATE_NAMES[one.state]}")
    if len(known) > _SHOWN_MAX:
        print(f"  and {len(known) - _SHOWN_MAX} older ones")
