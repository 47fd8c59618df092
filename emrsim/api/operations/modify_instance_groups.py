"""ModifyInstanceGroups: resize and reconfigure groups (source: API Reference, ModifyInstanceGroups)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emrsim.api.checks import check_instance_count
from emrsim.api.group_changes import check_configurations_change, instances_named, reconfigured, shrink_policy
from emrsim.core import errors, fleet_errors
from emrsim.core.events import GroupModified
from emrsim.core.group_events import check_reconfiguration, check_resize
from emrsim.core.model import Cluster, InstanceGroup
from emrsim.service.region import Region
from emrsim.service.scaling import group_resize

Params = Mapping[str, Any]


@dataclass(frozen=True)
class _Change:
    """What is asked for of a group; `count` is None where its size stays."""

    cluster: Cluster
    group: InstanceGroup
    count: int | None
    first: tuple[str, ...]  # of its instances, to go first
    last: tuple[str, ...]
    members: Params  # to be shown, and applied

    @property
    def reconfigures(self) -> bool:
        return "Configurations" in self.members


def modify_instance_groups(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Change all the groups, or none; ClusterId is optional, as the ids of groups are enough."""
    changes = [_change(region, entry, params.get("ClusterId")) for entry in params.get("InstanceGroups", ())]
    for change in changes:
        _check(change, changes)
    for change in changes:
        _post(region, change)
    return {}


def _change(region: Region, entry: Params, cluster_id: str | None) -> _Change:
    cluster, group = _find_group(region, entry["InstanceGroupId"], cluster_id)
    policy = entry.get("ShrinkPolicy", {}).get("InstanceResizePolicy", {})
    doomed = [*entry.get("EC2InstanceIdsToTerminate", ()), *policy.get("InstancesToTerminate", ())]
    first = instances_named(cluster, group, doomed)
    count = entry.get("InstanceCount")
    if count is None and first:
        count = group.requested_count - len(first)
    members = {**reconfigured(group, entry), **shrink_policy(entry)}
    last = instances_named(cluster, group, policy.get("InstancesToProtect", ()))
    return _Change(cluster, group, count, first, last, members)


def _check(change: _Change, changes: list[_Change]) -> None:
    cluster, group = change.cluster, change.group
    if change.count is not None:
        check_resize(cluster, group, change.count)
        if len(change.first) > max(0, group.requested_count - change.count):
            raise errors.too_many_instances_to_terminate()
        others = [one for one in changes if one.cluster is cluster and one.count is not None]
        grown_by = sum(max(0, (one.count or 0) - one.group.requested_count) for one in others)
        check_instance_count(cluster.requested_instance_count + grown_by)
    if change.reconfigures:
        check_configurations_change(cluster, change.members["Configurations"])
        check_reconfiguration(cluster, group)


def _post(region: Region, change: _Change) -> None:
    cluster, group = change.cluster, change.group
    if change.count is not None:
        resize = group_resize(region.emulator, cluster, group, change.count, change.first, change.last)
        region.post(cluster.id, resize)
    if change.members:
        region.post(cluster.id, GroupModified(group.id, change.members, change.reconfigures))


def _find_group(region: Region, group_id: str, cluster_id: str | None) -> tuple[Cluster, InstanceGroup]:
    cluster = region.cluster(cluster_id) if cluster_id else region.cluster_of_group(group_id)
    if cluster is not None and cluster.uses_fleets:
        raise fleet_errors.fleets_and_groups_exclude("fleets", "ModifyInstanceGroups", "ModifyInstanceFleet")
    if cluster is None or group_id not in cluster.groups:
        raise errors.unknown_group(group_id)
    return cluster, cluster.groups[group_id]
