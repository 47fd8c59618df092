"""DescribeReleaseLabel: what a release has in it (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim import releases
from emrsim.core.account_errors import release_label_missing, unknown_release_label
from emrsim.service.region import Region


def describe_release_label(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The applications of a release, by name (assumed), and the releases of Amazon Linux it can have.

    A version that is not known is left out.
    """
    label = params.get("ReleaseLabel")
    if not label:
        raise release_label_missing()
    release = releases.find(label)
    if release is None:
        raise unknown_release_label(label)
    return {
        "ReleaseLabel": label,
        "Applications": [{"Name": one.name, "Version": one.version} for one in release.applications],
        "AvailableOSReleases": [{"Label": os_label} for os_label in release.os_labels],
    }
