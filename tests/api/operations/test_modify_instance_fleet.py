"""ModifyInstanceFleet."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import fleet, group, parts, run_with_fleets, run_with_groups
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    VALIDATION,
    mutually_exclusive,
    refused_call_changes_nothing,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]
OPERATION = "ModifyInstanceFleet"


@pytest.fixture
def cluster(emr: Caller, reach: Reach) -> Cluster:
    """A waiting cluster with a core fleet of two machines on demand and one from the spot market."""
    return reach(run_with_fleets(emr, fleet("CORE", 4, 2, weight=2)), "WAITING")


def targets(on_demand: int | None = None, spot: int | None = None) -> dict[str, int]:
    given = {"TargetOnDemandCapacity": on_demand, "TargetSpotCapacity": spot}
    return {name: value for name, value in given.items() if value is not None}


@pytest.mark.parametrize(
    ("change", "on_demand", "spot"),
    [
        (targets(6, 4), 6, 4),
        (targets(on_demand=7), 8, 2),
        (targets(spot=0), 4, 0),
        (targets(0, 0), 0, 0),
        (targets(3, 1), 4, 2),
        ({}, 4, 2),
    ],
)
def test_fleet_gets_the_capacity_asked_for(
    emr: Caller, cluster: Cluster, change: dict[str, int], on_demand: int, spot: int
) -> None:
    _, core = cluster.groups

    answer = emr.call(OPERATION, ClusterId=cluster.id, InstanceFleet={"InstanceFleetId": core, **change})

    assert answer == {}
    wait_until(lambda: parts(emr, cluster.id)["CORE"]["Status"]["State"] == "RUNNING")
    shown = parts(emr, cluster.id)["CORE"]
    assert (shown["ProvisionedOnDemandCapacity"], shown["ProvisionedSpotCapacity"]) == (on_demand, spot)
    assert {name: shown[name] for name in change} == change
    assert cluster.groups[core].requested_count == (on_demand + spot) / 2


@pytest.mark.parametrize(
    ("role", "change", "codes", "message"),
    [
        ("MASTER", targets(2), VALIDATION, "A master instance group cannot be resized."),
        ("CORE", targets(4000), VALIDATION, "A cluster must not have more than 2000 instances."),
        ("CORE", targets(1, 2_000_000_000), VALIDATION, "A cluster must not have more than 2000 instances."),
        ("TASK", targets(2), INVALID_REQUEST, "Instance fleet id 'if-NONE' is not valid."),
    ],
)
def test_refused_change_changes_nothing(
    emrsim: Emulator,
    emr: Caller,
    cluster: Cluster,
    role: str,
    change: dict[str, int],
    codes: dict[str, str],
    message: str,
) -> None:
    ids = {one.request.role: one.id for one in cluster.groups.values()}
    changed = {"InstanceFleetId": ids.get(role, "if-NONE"), **change}
    params = {"ClusterId": cluster.id, "InstanceFleet": changed}

    refused_call_changes_nothing(emrsim, emr, codes, message, OPERATION, **params)


def test_cluster_with_groups_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_groups(emr, group("CORE")), "WAITING")
    _, core = cluster.groups
    message = mutually_exclusive("groups", "ModifyInstanceFleet", "ModifyInstanceGroups")
    params = {"ClusterId": cluster.id, "InstanceFleet": {"InstanceFleetId": core, **targets(2)}}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, OPERATION, **params)


def test_unknown_and_ended_clusters_are_refused(
    emrsim: Emulator, emr: Caller, cluster: Cluster, reach: Reach
) -> None:
    _, core = cluster.groups
    emr.call("TerminateJobFlows", JobFlowIds=[cluster.id])
    reach(cluster.id, "TERMINATED")

    for cluster_id, message in (("j-NONE", UNKNOWN_CLUSTER), (cluster.id, ENDING)):
        params = {"ClusterId": cluster_id, "InstanceFleet": {"InstanceFleetId": core, **targets(2)}}
        refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, OPERATION, **params)


def test_fleet_of_a_launching_cluster_is_refused(slow_emrsim: Emulator, slow_emr: Caller) -> None:
    cluster_id = run_with_fleets(slow_emr, fleet("CORE"))
    _, core = slow_emrsim.running.state.clusters[cluster_id].groups
    message = "An instance group may only be modified when the cluster is running or waiting"
    params = {"ClusterId": cluster_id, "InstanceFleet": {"InstanceFleetId": core, **targets(2)}}

    refused_call_changes_nothing(slow_emrsim, slow_emr, VALIDATION, message, OPERATION, **params)
