"""ListReleaseLabels: the releases of EMR, newest first (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim import releases
from emrsim.api.paging import page_by_key
from emrsim.core.limits import RELEASE_LABELS_PAGE_SIZE
from emrsim.service.region import Region


def list_release_labels(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the labels that satisfy all filters; a token goes with the filters it was made for."""
    filters = params.get("Filters", {})
    prefix, application = filters.get("Prefix", ""), filters.get("Application", "")
    places = {label: f"{place:04}" for place, label in enumerate(releases.labels())}
    wanted = [
        label
        for label in places
        if label.startswith(prefix) and (not application or _has_application(label, application))
    ]
    labels, next_token = page_by_key(
        wanted,
        params.get("NextToken"),
        lambda label: places[label],
        f"ListReleaseLabels {prefix} {application}",
        params.get("MaxResults", RELEASE_LABELS_PAGE_SIZE),
    )
    return {"ReleaseLabels": labels, "NextToken": next_token}


def _has_application(label: str, wanted: str) -> bool:
    """Whether a release has an application: `name` or `name@version` (source: botocore's model)."""
    name, _, version = wanted.partition("@")
    found = releases.release(label).application(name)
    return found is not None and version in {"", found.version}
