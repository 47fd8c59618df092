"""AddTags: label a cluster or a studio (source: API Reference, AddTags)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emrsim.api.checks import check_tags
from emrsim.api.requests import tags
from emrsim.core.account_events import StudioChanged
from emrsim.core.errors import no_tags
from emrsim.core.events import TagsAdded
from emrsim.service.region import Region


def add_tags(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Add the tags; a key that is there already gets the new value."""
    resource_id = params["ResourceId"]
    is_studio = resource_id in region.account.studios
    if not is_studio:
        region.cluster(resource_id)
    if not params["Tags"]:
        raise no_tags()
    check_tags(params["Tags"])
    if is_studio:
        studio = region.account.studio(resource_id)
        new = {**studio.tags, **dict(tags(params["Tags"]))}
        region.post_to_account(StudioChanged(replace(studio, tags=new)))
    else:
        region.post(resource_id, TagsAdded(tags(params["Tags"])))
    return {}
