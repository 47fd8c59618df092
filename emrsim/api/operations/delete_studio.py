"""DeleteStudio: forget a studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.service.emulator import EmulatorState


def delete_studio(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Forget the studio and its session mappings."""
    state.account.remove_studio(params["StudioId"])
    return {}
