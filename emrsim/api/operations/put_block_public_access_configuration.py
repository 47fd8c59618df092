"""PutBlockPublicAccessConfiguration: set the account's guard (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_rules import check_block_public_access
from emrsim.core.account import BlockPublicAccess, PortRange
from emrsim.service.emulator import EmulatorState


def put_block_public_access_configuration(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Keep it in place of the one before; there are no security groups here that it could refuse."""
    configuration = params["BlockPublicAccessConfiguration"]
    check_block_public_access(configuration)
    ranges = configuration.get("PermittedPublicSecurityGroupRuleRanges", ())
    state.account.block_public_access = BlockPublicAccess(
        is_on=configuration["BlockPublicSecurityGroupRules"],
        permitted=tuple(PortRange(entry["MinRange"], entry.get("MaxRange")) for entry in ranges),
        set_at=state.clock.now(),
    )
    return {}
