"""Managed scaling carried out: the resizes that bring a cluster within its limits."""

from __future__ import annotations

from emrsim.core.events import ResizeRequested
from emrsim.core.groups import is_resizable
from emrsim.core.machines import fleet_size, missing_machines
from emrsim.core.model import Capacity, Cluster, InstanceGroup, MachineKind
from emrsim.core.scaling import wanted_sizes
from emrsim.core.states import READY_CLUSTERS
from emrsim.service.emulator import EmulatorState


def apply_limits(state: EmulatorState, cluster_id: str) -> None:
    """Resize the groups or fleets of a ready cluster that is outside the limits of its policy."""
    with state.locked():
        cluster = state.clusters[cluster_id]
        if cluster.state not in READY_CLUSTERS:
            return
        for group, size in list(wanted_sizes(cluster)):
            if is_resizable(group):
                state.post(cluster_id, _resize(state, cluster, group, size))


def _resize(state: EmulatorState, cluster: Cluster, group: InstanceGroup, size: int) -> ResizeRequested:
    if group.capacity is None:
        kind = MachineKind(group.request.instance_type, group.request.market)
        grown_by = max(0, size - len(cluster.living_instances_of(group.id)))
        return ResizeRequested(group.id, size, state.make_instances(group.id, [kind] * grown_by))
    spot = min(size, group.capacity.spot)
    capacity = Capacity(size - spot, spot)
    new = state.make_instances(group.id, missing_machines(cluster, group, capacity))
    return ResizeRequested(group.id, fleet_size(group.request.kinds, capacity), new, capacity)
