"""`/_emrsim/health`: that the emulator answers."""

from __future__ import annotations

from typing import Any

from emrsim.settings import __version__
from emrsim.web.control.calls import Call, Controls


def health(controls: Controls, call: Call) -> dict[str, Any]:
    """Which version it is, how many clusters and bugs it has, and since when its state is kept, if it is."""
    with controls.state.locked():
        clusters = len(controls.state.clusters)
    since = controls.state.durable_since
    return {
        "status": "ok",
        "version": __version__,
        "clusters": clusters,
        "bugs": len(controls.bugs.found),
        "state": "durable" if since else "in memory",
        **({"since": since} if since else {}),
    }
