"""ModifyInstanceFleet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import run_with_fleets
from tests.support.calls import Caller
from tests.support.refusals import (
    INVALID_REQUEST,
    refused_call_changes_nothing,
    unknown_cluster_is_refused,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]


def change(cluster: Cluster, fleet_id: str, **targets: Any) -> dict[str, Any]:
    return {"ClusterId": cluster.id, "InstanceFleet": {"InstanceFleetId": fleet_id, **targets}}


@pytest.mark.parametrize(("on_demand", "spot"), [(3, 0), (1, 2), (0, 1)])
def test_fleet_gets_the_capacity_asked_for(emr: Caller, reach: Reach, on_demand: int, spot: int) -> None:
    cluster = reach(run_with_fleets(emr), "WAITING")
    _, core = cluster.groups

    targets = {"TargetOnDemandCapacity": on_demand, "TargetSpotCapacity": spot}
    emr.call("ModifyInstanceFleet", **change(cluster, core, **targets))

    wait_until(lambda: cluster.groups[core].state.value == "RUNNING")
    wait_until(lambda: cluster.running_count(core) == on_demand + spot)


def test_what_is_not_done_here_says_so(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr), "WAITING")
    _, core = cluster.groups

    answer = emr.answer("ModifyInstanceFleet", **change(cluster, core, Context="x"))

    assert answer.status == 501


def test_unknown_fleet_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr), "WAITING")
    message = "Instance fleet id 'if-NONE' is not valid."
    params = change(cluster, "if-NONE", TargetOnDemandCapacity=2)

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, "ModifyInstanceFleet", **params)


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"InstanceFleet": {"InstanceFleetId": "if-1"}}

    unknown_cluster_is_refused(emrsim, emr, "ModifyInstanceFleet", **params)
