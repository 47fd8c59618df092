"""ListBootstrapActions: the bootstrap actions of a cluster (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.service.region import Region


def list_bootstrap_actions(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """All of them, at most 16, so there is never a second page."""
    actions = region.cluster(params["ClusterId"]).request.bootstrap_actions
    commands = [
        {"Name": action.name, "ScriptPath": action.path, "Args": list(action.args)} for action in actions
    ]
    return {"BootstrapActions": commands}
