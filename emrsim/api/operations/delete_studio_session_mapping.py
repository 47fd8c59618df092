"""DeleteStudioSessionMapping: a user or group may no longer use a studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_checks import check_identity
from emrsim.api.account_views import identity
from emrsim.core.account_events import MappingDeleted
from emrsim.service.region import Region


def delete_studio_session_mapping(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Delete the mapping of that id, or for that name."""
    check_identity(params)
    region.post_to_account(MappingDeleted(params["StudioId"], identity(params)))
    return {}
