"""DescribeReleaseLabel: what a release has in it (source: botocore's model)."""

from __future__ import annotations

from typing import Any

from emrsim.api.releases import applications, check_release_label
from emrsim.core.account_errors import release_label_missing
from emrsim.service.emulator import EmulatorState


def describe_release_label(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """The applications that are known to be in a release; the releases of Amazon Linux are not told."""
    label = params.get("ReleaseLabel")
    if not label:
        raise release_label_missing()
    check_release_label(label)
    return {
        "ReleaseLabel": label,
        "Applications": [{"Name": name, "Version": version} for name, version in applications(label)],
    }
