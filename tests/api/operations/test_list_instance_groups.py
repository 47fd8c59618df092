"""ListInstanceGroups."""

from __future__ import annotations

from collections.abc import Callable

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import group, parts, run_with_fleets, run_with_groups
from tests.support.refusals import (
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    mutually_exclusive,
    refused_call_changes_nothing,
)

Reach = Callable[..., Cluster]


def test_groups_are_in_the_order_they_were_asked_for(emr: Caller, reach: Reach) -> None:
    groups = [
        {"InstanceRole": "MASTER", "InstanceType": "m1.small", "InstanceCount": 1, "Name": "boss"},
        {
            "InstanceRole": "CORE",
            "InstanceType": "m1.large",
            "InstanceCount": 2,
            "Market": "SPOT",
            "BidPrice": "0.25",
        },
    ]
    cluster_id = emr.run(Instances={"InstanceGroups": groups, "KeepJobFlowAliveWhenNoSteps": True})
    reach(cluster_id, "WAITING")

    master, core = emr.call("ListInstanceGroups", ClusterId=cluster_id)["InstanceGroups"]

    assert (master["Name"], master["InstanceGroupType"], master["Market"]) == ("boss", "MASTER", "ON_DEMAND")
    assert (core["InstanceType"], core["Market"], core["BidPrice"]) == ("m1.large", "SPOT", "0.25")
    assert (core["RequestedInstanceCount"], core["RunningInstanceCount"]) == (2, 2)
    assert core["Status"]["State"] == "RUNNING"
    assert set(core["Status"]["Timeline"]) == {"CreationDateTime", "ReadyDateTime"}


def test_groups_end_with_their_cluster(emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run(Instances={"InstanceCount": 1})
    reach(cluster_id, "COMPLETED")

    (group,) = emr.call("ListInstanceGroups", ClusterId=cluster_id)["InstanceGroups"]

    assert group["Status"]["State"] == "TERMINATED"
    assert group["Status"]["StateChangeReason"] == {
        "Code": "CLUSTER_TERMINATED",
        "Message": "Job flow terminated",
    }
    assert group["RunningInstanceCount"] == 0


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "ListInstanceGroups", ClusterId="j-NONE"
    )


def test_disks_are_given_back(emr: Caller) -> None:
    volume = {"VolumeType": "io1", "Iops": 100, "SizeInGB": 10}
    disks = {
        "EbsBlockDeviceConfigs": [{"VolumeSpecification": volume, "VolumesPerInstance": 2}],
        "EbsOptimized": True,
    }

    shown = parts(emr, run_with_groups(emr, group("CORE", EbsConfiguration=disks)))

    assert shown["CORE"]["EbsOptimized"] is True
    assert shown["CORE"]["EbsBlockDevices"] == [
        {"VolumeSpecification": volume, "Device": "/dev/sdb"},
        {"VolumeSpecification": volume, "Device": "/dev/sdc"},
    ]
    assert shown["MASTER"]["EbsBlockDevices"] == []


def test_cluster_with_fleets_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster_id = reach(run_with_fleets(emr), "WAITING").id
    message = mutually_exclusive("fleets", "ListInstanceGroups", "ListInstanceFleets")

    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, message, "ListInstanceGroups", ClusterId=cluster_id
    )
