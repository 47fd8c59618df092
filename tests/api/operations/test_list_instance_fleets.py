"""ListInstanceFleets."""

from __future__ import annotations

from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import exclusion, run_with_fleets
from tests.support.calls import Caller
from tests.support.refusals import (
    INVALID_REQUEST,
    refused_call_changes_nothing,
    unknown_cluster_is_refused,
)

Reach = Callable[..., Cluster]


def test_fleets_are_in_the_order_they_were_asked_for(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr), "WAITING")

    fleets = emr.call("ListInstanceFleets", ClusterId=cluster.id)["InstanceFleets"]

    assert [one["InstanceFleetType"] for one in fleets] == ["MASTER", "CORE"]
    assert [one["Id"] for one in fleets] == list(cluster.groups)
    assert {one["Status"]["State"] for one in fleets} == {"RUNNING"}
    assert [(one["TargetOnDemandCapacity"], one["ProvisionedOnDemandCapacity"]) for one in fleets] == [
        (1, 1),
        (1, 1),
    ]


def test_cluster_of_groups_is_refused_and_the_other_way_round(
    emrsim: Emulator, emr: Caller, reach: Reach
) -> None:
    groups, fleets = reach(emr.run(), "WAITING"), reach(run_with_fleets(emr), "WAITING")

    for cluster, uses, operation, other in (
        (groups, "groups", "ListInstanceFleets", "ListInstanceGroups"),
        (fleets, "fleets", "ListInstanceGroups", "ListInstanceFleets"),
    ):
        message = exclusion(uses, operation, other)
        refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, operation, ClusterId=cluster.id)


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    unknown_cluster_is_refused(emrsim, emr, "ListInstanceFleets")
