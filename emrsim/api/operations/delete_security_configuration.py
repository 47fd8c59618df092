"""DeleteSecurityConfiguration: forget a named JSON document (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.service.emulator import EmulatorState


def delete_security_configuration(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Forget it, also while clusters use it (assumed)."""
    state.account.remove_security_configuration(params["Name"])
    return {}
