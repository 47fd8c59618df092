"""Members of answers that the service fills or changes by itself, as recorded answers of AWS have them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller, Refused
from tests.support.clusters import fleet, group, run_with_fleets, run_with_groups
from tests.support.engines import command_step
from tests.support.policies import auto_scaling
from tests.two_protocols import json_client

Reach = Callable[..., Cluster]


def described(emr: Caller, cluster_id: str) -> dict[str, Any]:
    cluster: dict[str, Any] = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]
    return cluster


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("s3://b/logs", "s3n://b/logs/"),
        ("s3://b/logs/", "s3n://b/logs/"),
        ("s3n://b/a/b", "s3n://b/a/b/"),
        ("s3://b", "s3n://b/"),
        ("s3a://b/x", "s3a://b/x/"),
    ],
)
def test_log_uri_is_shown_as_a_folder_of_s3n(emr: Caller, given: str, shown: str) -> None:
    cluster_id = emr.run(LogUri=given)

    (old,) = emr.call("DescribeJobFlows", JobFlowIds=[cluster_id])["JobFlows"]
    assert described(emr, cluster_id)["LogUri"] == old["LogUri"] == shown


def test_cluster_without_a_log_uri_shows_none(emr: Caller) -> None:
    assert "LogUri" not in described(emr, emr.run())


def test_logs_are_where_they_were_asked_for(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    (emrsim.root / "b").mkdir(exist_ok=True)

    cluster_id = emr.run(LogUri="s3://b/logs", Instances={"InstanceCount": 1}, Steps=[command_step("true")])
    reach(cluster_id, "COMPLETED")

    assert list((emrsim.root / "b" / "logs" / cluster_id / "steps").iterdir())


def test_plain_cluster_shows_what_it_was_not_given_as_empty(emr: Caller) -> None:
    cluster = described(emr, emr.run(ReleaseLabel="emr-6.9.0"))

    attributes = cluster["Ec2InstanceAttributes"]
    assert (cluster["Configurations"], cluster["PlacementGroups"]) == ([], [])
    assert cluster["KerberosAttributes"] == {}
    assert (attributes["RequestedEc2SubnetIds"], attributes["RequestedEc2AvailabilityZones"]) == ([], [])
    for role in ("Master", "Slave"):
        assert attributes[f"EmrManaged{role}SecurityGroup"].startswith("sg-")
    assert "SecurityConfiguration" not in cluster


@pytest.mark.parametrize(
    ("network", "requested", "chosen"),
    [
        ({"Ec2SubnetId": "subnet-0a"}, ["subnet-0a"], "subnet-0a"),
        ({"Ec2SubnetIds": ["subnet-0b"]}, ["subnet-0b"], "subnet-0b"),
    ],
)
def test_subnet_is_among_the_requested_ones(
    emr: Caller, network: dict[str, Any], requested: list[str], chosen: str
) -> None:
    attributes = described(emr, emr.run(Instances={"InstanceCount": 1, **network}))["Ec2InstanceAttributes"]

    assert (attributes["RequestedEc2SubnetIds"], attributes["Ec2SubnetId"]) == (requested, chosen)


def test_several_subnets_of_fleets_are_all_requested(emr: Caller) -> None:
    instances = {"InstanceFleets": [fleet("MASTER")], "Ec2SubnetIds": ["subnet-1", "subnet-2"]}

    attributes = described(emr, emr.run(ReleaseLabel="emr-6.9.0", Instances=instances))[
        "Ec2InstanceAttributes"
    ]

    assert attributes["RequestedEc2SubnetIds"] == ["subnet-1", "subnet-2"]


def test_security_groups_of_a_users_own_are_shown(emr: Caller) -> None:
    own = {"EmrManagedMasterSecurityGroup": "sg-1", "EmrManagedSlaveSecurityGroup": "sg-2"}

    attributes = described(emr, emr.run(Instances={"InstanceCount": 1, **own}))["Ec2InstanceAttributes"]

    assert attributes | own == attributes


@pytest.mark.parametrize(
    ("label", "behavior"),
    [
        ("emr-4.9.6", None),
        ("emr-5.0.3", None),
        ("emr-5.1.0", "TERMINATE_AT_INSTANCE_HOUR"),
        ("emr-5.9.1", "TERMINATE_AT_INSTANCE_HOUR"),
        ("emr-5.10.0", "TERMINATE_AT_TASK_COMPLETION"),
        ("emr-7.12.0", "TERMINATE_AT_TASK_COMPLETION"),
    ],
)
def test_scale_down_behavior_is_that_of_the_release(emr: Caller, label: str, behavior: str | None) -> None:
    cluster_id = emr.run(ReleaseLabel=label)

    (old,) = emr.call("DescribeJobFlows", JobFlowIds=[cluster_id])["JobFlows"]
    assert described(emr, cluster_id).get("ScaleDownBehavior") == old.get("ScaleDownBehavior") == behavior


def test_scale_down_behavior_that_was_given_is_shown(emr: Caller) -> None:
    cluster_id = emr.run(ReleaseLabel="emr-6.0.0", ScaleDownBehavior="TERMINATE_AT_INSTANCE_HOUR")

    assert described(emr, cluster_id)["ScaleDownBehavior"] == "TERMINATE_AT_INSTANCE_HOUR"


@pytest.mark.parametrize(
    ("params", "os_label"),
    [
        ({"ReleaseLabel": "emr-5.35.0"}, None),
        ({"ReleaseLabel": "emr-5.36.1"}, "2.0.20220218.1"),
        ({"ReleaseLabel": "emr-7.5.0"}, "2023.12.20260629.0"),
        ({"ReleaseLabel": "emr-7.5.0", "OSReleaseLabel": "2023.6.20241031.0"}, "2023.6.20241031.0"),
        ({"ReleaseLabel": "emr-7.5.0", "CustomAmiId": "ami-1"}, None),
        ({"AmiVersion": "2.4.2"}, None),
    ],
)
def test_release_of_amazon_linux_is_the_newest_unless_it_is_given(
    emr: Caller, params: dict[str, Any], os_label: str | None
) -> None:
    assert described(emr, emr.run(**params)).get("OSReleaseLabel") == os_label


def test_passwords_of_kerberos_are_never_shown(emr: Caller) -> None:
    emr.call("CreateSecurityConfiguration", Name="sc", SecurityConfiguration="{}")
    secrets = {"KdcAdminPassword": "1", "CrossRealmTrustPrincipalPassword": "2", "ADDomainJoinPassword": "3"}
    attributes = {"Realm": "EC2.INTERNAL", "ADDomainJoinUser": "user", **secrets}

    cluster = described(
        emr, emr.run(ReleaseLabel="emr-6.9.0", SecurityConfiguration="sc", KerberosAttributes=attributes)
    )

    assert cluster["KerberosAttributes"] == {"Realm": "EC2.INTERNAL", "ADDomainJoinUser": "user"}


def test_reason_of_a_group_or_fleet_has_an_empty_message(emr: Caller, reach: Reach) -> None:
    grouped = reach(run_with_groups(emr, group("CORE")), "WAITING").id
    fleeted = reach(run_with_fleets(emr), "WAITING").id

    for one in (
        *emr.call("ListInstanceGroups", ClusterId=grouped)["InstanceGroups"],
        *emr.call("ListInstanceFleets", ClusterId=fleeted)["InstanceFleets"],
    ):
        assert one["Status"]["StateChangeReason"] == {"Message": ""}


def test_group_has_versions_of_its_configurations(emrsim: Emulator, reach: Reach) -> None:
    emr = Caller(emrsim.port, "json")  # Query leaves out what boto 2 cannot read
    given = [{"Classification": "core-site", "Properties": {"a": "b"}}]
    cluster_id = run_with_groups(emr, group("CORE", Configurations=given))

    master, core = emr.call("ListInstanceGroups", ClusterId=cluster_id)["InstanceGroups"]

    assert (master["Configurations"], master["ConfigurationsVersion"]) == ([], 0)
    assert (core["Configurations"], core["LastSuccessfullyAppliedConfigurations"]) == (given, given)


def test_main_class_that_is_empty_is_not_shown(emr: Caller) -> None:
    step = command_step("true")
    step["HadoopJarStep"]["MainClass"] = ""
    cluster_id = emr.run(Steps=[step])

    (shown,) = emr.call("ListSteps", ClusterId=cluster_id)["Steps"]
    (old,) = emr.call("DescribeJobFlows", JobFlowIds=[cluster_id])["JobFlows"]
    assert "MainClass" not in shown["Config"]
    assert "MainClass" not in old["Steps"][0]["StepConfig"]["HadoopJarStep"]


@pytest.mark.parametrize("written", ["${emr.clusterId}", "${emr:cluster_id}", None])
def test_alarm_of_a_policy_names_its_cluster(emrsim: Emulator, written: str | None) -> None:
    emr = Caller(emrsim.port, "json")
    policy = auto_scaling()
    alarm = policy["Rules"][0]["Trigger"]["CloudWatchAlarmDefinition"]
    alarm["Dimensions"] = [{"Key": "JobFlowId", "Value": written}] if written else []
    cluster_id = run_with_groups(emr, group("CORE", AutoScalingPolicy=policy))

    _, core = emr.call("ListInstanceGroups", ClusterId=cluster_id)["InstanceGroups"]

    shown = core["AutoScalingPolicy"]["Rules"][0]["Trigger"]["CloudWatchAlarmDefinition"]["Dimensions"]
    assert shown == [{"Key": "JobFlowId", "Value": cluster_id}]


def test_other_dimensions_of_an_alarm_stay(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    policy = auto_scaling()
    dimensions = [{"Key": "Queue", "Value": "q"}]
    policy["Rules"][0]["Trigger"]["CloudWatchAlarmDefinition"]["Dimensions"] = dimensions
    cluster_id = run_with_groups(emr, group("TASK"), group("CORE"))
    group_id = emr.call("ListInstanceGroups", ClusterId=cluster_id)["InstanceGroups"][1]["Id"]

    answer = emr.call(
        "PutAutoScalingPolicy", ClusterId=cluster_id, InstanceGroupId=group_id, AutoScalingPolicy=policy
    )

    rule = answer["AutoScalingPolicy"]["Rules"][0]
    assert rule["Trigger"]["CloudWatchAlarmDefinition"]["Dimensions"] == dimensions


def test_policy_is_not_for_the_master_nor_for_ended_clusters(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_groups(emr, group("CORE")), "WAITING")
    master, core = (
        one["Id"] for one in emr.call("ListInstanceGroups", ClusterId=cluster.id)["InstanceGroups"]
    )
    params = {"ClusterId": cluster.id, "AutoScalingPolicy": auto_scaling()}

    with pytest.raises(Refused, match="cannot be attached to a master"):
        emr.call("PutAutoScalingPolicy", InstanceGroupId=master, **params)
    emr.call("TerminateJobFlows", JobFlowIds=[cluster.id])
    reach(cluster.id, "TERMINATED")
    with pytest.raises(Refused, match="may not be modified"):
        emr.call("PutAutoScalingPolicy", InstanceGroupId=core, **params)


def test_error_code_says_what_is_not_there(emrsim: Emulator) -> None:
    client = json_client(emrsim)
    fleeted = run_with_fleets(Caller(emrsim.port, "json"))
    grouped = run_with_groups(Caller(emrsim.port, "json"))
    none = "j-0000000000000"

    for call, params, code in (
        (client.describe_cluster, {"ClusterId": none}, "NoSuchCluster"),
        (client.list_instance_fleets, {"ClusterId": none}, "NoSuchCluster"),
        (client.add_tags, {"ResourceId": none, "Tags": [{"Key": "a"}]}, "NoSuchCluster"),
        (client.cancel_steps, {"ClusterId": none, "StepIds": ["s-1"]}, "NoSuchCluster"),
        (client.modify_cluster, {"ClusterId": none}, "NoSuchCluster"),
        (client.describe_security_configuration, {"Name": "none"}, "ResourceNotFound"),
        (client.delete_security_configuration, {"Name": "none"}, "ResourceNotFound"),
        (client.list_instance_groups, {"ClusterId": fleeted}, "API_DOES_NOT_SUPPORT_INSTANCE_FLEET_CLUSTERS"),
        (
            client.list_instances,
            {"ClusterId": fleeted, "InstanceGroupTypes": ["MASTER"]},
            "API_DOES_NOT_SUPPORT_INSTANCE_FLEET_CLUSTERS",
        ),
        (client.list_instance_fleets, {"ClusterId": grouped}, "API_DOES_NOT_SUPPORT_INSTANCE_GROUP_CLUSTERS"),
    ):
        with pytest.raises(client.exceptions.InvalidRequestException) as caught:
            call(**params)
        assert caught.value.response["ErrorCode"] == code, call
    client.close()


@pytest.mark.parametrize(
    "params",
    [
        {"Applications": [{"Name": "spark"}]},
        {"StepConcurrencyLevel": 2},
        {"Configurations": [{"Classification": "core-site", "Properties": {"a": "b"}}]},
        {"CustomAmiId": "ami-1"},
        {"AutoTerminationPolicy": {"IdleTimeout": 60}},
        {"JobFlowRole": "EMR_EC2_DefaultRole", "ServiceRole": "EMR_DefaultRole"},
        {"Instances": {"InstanceFleets": [fleet("MASTER")]}},
    ],
)
def test_nothing_is_too_new_for_a_cluster_without_a_version(emr: Caller, params: dict[str, Any]) -> None:
    assert emr.run(**params).startswith("j-")


def test_cluster_without_a_version_does_what_today_can(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(Applications=[{"Name": "spark"}], Steps=[command_step("sleep", "60")]), "RUNNING")

    assert described(emr, cluster.id)["Applications"] == [{"Name": "Spark"}]
    assert emr.call("ModifyCluster", ClusterId=cluster.id, StepConcurrencyLevel=5) == {
        "StepConcurrencyLevel": 5
    }
    (info,) = emr.call("CancelSteps", ClusterId=cluster.id, StepIds=list(cluster.steps))[
        "CancelStepsInfoList"
    ]
    assert info["Status"] == "SUBMITTED"


def test_concurrent_cluster_takes_a_first_step_that_would_terminate_it(emr: Caller) -> None:
    step = command_step("true", on_failure="TERMINATE_CLUSTER")

    cluster_id = emr.run(ReleaseLabel="emr-6.9.0", StepConcurrencyLevel=5, Steps=[step])

    with pytest.raises(Refused, match="Action on failure 'TERMINATE_CLUSTER' is invalid"):
        emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[step])
