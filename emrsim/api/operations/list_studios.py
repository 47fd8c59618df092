"""ListStudios: summaries, a page at a time (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.account_views import studio_summary
from emrsim.api.paging import by_age, page_by_key
from emrsim.service.emulator import EmulatorState


def list_studios(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the studios, oldest first (assumed)."""
    studios, marker = page_by_key(
        state.account.studios.values(),
        params.get("Marker"),
        lambda studio: by_age(studio.created_at, studio.id),
        "ListStudios",
    )
    return {"Studios": [studio_summary(studio, state.region) for studio in studios], "Marker": marker}
