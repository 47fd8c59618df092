"""`/_emrsim/clusters/{id}/shutdown`: what the program `shutdown` of a cluster asks for."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from emrsim.web.control.calls import Call, Controls, NothingThere, Refusal

_SECONDS_MAX = 1e9  # some 30 years


def shutdown(controls: Controls, call: Call) -> dict[str, Any]:
    """End the cluster `{"after_seconds": N}` from now, or `{"cancel": true}`."""
    asked, cluster_id = call.json(), call.words["id"]
    if unknown := asked.keys() - {"after_seconds", "cancel"}:
        raise Refusal(f"{min(unknown)}: unknown: expected after_seconds or cancel")
    if asked.get("cancel") is True:
        return {"cancelled": controls.power.cancel(cluster_id)}
    seconds = asked.get("after_seconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= _SECONDS_MAX:
        raise Refusal(f"after_seconds: invalid value {seconds!r}: expected 0 to {_SECONDS_MAX:g}")
    try:
        controls.power.switch_off(cluster_id, timedelta(seconds=seconds))
    except KeyError:
        raise NothingThere(f"unknown cluster {cluster_id!r}") from None
    return {}
