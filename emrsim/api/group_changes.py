"""What ModifyInstanceGroups and ModifyInstanceFleet can change beside the size."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from emrsim.api.configurations import check_configurations
from emrsim.api.versions import is_before
from emrsim.core import errors
from emrsim.core.model import Cluster, InstanceGroup

Params = Mapping[str, Any]

_FIRST_WITH_RECONFIGURATION = (5, 21, 0)  # Release Guide, emr-configure-apps-running-cluster


def check_configurations_change(cluster: Cluster, configurations: Sequence[Params]) -> None:
    """Reject configurations that cannot be written, and releases that cannot be reconfigured."""
    request = cluster.request
    if is_before(_FIRST_WITH_RECONFIGURATION, request.release_label, request.ami_version):
        raise errors.reconfiguration_not_in_release()
    check_configurations(configurations)


def reconfigured(group: InstanceGroup, entry: Params) -> dict[str, Any]:
    """The Configurations that a group is to have: those given, or merged with those it has (MERGE)."""
    if "Configurations" not in entry:
        return {}
    if entry.get("ReconfigurationType") != "MERGE":
        return {"Configurations": list(entry["Configurations"])}
    return {"Configurations": _merged(group.configurations, entry["Configurations"])}


def shrink_policy(entry: Params) -> dict[str, Any]:
    """The ShrinkPolicy that a group is to show."""
    return {"ShrinkPolicy": entry["ShrinkPolicy"]} if "ShrinkPolicy" in entry else {}


def instances_named(cluster: Cluster, group: InstanceGroup, ec2_ids: Iterable[str]) -> tuple[str, ...]:
    """The ids of living instances of a group by their EC2 ids; raises ValidationException for others."""
    living = {one.ec2_id: one.id for one in cluster.living_instances_of(group.id)}
    wanted = list(dict.fromkeys(ec2_ids))
    for ec2_id in wanted:
        if ec2_id not in living:
            raise errors.instance_not_in_group(ec2_id, group.id)
    return tuple(living[ec2_id] for ec2_id in wanted)


def _merged(before: Sequence[Params], added: Sequence[Params]) -> list[dict[str, Any]]:
    """Classifications of both, one level deep and in that order; of a property, what was added counts."""
    found: dict[str, dict[str, Any]] = {}
    for entry in (*before, *added):
        one = found.setdefault(entry.get("Classification", ""), {})
        one |= {name: value for name, value in entry.items() if name not in {"Properties", "Configurations"}}
        if entry.get("Properties"):
            one["Properties"] = {**one.get("Properties", {}), **entry["Properties"]}
        if entry.get("Configurations"):
            one["Configurations"] = _merged(one.get("Configurations", ()), entry["Configurations"])
    return list(found.values())
