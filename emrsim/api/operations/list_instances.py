"""ListInstances: the machines of a cluster (source: API Reference, ListInstances)."""

from __future__ import annotations

from typing import Any

from emrsim.api.paging import page
from emrsim.api.views import instance_view
from emrsim.core.errors import unknown_group
from emrsim.core.limits import INSTANCES_PAGE_SIZE
from emrsim.core.model import Instance
from emrsim.service.emulator import EmulatorState


def list_instances(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the instances that satisfy all filters given."""
    cluster = state.cluster(params["ClusterId"])
    group_id = params.get("InstanceGroupId") or params.get("InstanceFleetId")
    if group_id is not None and group_id not in cluster.groups:
        raise unknown_group(group_id)
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
    views = [instance_view(cluster, instance, state.region) for instance in instances]
    return {"Instances": views, "Marker": marker}
