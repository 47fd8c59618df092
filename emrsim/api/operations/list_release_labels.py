"""ListReleaseLabels: the releases of EMR, newest first (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.paging import page_by_key
from emrsim.api.releases import RELEASE_LABELS, has_application
from emrsim.core.limits import RELEASE_LABELS_PAGE_SIZE
from emrsim.service.emulator import EmulatorState


def list_release_labels(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the labels that satisfy all filters; a token goes with the filters it was made for."""
    filters = params.get("Filters", {})
    prefix, application = filters.get("Prefix", ""), filters.get("Application", "")
    wanted = [
        label
        for label in RELEASE_LABELS
        if label.startswith(prefix) and (not application or has_application(label, application))
    ]
    labels, next_token = page_by_key(
        wanted,
        params.get("NextToken"),
        lambda label: f"{RELEASE_LABELS.index(label):04}",
        f"ListReleaseLabels {prefix} {application}",
        params.get("MaxResults", RELEASE_LABELS_PAGE_SIZE),
    )
    return {"ReleaseLabels": labels, "NextToken": next_token}
