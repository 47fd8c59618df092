"""DescribeStudio: everything about one studio (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_views import studio_view
from emrsim.service.region import Region


def describe_studio(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The shape Studio of that id."""
    return {"Studio": studio_view(region.account.studio(params["StudioId"]), region.name)}
