"""RemoveTags: take labels off a cluster (source: API Reference, RemoveTags)."""

from __future__ import annotations

from typing import Any

from emrsim.core.errors import no_tags
from emrsim.core.events import TagsRemoved
from emrsim.service.emulator import EmulatorState


def remove_tags(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Remove the tags with those keys; keys that are not there are no error."""
    cluster = state.cluster(params["ResourceId"])
    if not params["TagKeys"]:
        raise no_tags()
    state.post(cluster.id, TagsRemoved(tuple(params["TagKeys"])))
    return {}
