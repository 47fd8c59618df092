"""AddTags: label a cluster or a studio (source: API Reference, AddTags)."""

from __future__ import annotations

from typing import Any

from emrsim.api.requests import tags
from emrsim.api.rules import check_tags
from emrsim.core.errors import no_tags
from emrsim.core.events import TagsAdded
from emrsim.service.emulator import EmulatorState


def add_tags(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Add the tags; a key that is there already gets the new value."""
    resource_id = params["ResourceId"]
    is_studio = resource_id in state.account.studios
    if not is_studio:
        state.cluster(resource_id)
    if not params["Tags"]:
        raise no_tags()
    check_tags(params["Tags"])
    if is_studio:
        state.account.tag_studio(resource_id, dict(tags(params["Tags"])))
    else:
        state.post(resource_id, TagsAdded(tags(params["Tags"])))
    return {}
