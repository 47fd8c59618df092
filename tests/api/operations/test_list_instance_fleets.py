"""ListInstanceFleets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import fleet, run_with_fleets
from tests.support.refusals import (
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    mutually_exclusive,
    refused_call_changes_nothing,
)

Reach = Callable[..., Cluster]
OPERATION = "ListInstanceFleets"

SPOT = {"SpotSpecification": {"TimeoutDurationMinutes": 5, "TimeoutAction": "TERMINATE_CLUSTER"}}
VOLUME = {"VolumeType": "gp2", "SizeInGB": 32}
TYPES: list[dict[str, Any]] = [
    {
        "InstanceType": "m4.large",
        "WeightedCapacity": 2,
        "BidPriceAsPercentageOfOnDemandPrice": 80.0,
        "Configurations": [{"Classification": "core-site", "Properties": {"a": "b"}}],
        "CustomAmiId": "ami-1",
        "Priority": 1.0,
    },
    {
        "InstanceType": "m4.xlarge",
        "EbsConfiguration": {
            "EbsBlockDeviceConfigs": [{"VolumeSpecification": VOLUME, "VolumesPerInstance": 2}],
            "EbsOptimized": True,
        },
    },
]


def test_fleets_are_shown_as_they_were_asked_for(emr: Caller, reach: Reach) -> None:
    core = fleet("CORE", 3, 1, Name="workers", InstanceTypeConfigs=TYPES, LaunchSpecifications=SPOT)
    cluster = reach(run_with_fleets(emr, core), "WAITING")

    master, shown = emr.call(OPERATION, ClusterId=cluster.id)["InstanceFleets"]

    assert (master["InstanceFleetType"], master["TargetOnDemandCapacity"]) == ("MASTER", 1)
    assert shown.pop("Id") == list(cluster.groups)[1]
    assert shown.pop("Status")["State"] == "RUNNING"
    first, second = shown.pop("InstanceTypeSpecifications")
    assert first.pop("EbsBlockDevices") == []
    assert first == TYPES[0]
    assert second == {
        "InstanceType": "m4.xlarge",
        "WeightedCapacity": 1,
        "EbsOptimized": True,
        "EbsBlockDevices": [
            {"VolumeSpecification": VOLUME, "Device": "/dev/sdb"},
            {"VolumeSpecification": VOLUME, "Device": "/dev/sdc"},
        ],
    }
    assert shown == {
        "Name": "workers",
        "InstanceFleetType": "CORE",
        "TargetOnDemandCapacity": 3,
        "TargetSpotCapacity": 1,
        "ProvisionedOnDemandCapacity": 4,
        "ProvisionedSpotCapacity": 2,
        "LaunchSpecifications": SPOT,
    }


def test_fleet_of_an_ended_cluster_tells_why_it_ended(emr: Caller, reach: Reach) -> None:
    cluster_id = run_with_fleets(emr)
    reach(cluster_id, "WAITING")
    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])
    reach(cluster_id, "TERMINATED")

    (master,) = emr.call(OPERATION, ClusterId=cluster_id)["InstanceFleets"]

    assert master["Status"]["State"] == "TERMINATED"
    assert master["Status"]["StateChangeReason"] == {
        "Code": "CLUSTER_TERMINATED",
        "Message": "Job flow terminated",
    }
    assert set(master["Status"]["Timeline"]) == {"CreationDateTime", "ReadyDateTime", "EndDateTime"}
    assert master["ProvisionedOnDemandCapacity"] == 0


def test_cluster_with_groups_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster_id = reach(emr.run(), "WAITING").id
    message = mutually_exclusive("groups", "ListInstanceFleets", "ListInstanceGroups")

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, OPERATION, ClusterId=cluster_id)


def test_unknown_cluster_and_marker_are_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster_id = reach(run_with_fleets(emr), "WAITING").id

    for params, message in (
        ({"ClusterId": "j-NONE"}, UNKNOWN_CLUSTER),
        ({"ClusterId": cluster_id, "Marker": "none"}, "The marker is not valid."),
    ):
        refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, OPERATION, **params)
