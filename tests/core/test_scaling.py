"""Managed scaling: the sizes that bring a cluster within the limits of its policy."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emrsim.api.instance_types import INSTANCE_TYPES
from emrsim.core import events as ev
from emrsim.core.hardware import vcpus
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
    return {group.request.role: size.on_demand + size.spot for group, size in wanted_sizes(play.cluster)}


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
        ({"CORE": 2, "TASK": 4}, limits(1, 5, MaximumOnDemandCapacityUnits=3), {"TASK": 1}),
        ({"CORE": 1}, limits(4, 9, MaximumOnDemandCapacityUnits=3), {"CORE": 3}),
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
        play.happen(ev.ResizeRequested(group.id, size.on_demand + size.spot))

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


@pytest.mark.parametrize(
    ("sizes", "policy", "expected"),
    [
        ({"CORE": 2}, limits(16, 40, unit="VCPU"), {"CORE": 4}),  # of 4 each
        ({"CORE": 5}, limits(4, 10, unit="VCPU"), {"CORE": 2}),
        ({"CORE": 2}, limits(9, 11, unit="VCPU"), {}),  # a third would exceed the maximum
        ({"CORE": 1, "TASK": 3}, limits(4, 8, unit="VCPU"), {"TASK": 1}),
        ({"CORE": 1, "TASK": 1}, limits(20, 40, unit="VCPU", MaximumCoreCapacityUnits=4), {"TASK": 4}),
        (
            {"CORE": 1, "TASK": 4},
            limits(4, 40, unit="VCPU", MaximumCoreCapacityUnits=8, MaximumOnDemandCapacityUnits=12),
            {"TASK": 2},
        ),
    ],
)
def test_limits_in_vcpu_are_those_of_the_instance_types(
    sizes: dict[str, int], policy: dict[str, Any], expected: dict[str, int]
) -> None:
    play = with_groups(**sizes)
    for group in play.cluster.groups.values():
        group.request = replace(group.request, instance_type="m5.xlarge")

    assert wanted(play, policy) == expected


@pytest.mark.parametrize(
    ("instance_type", "number"),
    [("m1.small", 1), ("c1.xlarge", 8), ("m5.xlarge", 4), ("r6g.16xlarge", 64), ("c5.metal", 4), ("odd", 4)],
)
def test_vcpus_follow_from_the_size(instance_type: str, number: int) -> None:
    assert vcpus(instance_type) == number


def test_table_of_instance_types_agrees_with_the_sizes() -> None:
    assert {one.name: one.cpus for one in INSTANCE_TYPES} == {
        one.name: vcpus(one.name) for one in INSTANCE_TYPES
    }


def test_spot_group_grows_beyond_the_limit_of_on_demand_capacity() -> None:
    play = with_groups(CORE=2, TASK=1)
    task = list(play.cluster.groups.values())[-1]
    task.request = replace(task.request, market="SPOT")

    assert wanted(play, limits(6, 9, MaximumOnDemandCapacityUnits=2)) == {"TASK": 4}


def test_fleet_moves_to_the_spot_market_what_is_above_the_limit_of_on_demand_capacity() -> None:
    play = ready()
    fleet, machines = play.fleet(MachineKind("m4.large"), Capacity(6, 1), "CORE")
    play.happen(ev.GroupsAdded((fleet,), machines))
    play.happen(ev.ManagedScalingSet(limits(9, 12, "InstanceFleetUnits", MaximumOnDemandCapacityUnits=4)))

    assert [size for _, size in wanted_sizes(play.cluster)] == [Capacity(4, 5)]
