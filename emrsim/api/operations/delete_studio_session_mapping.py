"""DeleteStudioSessionMapping: a user or group may no longer use a studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_rules import check_identity
from emrsim.api.account_views import identity
from emrsim.service.emulator import EmulatorState


def delete_studio_session_mapping(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Forget the mapping made for that id, or for that name."""
    check_identity(params)
    state.account.remove_mapping(params["StudioId"], identity(params))
    return {}
