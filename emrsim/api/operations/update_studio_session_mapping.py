"""UpdateStudioSessionMapping: give a user or group another policy (source: botocore's model)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emrsim.api.account_checks import check_identity
from emrsim.api.account_views import identity
from emrsim.core.account_events import MappingChanged
from emrsim.service.region import Region


def update_studio_session_mapping(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Replace the policy of the mapping of that id, or of that name."""
    check_identity(params)
    found = region.account.mapping(params["StudioId"], identity(params))
    changed = replace(found, policy_arn=params["SessionPolicyArn"], modified_at=region.clock.now())
    region.post_to_account(MappingChanged(changed))
    return {}
