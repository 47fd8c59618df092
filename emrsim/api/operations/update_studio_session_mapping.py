"""UpdateStudioSessionMapping: give a user or group another policy (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_rules import check_identity
from emrsim.api.account_views import identity
from emrsim.service.emulator import EmulatorState


def update_studio_session_mapping(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Exchange the policy of the mapping made for that id, or for that name."""
    check_identity(params)
    state.account.update_mapping(
        params["StudioId"], identity(params), params["SessionPolicyArn"], state.clock.now()
    )
    return {}
