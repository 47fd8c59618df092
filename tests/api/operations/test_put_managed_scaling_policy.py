"""PutManagedScalingPolicy: the limits are applied, not only kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller, Refused
from tests.support.clusters import fleet, group, parts, run_with_fleets, run_with_groups
from tests.support.policies import AUTO_SCALING, limits
from tests.support.refusals import (
    ENDING,
    UNKNOWN_CLUSTER,
    VALIDATION,
    refused_call_changes_nothing,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]
OPERATION = "PutManagedScalingPolicy"


def reaches(emr: Caller, cluster: Cluster, **running: int) -> None:
    """Wait until the groups of those roles have so many running instances, and rest."""

    def look() -> bool:
        found = parts(emr, cluster.id)
        return all(
            (found[role]["RunningInstanceCount"], found[role]["Status"]["State"]) == (count, "RUNNING")
            for role, count in running.items()
        )

    wait_until(look, str(running))


@pytest.mark.parametrize(
    ("policy", "core", "task"),
    [
        (limits(6, 9), 2, 4),
        (limits(1, 3), 2, 1),
        (limits(1, 1), 1, 0),
        (limits(5, 9, MaximumCoreCapacityUnits=1), 1, 4),
        (limits(50, 90, unit="VCPU"), 2, 23),
    ],
)
def test_cluster_is_resized_into_the_limits(
    emr: Caller, reach: Reach, policy: dict[str, Any], core: int, task: int
) -> None:
    cluster = reach(run_with_groups(emr, group("CORE", 2), group("TASK", 3)), "WAITING")

    assert emr.call(OPERATION, ClusterId=cluster.id, ManagedScalingPolicy=policy) == {}

    reaches(emr, cluster, CORE=core, TASK=task)


def test_group_that_is_added_later_is_held_to_the_limits(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_groups(emr, group("CORE", 1)), "WAITING")
    emr.call(OPERATION, ClusterId=cluster.id, ManagedScalingPolicy=limits(1, 3))

    emr.call("AddInstanceGroups", JobFlowId=cluster.id, InstanceGroups=[group("TASK", 9)])

    wait_until(lambda: parts(emr, cluster.id)["TASK"]["RequestedInstanceCount"] == 2)
    reaches(emr, cluster, CORE=1, TASK=2)


def test_policy_of_run_job_flow_is_applied(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_groups(emr, group("CORE", 1), ManagedScalingPolicy=limits(3, 4)), "WAITING")

    reaches(emr, cluster, CORE=3)


def test_fleet_is_resized_in_units(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr, fleet("CORE", 6, 3, weight=3)), "WAITING")
    policy = limits(11, 12, unit="InstanceFleetUnits")

    emr.call(OPERATION, ClusterId=cluster.id, ManagedScalingPolicy=policy)

    wait_until(lambda: parts(emr, cluster.id)["CORE"]["ProvisionedOnDemandCapacity"] == 9)
    core = parts(emr, cluster.id)["CORE"]
    assert (core["TargetOnDemandCapacity"], core["TargetSpotCapacity"]) == (8, 3)
    assert core["ProvisionedSpotCapacity"] == 3
    # A master, three machines of weight 3 on demand and one from the spot market.
    assert cluster.requested_instance_count == len(cluster.instances) == 5


BAD = "Invalid configuration for managed scaling. "
AT_LEAST = f"{BAD}The minimum capacity must be at least 1"


@pytest.mark.parametrize(
    ("policy", "message"),
    [
        (limits(0, 3), AT_LEAST),
        (limits(-1, 3), AT_LEAST),
        (limits(4, 3), f"{BAD}The minimum capacity cannot be higher than max capacity"),
        (
            limits(1, 3, MaximumCoreCapacityUnits=4),
            f"{BAD}The max Core capacity cannot be higher than max capacity",
        ),
        (
            limits(1, 3, "InstanceFleetUnits", MaximumOnDemandCapacityUnits=4),
            f"{BAD}The max On-Demand capacity cannot be higher than max capacity",
        ),
        (
            limits(1, 3, MaximumOnDemandCapacityUnits=-1),
            f"{BAD}The max On-Demand capacity must not be negative",
        ),
        (limits(1_000_000, 2_000_000), "A cluster must not have more than 2000 instances."),
    ],
)
def test_refused_policy_changes_nothing(
    emrsim: Emulator, emr: Caller, reach: Reach, policy: dict[str, Any], message: str
) -> None:
    params = {"ClusterId": reach(run_with_groups(emr), "WAITING").id, "ManagedScalingPolicy": policy}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, OPERATION, **params)


ON_DEMAND_CORE = (
    f"{BAD}If you select On-Demand market type for core nodes in a cluster with instance groups, "
    "MaximumCoreCapacityUnits must be less than or equal to MaximumOnDemandCapacityUnits."
)


def test_core_group_on_demand_is_held_to_both_limits(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    policy = limits(2, 26, MaximumOnDemandCapacityUnits=12, MaximumCoreCapacityUnits=15)
    cluster = reach(run_with_groups(emr, group("CORE")), "WAITING")
    params = {"ClusterId": cluster.id, "ManagedScalingPolicy": policy}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, ON_DEMAND_CORE, OPERATION, **params)
    with pytest.raises(Refused, match="On-Demand market type"):
        run_with_groups(emr, group("CORE"), ManagedScalingPolicy=policy)
    with pytest.raises(Refused, match="On-Demand market type"):
        emr.run(Instances={"InstanceCount": 2}, ManagedScalingPolicy=policy)


def test_core_of_the_spot_market_and_fleets_have_no_such_limit(emr: Caller) -> None:
    policy = limits(1, 26, MaximumOnDemandCapacityUnits=12, MaximumCoreCapacityUnits=15)

    run_with_groups(emr, group("CORE", Market="SPOT"), ManagedScalingPolicy=policy)
    units = {**policy["ComputeLimits"], "UnitType": "InstanceFleetUnits"}
    run_with_fleets(emr, fleet("CORE"), ManagedScalingPolicy={"ComputeLimits": units})


def test_cluster_with_automatic_scaling_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_groups(emr, group("CORE", AutoScalingPolicy=AUTO_SCALING)), "WAITING")
    message = "A cluster can have a managed scaling policy or automatic scaling policies, not both."
    params = {"ClusterId": cluster.id, "ManagedScalingPolicy": limits(1, 3)}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, OPERATION, **params)


def test_unknown_and_ended_clusters_are_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    ended = reach(emr.run(Instances={"InstanceCount": 1}), "COMPLETED").id

    for cluster_id, codes, message in (
        ("j-NONE", VALIDATION, UNKNOWN_CLUSTER),
        (ended, VALIDATION, ENDING),
    ):
        params = {"ClusterId": cluster_id, "ManagedScalingPolicy": limits(1, 3)}
        refused_call_changes_nothing(emrsim, emr, codes, message, OPERATION, **params)


def test_policy_without_limits_is_refused(emrsim: Emulator, reach: Reach) -> None:
    emr = Caller(emrsim.port, "json")  # Query has no form for an empty structure
    params = {"ClusterId": reach(emr.run(), "WAITING").id, "ManagedScalingPolicy": {}}

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, f"{BAD}ComputeLimits are required", OPERATION, **params
    )
