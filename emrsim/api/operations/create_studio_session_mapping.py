"""CreateStudioSessionMapping: let a user or group use a studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_checks import check_new_identity
from emrsim.api.account_views import identity
from emrsim.core.account_events import MappingCreated
from emrsim.core.account_model import SessionMapping
from emrsim.service.region import Region


def create_studio_session_mapping(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Create the mapping. Whether the user or group exists is not checked."""
    check_new_identity(params)
    now = region.clock.now()
    mapping = SessionMapping(params["StudioId"], identity(params), params["SessionPolicyArn"], now, now)
    region.post_to_account(MappingCreated(mapping))
    return {}
