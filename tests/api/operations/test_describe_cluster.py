"""DescribeCluster."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core import events as ev
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.engines import command_step
from tests.support.refusals import INVALID_REQUEST, UNKNOWN_CLUSTER, refused_call_changes_nothing
from tests.support.snapshots import nothing_changes

Reach = Callable[..., Cluster]


def described(emr: Caller, cluster_id: str) -> dict[str, Any]:
    return dict(emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"])


def test_cluster_is_given_back_as_it_was_asked_for(emr: Caller, emr_client: Any) -> None:
    instances = {
        "InstanceCount": 3,
        "MasterInstanceType": "m1.large",
        "SlaveInstanceType": "m1.small",
        "KeepJobFlowAliveWhenNoSteps": True,
        "TerminationProtected": True,
        "Ec2KeyName": "my-key",
        "Ec2SubnetId": "subnet-1",
        "Placement": {"AvailabilityZone": "us-east-1c"},
    }
    cluster_id = emr.run(
        Name="a 'name' & é",
        Instances=instances,
        ReleaseLabel="emr-5.36.0",
        LogUri="s3://logs/emr/",
        VisibleToAllUsers=False,
        JobFlowRole="EMR_EC2_DefaultRole",
        ServiceRole="EMR_DefaultRole",
        Tags=[{"Key": "team", "Value": "ads"}, {"Key": "flag"}],
        StepConcurrencyLevel=5,
        Applications=[{"Name": "Hive"}, {"Name": "sPARK", "Args": ["-x"]}, {"Name": "HUE"}],
        Configurations=[{"Classification": "core-site", "Properties": {"a.b": "1"}}],
    )

    cluster = described(emr, cluster_id)

    ec2 = cluster.pop("Ec2InstanceAttributes")
    expected = {
        "Id": cluster_id,
        "Name": "a 'name' & é",
        "ReleaseLabel": "emr-5.36.0",
        "LogUri": "s3n://logs/emr/",
        "VisibleToAllUsers": False,
        "ServiceRole": "EMR_DefaultRole",
        "AutoTerminate": False,
        "TerminationProtected": True,
        "InstanceCollectionType": "INSTANCE_GROUP",
        "Tags": [{"Key": "team", "Value": "ads"}, {"Key": "flag", "Value": ""}],
        "StepConcurrencyLevel": 5,
        "Applications": [
            {"Name": "Hive", "Version": "2.3.9"},
            {"Name": "Spark", "Version": "2.4.8"},
            {"Name": "Hue"},  # in a version that is not known
        ],
        "Configurations": [{"Classification": "core-site", "Properties": {"a.b": "1"}}],
    }
    for application in cluster["Applications"]:
        application.pop("Args", None)  # which Query leaves out
    assert {name: cluster.get(name) for name in expected} == expected
    assert (ec2["Ec2KeyName"], ec2["Ec2SubnetId"]) == ("my-key", "subnet-1")
    assert (ec2["Ec2AvailabilityZone"], ec2["IamInstanceProfile"]) == ("us-east-1c", "EMR_EC2_DefaultRole")
    assert "RunningAmiVersion" not in cluster


def test_cluster_with_an_ami_version_shows_what_it_stands_for(emr: Caller) -> None:
    cluster = described(emr, emr.run(AmiVersion="2.4"))

    assert (cluster["RequestedAmiVersion"], cluster["RunningAmiVersion"]) == ("2.4", "2.4.11")
    assert cluster["Applications"] == [{"Name": "hadoop", "Version": "1.0.3"}]
    assert "ReleaseLabel" not in cluster


def test_products_of_an_ami_version_stand_beside_hadoop(emr: Caller) -> None:
    products = [{"Name": "spark", "Args": ["-g"]}]

    cluster = described(
        emr, emr.run(AmiVersion="2.4.2", SupportedProducts=["mapr-m3"], NewSupportedProducts=products)
    )

    assert [one["Name"] for one in cluster["Applications"]] == ["hadoop", "mapr-m3", "spark"]
    assert cluster["Applications"][2].get("Args") == {"json": ["-g"], "query": None}[emr.protocol]


@pytest.mark.parametrize(
    ("label", "usual"),
    [
        ("emr-4.7.2", {"Name": "Hadoop", "Version": "2.7.2"}),
        ("emr-6.15.0", {"Name": "Hadoop", "Version": "3.3.6"}),
        ("emr-spark-8.1.0", {"Name": "Spark", "Version": "4.1.1"}),
    ],
)
def test_cluster_without_applications_has_the_usual_one_of_its_release(
    emr: Caller, label: str, usual: dict[str, str]
) -> None:
    assert described(emr, emr.run(ReleaseLabel=label))["Applications"] == [usual]


def test_every_state_of_a_launch_can_be_observed(slow_emr: Caller, slow_emrsim: Emulator) -> None:
    cluster_id = slow_emr.run()
    state = slow_emrsim.running.state
    seen = [described(slow_emr, cluster_id)]
    for event in (ev.Provisioned(), ev.Bootstrapped()):
        state.post(cluster_id, event)
        seen.append(described(slow_emr, cluster_id))

    assert [one["Status"]["State"] for one in seen] == ["STARTING", "BOOTSTRAPPING", "WAITING"]
    assert ["MasterPublicDnsName" in one for one in seen] == [False, True, True]
    assert ["ReadyDateTime" in one["Status"]["Timeline"] for one in seen] == [False, False, True]
    assert seen[2]["MasterPublicDnsName"].endswith(".compute-1.amazonaws.com")


@pytest.mark.parametrize(
    ("action", "keep_alive", "state", "code", "message"),
    [
        ("CONTINUE", False, "TERMINATED", "STEP_FAILURE", "Steps completed with errors"),
        ("TERMINATE_CLUSTER", True, "TERMINATED_WITH_ERRORS", "STEP_FAILURE", "Shut down as step failed"),
        ("CONTINUE", True, "WAITING", None, "Waiting after step failed"),
    ],
)
def test_cluster_says_how_a_failed_step_left_it(
    emr: Caller, reach: Reach, action: str, keep_alive: bool, state: str, code: str | None, message: str
) -> None:
    instances = {"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": keep_alive}
    cluster_id = emr.run(Instances=instances, Steps=[command_step("false", on_failure=action)])
    reach(cluster_id, "COMPLETED", "FAILED", "WAITING")

    status = described(emr, cluster_id)["Status"]

    reason = status["StateChangeReason"]
    assert (status["State"], reason.get("Code"), reason["Message"]) == (state, code, message)


def test_ended_cluster_has_all_its_times_in_order(emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run(Instances={"InstanceCount": 1})
    reach(cluster_id, "COMPLETED")

    timeline = described(emr, cluster_id)["Status"]["Timeline"]

    times = [timeline[name] for name in ("CreationDateTime", "ReadyDateTime", "EndDateTime")]
    assert all(isinstance(time, datetime) for time in times)
    assert times == sorted(times)


def test_looking_changes_nothing(emr: Caller, emrsim: Emulator, reach: Reach) -> None:
    cluster_id = emr.run()
    reach(cluster_id, "WAITING")

    with nothing_changes(emrsim):
        described(emr, cluster_id)


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "DescribeCluster", ClusterId="j-NONE"
    )
