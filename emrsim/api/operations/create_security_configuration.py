"""CreateSecurityConfiguration: keep a named JSON document (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_rules import check_security_configuration
from emrsim.core.account import SecurityConfiguration
from emrsim.service.emulator import EmulatorState


def create_security_configuration(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Keep it under a name that is not taken; nothing here encrypts or authenticates by it."""
    check_security_configuration(params)
    now = state.clock.now()
    state.account.add_security_configuration(
        SecurityConfiguration(params["Name"], params["SecurityConfiguration"], now)
    )
    return {"Name": params["Name"], "CreationDateTime": now}
