"""AddInstanceFleet."""

from __future__ import annotations

from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import RELEASE, exclusion, fleet, run_with_fleets
from tests.support.calls import Caller
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    refused_call_changes_nothing,
    unknown_cluster_is_refused,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]


def test_fleet_is_answered_by_id_and_comes_up(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr), "WAITING")

    answer = emr.call("AddInstanceFleet", ClusterId=cluster.id, InstanceFleet=fleet("TASK", on_demand=2))

    new = answer["InstanceFleetId"]
    assert (answer["ClusterId"], new[:3], new in cluster.groups) == (cluster.id, "if-", True)
    wait_until(lambda: cluster.running_count(new) == 2)


def test_cluster_of_groups_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE), "WAITING")
    message = exclusion("groups", "AddInstanceFleet", "AddInstanceGroups")
    params = {"ClusterId": cluster.id, "InstanceFleet": fleet("TASK")}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, "AddInstanceFleet", **params)


def test_ended_cluster_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr), "WAITING")
    emr.call("TerminateJobFlows", JobFlowIds=[cluster.id])
    reach(cluster.id, "TERMINATED")
    params = {"ClusterId": cluster.id, "InstanceFleet": fleet("TASK")}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, ENDING, "AddInstanceFleet", **params)


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"InstanceFleet": fleet("TASK")}

    unknown_cluster_is_refused(emrsim, emr, "AddInstanceFleet", **params)
