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


def _resize(state: EmulatorState, cluster: Cluster, group: InstanceGroup, size: Capacity) -> ResizeRequested:
    if group.capacity is None:
        return group_resize(state, cluster, group, size.on_demand + size.spot)
    return fleet_resize(state, cluster, group, size)


def group_resize(
    state: EmulatorState,
    cluster: Cluster,
    group: InstanceGroup,
    count: int,
    first: tuple[str, ...] = (),
    last: tuple[str, ...] = (),
) -> ResizeRequested:
    """Return the resize of a group to `count` instances, with those it lacks; nothing has happened yet.

    Of its instances, those in `first` go first when it shrinks, and those in `last` go last.
    """
    kind = MachineKind(group.request.instance_type, group.request.market)
    lacking = max(0, count - len(cluster.living_instances_of(group.id)))
    new = state.make_instances(group.id, [kind] * lacking)
    return ResizeRequested(group.id, count, new, first=first, last=last)


def fleet_resize(
    state: EmulatorState, cluster: Cluster, fleet: InstanceGroup, capacity: Capacity
) -> ResizeRequested:
    """The resize of a fleet to `capacity`, with the instances it lacks; nothing has happened yet."""
    new = state.make_instances(fleet.id, missing_machines(cluster, fleet, capacity))
    return ResizeRequested(fleet.id, fleet_size(fleet.request.kinds, capacity), new, capacity)
