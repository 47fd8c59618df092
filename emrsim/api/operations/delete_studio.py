"""DeleteStudio: delete a studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.core.account_events import StudioDeleted
from emrsim.service.region import Region


def delete_studio(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Delete the studio and its session mappings."""
    region.post_to_account(StudioDeleted(params["StudioId"]))
    return {}
