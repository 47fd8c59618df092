"""AMI versions and release labels, and the Hadoop each stands for (docs/facts/api.md#hadoop-versions).

What is in a release is in `emrsim.releases`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from emrsim import releases
from emrsim.core import errors

# `latest` is what mrjob's authors saw it resolve to; the two-part names are aliases.
_AMI_ALIASES: Mapping[str, str] = {
    "latest": "2.4.2",
    "1.0": "1.0.0",
    "2.0": "2.0.6",
    "2.1": "2.1.4",
    "2.2": "2.2.4",
    "2.3": "2.3.6",
    "2.4": "2.4.11",
    "3.0": "3.0.4",
    "3.1": "3.1.4",
    "3.2": "3.2.3",
    "3.3": "3.3.2",
}
_AMI_WHEN_NONE = "1.0.0"
_HADOOP_WHEN_NONE = "0.18"

# The first version of each row has that Hadoop, and so have those up to the next row.
_AMI_HADOOP = (
    ((1, 0), "0.20"),
    ((2, 0), "0.20.205"),
    ((2, 2), "1.0.3"),
    ((3, 0), "2.2.0"),
    ((3, 1), "2.4.0"),
)
_AMI = re.compile(r"([1-3])\.(\d{1,2})(\.\d{1,2})?")


def running_ami_version(requested: str | None) -> str:
    """The full version an AMI version stands for; what runs without one is 1.0.0."""
    return _AMI_ALIASES.get(requested, requested) if requested else _AMI_WHEN_NONE


def check_versions(params: Mapping[str, Any]) -> None:
    """Raise ValidationException for invalid or contradictory versions of RunJobFlow."""
    ami_version, release_label = params.get("AmiVersion"), params.get("ReleaseLabel")
    asked_for = params["Instances"].get("HadoopVersion")
    if ami_version and release_label:
        raise errors.both_versions(ami_version, release_label)
    if release_label:
        release_named(release_label)
    if ami_version and asked_for not in {None, "", _of_ami(ami_version), *_choices(ami_version)}:
        raise errors.hadoop_not_in_ami()


def hadoop_version(ami_version: str | None, release_label: str | None, asked_for: str | None) -> str:
    """Return the version of Hadoop for versions that `check_versions` has accepted."""
    if release_label:
        return release_named(release_label).hadoop_version
    if ami_version:
        return asked_for or _of_ami(ami_version)
    return asked_for or _HADOOP_WHEN_NONE


def release_named(label: str) -> releases.Release:
    """The release of that label. Raises ValidationException for an unknown one."""
    found = releases.find(label)
    if found is None:
        raise errors.bad_release_label(label)
    return found


def is_before(first: tuple[int, int, int], release_label: str | None, ami_version: str | None) -> bool:
    """Return whether a cluster's version is older than the release `first`; AMI versions are older than all.

    A cluster without any version is of no age: nothing is too new for it. Raises ValidationException for an
    unknown label.
    """
    if release_label:
        return release_named(release_label).number < first
    return bool(ami_version)


def _choices(ami_version: str) -> tuple[str, ...]:
    """AMI 1.0 has two Hadoops to choose from, the later ones have one."""
    return ("0.18", "0.20") if running_ami_version(ami_version).startswith("1.") else ()


def _of_ami(ami_version: str) -> str:
    match = _AMI.fullmatch(running_ami_version(ami_version))
    if match is None:
        raise errors.bad_ami_version()
    version = (int(match.group(1)), int(match.group(2)))
    return [hadoop for first, hadoop in _AMI_HADOOP if first <= version][-1]
