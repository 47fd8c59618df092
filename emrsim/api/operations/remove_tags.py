"""RemoveTags: take labels off a cluster or a studio (source: API Reference, RemoveTags)."""

from __future__ import annotations

from typing import Any

from emrsim.core.errors import no_tags
from emrsim.core.events import TagsRemoved
from emrsim.service.emulator import EmulatorState


def remove_tags(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Remove the tags with those keys; keys that are not there are no error."""
    resource_id = params["ResourceId"]
    is_studio = resource_id in state.account.studios
    if not is_studio:
        state.cluster(resource_id)
    if not params["TagKeys"]:
        raise no_tags()
    if is_studio:
        state.account.untag_studio(resource_id, params["TagKeys"])
    else:
        state.post(resource_id, TagsRemoved(tuple(params["TagKeys"])))
    return {}
