"""ListStudioSessionMappings: who may use a studio, a page at a time (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_views import mapping_summary
from emrsim.api.paging import by_age, page_by_key
from emrsim.service.region import Region


def list_studio_session_mappings(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the mappings of a studio, or without StudioId of all studios, oldest first (both assumed)."""
    studio_id, kind = params.get("StudioId"), params.get("IdentityType")
    mappings, marker = page_by_key(
        region.account.mappings(studio_id, kind),
        params.get("Marker"),
        lambda one: by_age(one.created_at, f"{one.studio_id} {one.identity}"),
        f"ListStudioSessionMappings {studio_id} {kind}",
    )
    return {"SessionMappings": [mapping_summary(mapping) for mapping in mappings], "Marker": marker}
