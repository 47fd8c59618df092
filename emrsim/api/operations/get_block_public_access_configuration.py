"""GetBlockPublicAccessConfiguration: the account's guard (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api import names
from emrsim.service.region import Region


def get_block_public_access_configuration(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """What was put last; before that, what accounts of today begin with."""
    access = region.account.block_public_access
    ranges = [{"MinRange": ports.first, "MaxRange": ports.last} for ports in access.permitted]
    return {
        "BlockPublicAccessConfiguration": {
            "BlockPublicSecurityGroupRules": access.is_on,
            "PermittedPublicSecurityGroupRuleRanges": ranges,
        },
        "BlockPublicAccessConfigurationMetadata": {
            "CreationDateTime": access.set_at,
            "CreatedByArn": names.account_arn(region.name),  # assumed, also before the first put
        },
    }
