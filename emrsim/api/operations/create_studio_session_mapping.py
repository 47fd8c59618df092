"""CreateStudioSessionMapping: let a user or group use a studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_rules import check_new_identity
from emrsim.api.account_views import identity
from emrsim.service.emulator import EmulatorState


def create_studio_session_mapping(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Keep the mapping; whether there is such a user or group is not asked of anybody."""
    check_new_identity(params)
    state.account.add_mapping(
        params["StudioId"], identity(params), params["SessionPolicyArn"], state.clock.now()
    )
    return {}
