"""PutBlockPublicAccessConfiguration: set the account's guard (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_checks import check_block_public_access
from emrsim.core.account_events import BlockPublicAccessSet
from emrsim.core.account_model import BlockPublicAccess, PortRange
from emrsim.service.region import Region


def put_block_public_access_configuration(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Replace the configuration. There are no security groups here that it could reject."""
    configuration = params["BlockPublicAccessConfiguration"]
    check_block_public_access(configuration)
    ranges = configuration.get("PermittedPublicSecurityGroupRuleRanges", ())
    access = BlockPublicAccess(
        is_on=configuration["BlockPublicSecurityGroupRules"],
        permitted=tuple(PortRange(entry["MinRange"], entry.get("MaxRange")) for entry in ranges),
        set_at=region.clock.now(),
    )
    region.post_to_account(BlockPublicAccessSet(access))
    return {}
