"""Clusters with three masters (source: Management Guide, emr-plan-ha and emr-plan-ha-launch)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emrsim.api.versions import is_before, release_named
from emrsim.core import errors, fleet_errors

Params = Mapping[str, Any]

MASTERS = 3
_FIRST_WITH_GROUPS = (5, 23, 0)
# Releases that have three masters in fleets, beside those from 6.12.0 on.
_FIRST_WITH_FLEETS = (6, 12, 0)
_PATCHES_WITH_FLEETS = frozenset({(5, 36, 1), (5, 36, 2), (6, 8, 1), (6, 9, 1), (6, 10, 1), (6, 11, 1)})


def is_highly_available(instances: Params) -> bool:
    """Whether RunJobFlow's Instances ask for several masters."""
    return _masters(instances) > 1


def check_masters(instances: Params, release_label: str | None, ami_version: str | None) -> None:
    """Reject another number of masters than one, or three where the release can have them."""
    count = _masters(instances)
    if "InstanceFleets" in instances:
        if count not in {1, MASTERS} and _fleets_can(release_label, ami_version):
            raise fleet_errors.bad_master_fleet_capacity()
        if count != 1 and not _fleets_can(release_label, ami_version):
            raise fleet_errors.master_fleet_capacity()
    elif count > 1 and is_before(_FIRST_WITH_GROUPS, release_label, ami_version):
        raise errors.several_instances_in_master_group()
    elif count not in {1, MASTERS}:
        raise errors.bad_master_count()


def _fleets_can(release_label: str | None, ami_version: str | None) -> bool:
    if release_label and release_named(release_label).number in _PATCHES_WITH_FLEETS:
        return True
    return not is_before(_FIRST_WITH_FLEETS, release_label, ami_version)


def _masters(instances: Params) -> int:
    """How many masters are asked for; the count form makes one."""
    for group in instances.get("InstanceGroups", ()):
        if group["InstanceRole"] == "MASTER":
            return int(group["InstanceCount"])
    for fleet in instances.get("InstanceFleets", ()):
        if fleet["InstanceFleetType"] == "MASTER":
            return int(fleet.get("TargetOnDemandCapacity", 0) + fleet.get("TargetSpotCapacity", 0))
    return 1
