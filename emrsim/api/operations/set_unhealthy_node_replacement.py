"""SetUnhealthyNodeReplacement: switch node replacement (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.targets import live_job_flows
from emrsim.core.events import UnhealthyNodeReplacementSet
from emrsim.service.emulator import EmulatorState


def set_unhealthy_node_replacement(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Switch it for all the clusters, or for none; it is kept and shown, no node here gets unhealthy."""
    for cluster in live_job_flows(state, params["JobFlowIds"]):
        state.post(cluster.id, UnhealthyNodeReplacementSet(params["UnhealthyNodeReplacement"]))
    return {}
