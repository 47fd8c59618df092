"""RemoveAutoTerminationPolicy: let a cluster be idle for ever (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.core.events import IdleTimeoutSet
from emrsim.service.emulator import EmulatorState


def remove_auto_termination_policy(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Remove the policy; that there is none is no error."""
    state.post(state.cluster(params["ClusterId"]).id, IdleTimeoutSet(None))
    return {}
