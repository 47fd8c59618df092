"""Processes of a cluster that have left their step's session, as daemons do: they end with the cluster."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

# Every program of a cluster has it in its environment, with a path below the cluster's own folder.
_MARK = "EMRSIM_MNT"


def kill_leftovers(folder: Path) -> None:
    """Kill all processes of the clusters whose folders are `folder` or below it, until there are none.

    Where there is no /proc, nothing is known of them.
    """
    mark = f"{_MARK}={folder}/".encode()
    while found := list(_marked(mark)):
        for pid in found:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def _marked(mark: bytes) -> Iterator[int]:
    """The living processes that were started with `mark` in their environment (source: proc(5))."""
    if not os.path.isdir("/proc/self"):
        return
    for name in os.listdir("/proc"):
        # One that is gone, or somebody else's, cannot be read.
        with suppress(OSError):
            if name.isdigit() and int(name) != os.getpid():
                with open(f"/proc/{name}/environ", "rb") as environ:
                    if any(entry.startswith(mark) for entry in environ.read().split(b"\0")):
                        yield int(name)
