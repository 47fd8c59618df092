"""GetStudioSessionMapping: what a user or group may do in a studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_checks import check_identity
from emrsim.api.account_views import identity, mapping_view
from emrsim.service.region import Region


def get_studio_session_mapping(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The mapping made for that id, or for that name."""
    check_identity(params)
    mapping = region.account.mapping(params["StudioId"], identity(params))
    return {"SessionMapping": mapping_view(mapping)}
