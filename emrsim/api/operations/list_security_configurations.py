"""ListSecurityConfigurations: names and dates, a page at a time (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.paging import by_age, page_by_key
from emrsim.service.region import Region


def list_security_configurations(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of them, oldest first (assumed)."""
    configurations, marker = page_by_key(
        region.account.security_configurations.values(),
        params.get("Marker"),
        lambda one: by_age(one.created_at, one.name),
        "ListSecurityConfigurations",
    )
    return {
        "SecurityConfigurations": [
            {"Name": one.name, "CreationDateTime": one.created_at} for one in configurations
        ],
        "Marker": marker,
    }
