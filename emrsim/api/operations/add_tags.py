"""AddTags: label a cluster (source: API Reference, AddTags)."""

from __future__ import annotations

from typing import Any

from emrsim.api.requests import tags
from emrsim.api.rules import check_tags
from emrsim.core.errors import no_tags
from emrsim.core.events import TagsAdded
from emrsim.service.emulator import EmulatorState


def add_tags(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Add the tags; a key that is there already gets the new value."""
    cluster = state.cluster(params["ResourceId"])
    if not params["Tags"]:
        raise no_tags()
    check_tags(params["Tags"])
    state.post(cluster.id, TagsAdded(tags(params["Tags"])))
    return {}
