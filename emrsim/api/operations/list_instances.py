"""ListInstances: the machines of a cluster (source: API Reference, ListInstances)."""

from __future__ import annotations

from typing import Any

from emrsim.api.paging import page
from emrsim.api.views import instance_view
from emrsim.core.errors import unknown_group
from emrsim.core.fleet_errors import filter_does_not_fit, unknown_fleet
from emrsim.core.limits import INSTANCES_PAGE_SIZE
from emrsim.core.model import Cluster, Instance
from emrsim.service.region import Region

_BY_GROUP = ("InstanceGroupId", "InstanceGroupTypes")
_BY_FLEET = ("InstanceFleetId", "InstanceFleetType")


def list_instances(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the instances that satisfy all filters given."""
    cluster = region.cluster(params["ClusterId"])
    params = {name: value for name, value in params.items() if value not in ("", [])}  # as left out (assumed)
    _check_filters(cluster, params)
    group_id = params.get("InstanceGroupId") or params.get("InstanceFleetId")
    roles, states = params.get("InstanceGroupTypes"), params.get("InstanceStates")
    if "InstanceFleetType" in params:
        roles = [params["InstanceFleetType"]]

    def is_wanted(instance: Instance) -> bool:
        role = cluster.groups[instance.group_id].request.role
        return (
            (group_id is None or instance.group_id == group_id)
            and (not roles or role in roles)
            and (not states or instance.state.value in states)
        )

    instances, marker = page(cluster.instances.values(), params, is_wanted, INSTANCES_PAGE_SIZE)
    views = [instance_view(cluster, instance) for instance in instances]
    return {"Instances": views, "Marker": marker}


def _check_filters(cluster: Cluster, params: dict[str, Any]) -> None:
    """Filters by group are for clusters with groups, those by fleet for clusters with fleets."""
    kind, unfit = ("fleets", _BY_GROUP) if cluster.uses_fleets else ("groups", _BY_FLEET)
    for name in unfit:
        if name in params:
            raise filter_does_not_fit(name, kind)
    for name, unknown in (("InstanceGroupId", unknown_group), ("InstanceFleetId", unknown_fleet)):
        if name in params and params[name] not in cluster.groups:
            raise unknown(params[name])
