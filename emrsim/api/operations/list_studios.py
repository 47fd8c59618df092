"""ListStudios: summaries, a page at a time (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_views import studio_summary
from emrsim.api.paging import by_age, page_by_key
from emrsim.service.region import Region


def list_studios(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the studios, oldest first (assumed)."""
    studios, marker = page_by_key(
        region.account.studios.values(),
        params.get("Marker"),
        lambda studio: by_age(studio.created_at, studio.id),
        "ListStudios",
    )
    return {"Studios": [studio_summary(studio, region.name) for studio in studios], "Marker": marker}
