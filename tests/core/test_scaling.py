"""Managed scaling: the sizes that bring a cluster within the limits of its policy."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emrsim.core import events as ev
from emrsim.core.model import Capacity, MachineKind
from emrsim.core.scaling import wanted_sizes
from tests.core.clusters import Play, ready


def limits(low: int, high: int, unit: str = "Instances", **more: int) -> dict[str, Any]:
    compute = {"UnitType": unit, "MinimumCapacityUnits": low, "MaximumCapacityUnits": high, **more}
    return {"ComputeLimits": compute}


def with_groups(**sizes: int) -> Play:
    """A ready cluster with a master and groups of those roles and sizes."""
    play = ready()
    for role, size in sizes.items():
        group, machines = play.group(role, size)
        play.happen(ev.GroupsAdded((group,), machines))
        play.happen(ev.GroupProvisioned(group.id), ev.GroupBootstrapped(group.id))
    return play


def wanted(play: Play, policy: dict[str, Any]) -> dict[str, int]:
    play.happen(ev.ManagedScalingSet(policy))
    return {group.request.role: size for group, size in wanted_sizes(play.cluster)}


@pytest.mark.parametrize(
    ("sizes", "policy", "expected"),
    [
        ({"CORE": 2}, limits(1, 3), {}),
        ({"CORE": 2}, limits(4, 5), {"CORE": 4}),
        ({"CORE": 5}, limits(1, 3), {"CORE": 3}),
        ({"CORE": 2, "TASK": 5}, limits(1, 4), {"TASK": 2}),
        ({"CORE": 3, "TASK": 5}, limits(1, 2), {"TASK": 0, "CORE": 2}),
        ({"CORE": 2, "TASK": 1}, limits(6, 9), {"TASK": 4}),
        ({"CORE": 2}, limits(6, 9, MaximumCoreCapacityUnits=4), {"CORE": 4}),
        ({"CORE": 5, "TASK": 1}, limits(6, 9, MaximumCoreCapacityUnits=2), {"CORE": 2, "TASK": 4}),
        ({"CORE": 5, "TASK": 1}, limits(1, 9, MaximumCoreCapacityUnits=0), {"CORE": 1}),
        ({"CORE": 9}, limits(1, 3, unit="VCPU"), {}),
        ({}, limits(2, 3), {}),
    ],
)
def test_groups_are_to_have_sizes_within_the_limits(
    sizes: dict[str, int], policy: dict[str, Any], expected: dict[str, int]
) -> None:
    assert wanted(with_groups(**sizes), policy) == expected


def test_fleet_is_measured_in_units_of_its_capacity() -> None:
    play = ready()
    fleet, machines = play.fleet(MachineKind("m4.large", weight=3), Capacity(6, 3), "CORE")
    play.happen(ev.GroupsAdded((fleet,), machines))

    assert wanted(play, limits(12, 15, unit="InstanceFleetUnits")) == {"CORE": 12}


@given(st.integers(1, 9), st.integers(0, 9), st.integers(1, 12), st.integers(0, 12), st.integers(0, 30))
def test_sizes_once_reached_are_wanted_no_more(
    core: int, task: int, low: int, more: int, core_limit: int
) -> None:
    play = with_groups(CORE=core, TASK=task)
    policy = limits(low, low + more, MaximumCoreCapacityUnits=min(core_limit, low + more))
    play.happen(ev.ManagedScalingSet(policy))

    sizes = list(wanted_sizes(play.cluster))
    for group, size in sizes:
        play.happen(ev.ResizeRequested(group.id, size))

    reached = sum(group.requested_count for group in play.cluster.groups.values()) - 1
    assert low <= reached <= low + more
    assert list(wanted_sizes(play.cluster)) == []


def test_ready_cluster_scales_when_its_policy_is_set_or_its_groups_have_changed() -> None:
    play = with_groups(CORE=1)
    core = list(play.cluster.groups)[-1]

    assert play.happen(ev.ManagedScalingSet(limits(1, 2))).effects == [ev.Scale("j-PLAY")]
    play.happen(ev.ResizeRequested(core, 3, play.instances(core, 2)))
    assert play.happen(ev.Resized(core, 3)).effects == [ev.Scale("j-PLAY")]
    assert play.happen(ev.ManagedScalingSet(None)).effects == []


def test_cluster_with_a_policy_scales_as_soon_as_it_is_ready() -> None:
    assert ev.Scale in ready(managed_scaling=limits(1, 2)).effect_kinds
