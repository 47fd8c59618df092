"""RemoveTags: take labels off a cluster or a studio (source: API Reference, RemoveTags)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from emrsim.core.account_events import StudioChanged
from emrsim.core.errors import no_tags
from emrsim.core.events import TagsRemoved
from emrsim.service.region import Region


def remove_tags(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Remove the tags with those keys; keys that are not there are no error."""
    resource_id = params["ResourceId"]
    is_studio = resource_id in region.account.studios
    if not is_studio:
        region.cluster(resource_id)
    if not params["TagKeys"]:
        raise no_tags()
    if is_studio:
        studio = region.account.studio(resource_id)
        left = {key: value for key, value in studio.tags.items() if key not in params["TagKeys"]}
        region.post_to_account(StudioChanged(replace(studio, tags=left)))
    else:
        region.post(resource_id, TagsRemoved(tuple(params["TagKeys"])))
    return {}
