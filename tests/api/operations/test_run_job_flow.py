"""RunJobFlow."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller, Refused
from tests.support.clusters import RELEASE, fleet
from tests.support.engines import command_step, long_step
from tests.support.policies import AUTO_SCALING, auto_scaling, limits
from tests.support.refusals import VALIDATION, refused_call_changes_nothing
from tests.support.snapshots import nothing_changes, snapshot

Reach = Callable[..., Cluster]
COUNT = {"InstanceCount": 1, "MasterInstanceType": "m1.small"}


def group(role: str, count: int = 1, **more: str) -> dict[str, Any]:
    return {"InstanceRole": role, "InstanceType": "m1.small", "InstanceCount": count, **more}


MASTER, CORE, TASK = group("MASTER"), group("CORE"), group("TASK")


def test_new_cluster_has_an_id_and_an_arn(emr: Caller) -> None:
    answer = emr.call("RunJobFlow", Name="n", Instances=COUNT)

    assert re.fullmatch(r"j-[0-9A-Z]{13}", answer["JobFlowId"])
    assert answer["ClusterArn"] == (
        f"arn:aws:elasticmapreduce:us-east-1:123456789012:cluster/{answer['JobFlowId']}"
    )


def test_cluster_without_steps_and_without_keep_alive_completes(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(Instances=COUNT), "COMPLETED")

    assert (cluster.reason.code, cluster.reason.message) == ("ALL_STEPS_COMPLETED", "Steps completed")


def test_steps_run_in_their_order(emr: Caller, emrsim: Emulator, reach: Reach) -> None:
    log = emrsim.root / "log"
    steps = [command_step("sh", "-c", f"echo {n} >> {log}") for n in range(3)]

    cluster = reach(emr.run(Steps=steps), "WAITING")

    assert log.read_text() == "0\n1\n2\n"
    assert [step.state.value for step in cluster.steps.values()] == ["COMPLETED"] * 3


def test_failed_step_ends_the_cluster_unless_told_otherwise(emr: Caller, reach: Reach) -> None:
    step = command_step("false")
    del step["ActionOnFailure"]

    cluster = reach(emr.run(Steps=[step, command_step("true")]), "FAILED")

    assert [one.state.value for one in cluster.steps.values()] == ["FAILED", "CANCELLED"]
    assert cluster.reason.message == "Shut down as step failed"


@pytest.mark.parametrize(
    ("action", "state", "states"),
    [
        ("TERMINATE_JOB_FLOW", "FAILED", ["FAILED", "CANCELLED"]),
        ("TERMINATE_CLUSTER", "FAILED", ["FAILED", "CANCELLED"]),
        ("CANCEL_AND_WAIT", "WAITING", ["FAILED", "CANCELLED"]),
        ("CONTINUE", "WAITING", ["FAILED", "COMPLETED"]),
    ],
)
def test_action_on_failure_is_obeyed(
    emr: Caller, reach: Reach, action: str, state: str, states: list[str]
) -> None:
    steps = [command_step("sh", "-c", "exit 3", on_failure=action), command_step("true")]

    cluster = reach(emr.run(Steps=steps), state)

    assert [step.state.value for step in cluster.steps.values()] == states


def test_step_that_no_engine_runs_fails_and_says_so(emr: Caller, reach: Reach) -> None:
    step = {"Name": "s", "HadoopJarStep": {"Jar": "s3://b/unknown.thing"}, "ActionOnFailure": "CONTINUE"}

    cluster = reach(emr.run(Steps=[step]), "WAITING")

    (failed,) = cluster.steps.values()
    assert failed.state.value == "FAILED"
    assert "s3://b/unknown.thing" in failed.reason.message


def test_debugging_step_completes_with_a_log_uri(emr: Caller, emrsim: Emulator, reach: Reach) -> None:
    (emrsim.root / "logs").mkdir()
    step = {
        "Name": "Setup Hadoop Debugging",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": ["state-pusher-script"]},
    }

    cluster = reach(emr.run(Steps=[step], LogUri="s3://logs/emr/"), "WAITING", "FAILED")

    (done,) = cluster.steps.values()
    assert done.state.value == "COMPLETED"
    folder = emrsim.root / "logs" / "emr" / cluster.id / "steps" / done.id
    assert {path.name for path in folder.iterdir()} == {"controller", "syslog", "stdout", "stderr"}


def test_bootstrap_action_fails_the_cluster_honestly(emr: Caller, reach: Reach) -> None:
    action = {"Name": "b", "ScriptBootstrapAction": {"Path": "s3://b/boot.sh", "Args": ["x"]}}

    cluster = reach(emr.run(BootstrapActions=[action], Steps=[command_step("true")]), "FAILED")

    assert cluster.reason.code == "BOOTSTRAP_FAILURE"
    assert "bootstrap action 1" in cluster.reason.message
    assert [step.state.value for step in cluster.steps.values()] == ["CANCELLED"]


def test_steps_run_side_by_side_up_to_the_level(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(Steps=[long_step(), long_step(), long_step()], StepConcurrencyLevel=2), "RUNNING")

    assert [step.state.value for step in cluster.steps.values()] == ["RUNNING", "RUNNING", "PENDING"]


@pytest.mark.parametrize(
    ("instances", "expected"),
    [
        ({"InstanceCount": 1}, [("MASTER", 1)]),
        (
            {"InstanceCount": 4, "MasterInstanceType": "a", "SlaveInstanceType": "b"},
            [("MASTER", 1), ("CORE", 3)],
        ),
        (
            {"InstanceGroups": [MASTER, group("CORE", 2), group("TASK", 3)]},
            [("MASTER", 1), ("CORE", 2), ("TASK", 3)],
        ),
    ],
)
def test_instances_become_groups(
    emr: Caller, emrsim: Emulator, instances: dict[str, Any], expected: list[tuple[str, int]]
) -> None:
    cluster_id = emr.run(Instances=instances)

    groups = snapshot(emrsim)[cluster_id].groups.values()
    assert [(one.request.role, one.requested_count) for one in groups] == expected


def test_empty_version_counts_as_none(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel="", AmiVersion=""), "WAITING")

    assert (cluster.request.release_label, cluster.request.ami_version) == (None, None)
    assert cluster.reason.message == "Waiting for steps to run"


NO_MASTER_FLEET = (
    "No master instance fleets were supplied; you must specify exactly one master instance fleet. "
    "Revise the configuration and resubmit."
)
MIXED = (
    "Please configure instances using one and only one of the following: instance groups; instance fleets; "
    "instance count, master and slave instance type."
)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({"Instances": {"Ec2KeyName": "k"}}, MIXED),
        ({"Instances": {**COUNT, "InstanceGroups": [MASTER]}}, MIXED),
        ({"Instances": {"InstanceCount": 0}}, "An instance group must have at least one instance"),
        ({"Instances": {"InstanceCount": -1}}, "An instance group must have at least one instance"),
        (
            {"Instances": {"InstanceCount": 1_000_000_000}},
            "A cluster must not have more than 2000 instances.",
        ),
        (
            {"Instances": {"InstanceGroups": [MASTER, group("CORE", 1999), TASK]}},
            "A cluster must not have more than 2000 instances.",
        ),
        (
            {"Instances": {"InstanceGroups": [MASTER, group("CORE", 0)]}},
            "An instance group must have at least one instance",
        ),
        (
            {"Instances": {"InstanceGroups": [group("MASTER", 2)]}},
            "Master instance group must have exactly 3 instances for HA clusters.",
        ),
        *(
            (
                {**version, "Instances": {"InstanceGroups": [group("MASTER", 3)]}},
                "A master instance group must specify a single instance",
            )
            for version in ({"ReleaseLabel": "emr-5.22.0"}, {"AmiVersion": "2.4.2"})
        ),
        (
            {"Instances": {"InstanceGroups": [MASTER, group("CORE"), group("CORE")]}},
            "Multiple core instance groups supplied, you can specify at most one core instance group",
        ),
        (
            {"ReleaseLabel": "emr-6.12.0", "Instances": {"InstanceFleets": [fleet("MASTER", 4)]}},
            "A master instance fleet can only have a target capacity of 1, or of 3 for HA clusters. "
            "Revise the configuration and resubmit.",
        ),
        (
            {"Instances": {"InstanceGroups": [MASTER, MASTER]}},
            "Multiple master instance groups supplied, you must specify exactly one master instance group",
        ),
        (
            {"Instances": {"InstanceGroups": [CORE]}},
            "Zero master instance groups supplied, you must specify exactly one master instance group",
        ),
        (
            {"Instances": {"InstanceGroups": [MASTER, TASK]}},
            "Clusters with task nodes must also define core nodes.",
        ),
        (
            {"Instances": {"InstanceGroups": [group("MASTER", BidPrice="0.1")]}},
            "Attempted to set bid price for on demand instance group.",
        ),
        *(
            ({"Instances": {"InstanceGroups": [group("MASTER", Market="SPOT", BidPrice=price)]}}, message)
            for price, message in (
                ("-0.1", "The bid price is negative or zero."),
                ("0", "The bid price is negative or zero."),
                ("cheap", "The bid price supplied for an instance group is invalid"),
                ("", "The bid price supplied for an instance group is invalid"),
                ("NaN", "The bid price supplied for an instance group is invalid"),
                ("Infinity", "The bid price supplied for an instance group is invalid"),
                ("1e999999999999999999999", "The bid price supplied for an instance group is invalid"),
                ("0.1234", "No more than 3 digits are allowed after decimal place in bid price"),
            )
        ),
        ({"AmiVersion": "9.1"}, "The supplied ami version is invalid."),
        ({"AmiVersion": "new"}, "The supplied ami version is invalid."),
        ({"ReleaseLabel": "emr-99"}, "The supplied release label is invalid: emr-99."),
        (
            {"AmiVersion": "2.4.2", "ReleaseLabel": "emr-4.0.0"},
            "Only one AMI version and release label may be specified. "
            "Provided AMI: 2.4.2, release label: emr-4.0.0.",
        ),
        (
            {"AmiVersion": "1.0", "JobFlowRole": "role"},
            "Job flow role is not compatible with the supplied AMI version",
        ),
        *(
            (
                {"AmiVersion": ami, "Instances": {**COUNT, "HadoopVersion": hadoop}},
                "The requested AMI version does not support the requested Hadoop version",
            )
            for ami, hadoop in (("2.4.2", "0.20"), ("1.0", "1.0.3"), ("3.1.0", "2.2.0"))
        ),
        *(
            (
                {"ReleaseLabel": RELEASE, **products},
                "Cannot specify supported products when release label is used. Specify applications instead.",
            )
            for products in (
                {"SupportedProducts": ["mapr-m3"]},
                {"NewSupportedProducts": [{"Name": "mapr-m3", "Args": ["--a"]}]},
            )
        ),
        *(
            (
                {"ReleaseLabel": label, "Applications": [{"Name": "Spark"}, {"Name": asked_for}]},
                f"The supplied application is invalid for release label {label}: {named}.",
            )
            for label, asked_for, named in (
                ("emr-7.0.0", "ganglia", "Ganglia"),
                ("emr-6.4.0", "PrestoSQL", "PrestoSQL"),
                ("emr-5.8.0", "livy", "Livy"),
                ("emr-spark-8.0.0", "Hadoop", "Hadoop"),
                (RELEASE, "Sparkle", "Sparkle"),
            )
        ),
        (
            {"AmiVersion": "2.4.2", "Applications": [{"Name": "Hive"}]},
            "Cannot specify applications when AMI version is used. "
            "Specify supported products or new supported products instead.",
        ),
        (
            {"AmiVersion": "2.4.2", "Configurations": [{"Classification": "core-site"}]},
            "Cannot specify configurations when AMI version is used.",
        ),
        ({"ReleaseLabel": "emr-5.6.1", "CustomAmiId": "ami-1"}, "Custom AMI is not allowed"),
        ({"AmiVersion": "2.4.2", "CustomAmiId": "ami-1"}, "Custom AMI is not allowed"),
        *(
            (
                {"ReleaseLabel": RELEASE, "Name": f"a {character} name"},
                "A cluster name must not contain any of < > $ | `.",
            )
            for character in "<>$|`"
        ),
        *(
            (
                {"AmiVersion": "3.1.0", "Instances": instances},
                "m1.small instance type is not supported with AMI version 3.1.0.",
            )
            for instances in (
                COUNT,
                {"InstanceCount": 2, "MasterInstanceType": "m1.large", "SlaveInstanceType": "m1.small"},
                {"InstanceGroups": [MASTER]},
            )
        ),
        *(
            ({"ReleaseLabel": RELEASE, "Instances": {"InstanceFleets": fleets}}, message)
            for fleets, message in (
                (
                    [fleet("MASTER", 2)],
                    "A master instance fleet can only have a target capacity of 1. "
                    "Revise the configuration and resubmit.",
                ),
                (
                    [fleet("MASTER", 1, 1)],
                    "A master instance fleet can only have a target capacity of 1. "
                    "Revise the configuration and resubmit.",
                ),
                (
                    [fleet("MASTER"), fleet("CORE", 0)],
                    "The instance fleet (null) should have a value of one or greater for either "
                    "targetOnDemandCapacity or targetSpotCapacity.",
                ),
                (
                    [fleet("MASTER"), fleet("TASK")],
                    "Clusters with task instance fleets must also define core instance fleets.",
                ),
                (
                    [fleet("CORE")],
                    NO_MASTER_FLEET,
                ),
                (
                    [],
                    NO_MASTER_FLEET,
                ),
                (
                    [fleet("MASTER"), fleet("CORE"), fleet("CORE")],
                    "A cluster can have only one core instance fleet.",
                ),
                (
                    [fleet("MASTER", InstanceTypeConfigs=[])],
                    "An instance fleet must have at least one instance type.",
                ),
                (
                    [fleet("MASTER"), fleet("CORE", 1000, 1000)],
                    "A cluster must not have more than 2000 instances.",
                ),
                (
                    [fleet("MASTER"), fleet("CORE", 2_000_000_000)],
                    "A cluster must not have more than 2000 instances.",
                ),
            )
        ),
        *(
            (
                {"ReleaseLabel": release, "Instances": {"InstanceFleets": [fleet("MASTER")]}},
                "Instance fleets are not available for the release.",
            )
            for release in ("emr-4.0.0", "emr-4.7.2", "emr-5.0.0", "emr-5.0.3")
        ),
        ({"Instances": {"InstanceGroups": [MASTER], "InstanceFleets": [fleet("MASTER")]}}, MIXED),
        (
            {"Instances": {"InstanceGroups": [MASTER, {**CORE, "AutoScalingPolicy": auto_scaling(3, 1)}]}},
            "MinCapacity must not be negative nor greater than MaxCapacity in an automatic scaling policy.",
        ),
        (
            {
                "Instances": {"InstanceGroups": [MASTER, {**CORE, "AutoScalingPolicy": auto_scaling()}]},
                "ManagedScalingPolicy": limits(1, 2),
            },
            "A cluster can have a managed scaling policy or automatic scaling policies, not both.",
        ),
        (
            {"ManagedScalingPolicy": limits(2, 1)},
            "Invalid configuration for managed scaling. "
            "The minimum capacity cannot be higher than max capacity",
        ),
        (
            {"ReleaseLabel": RELEASE, "SecurityConfiguration": "gone"},
            "Security configuration with name 'gone' does not exist.",
        ),
        (
            {"ReleaseLabel": RELEASE, "KerberosAttributes": {"Realm": "R", "KdcAdminPassword": "p"}},
            "KerberosAttributes can be specified only with a security configuration that enables Kerberos.",
        ),
        *(
            (
                {"Instances": {**instances, "Ec2SubnetIds": ["subnet-1", "subnet-2"]}},
                "Only one subnet may be specified for clusters configured with instance groups or instance "
                "count, master and slave instance type. Revise the configuration and resubmit.",
            )
            for instances in (
                {
                    "InstanceGroups": [
                        {"InstanceRole": "MASTER", "InstanceType": "m4.large", "InstanceCount": 1}
                    ]
                },
                {"InstanceCount": 1, "MasterInstanceType": "m4.large"},
            )
        ),
        (
            {"Instances": {"InstanceCount": 1, "Ec2SubnetId": "subnet-1", "Ec2SubnetIds": ["subnet-1"]}},
            "Specify either Ec2SubnetId or Ec2SubnetIds, not both.",
        ),
        *(
            (
                {**version, "StepConcurrencyLevel": 2},
                "Step concurrency above 1 is available in releases 5.28.0 and later.",
            )
            for version in ({"ReleaseLabel": "emr-5.27.1"}, {"AmiVersion": "2.4.2"})
        ),
        (
            {
                "Instances": {
                    "InstanceGroups": [
                        {
                            "InstanceRole": "MASTER",
                            "InstanceType": "m4.large",
                            "InstanceCount": 1,
                            "AutoScalingPolicy": AUTO_SCALING,
                        }
                    ]
                }
            },
            "An automatic scaling policy cannot be attached to a master instance group.",
        ),
        (
            {"ReleaseLabel": RELEASE, "AutoTerminationPolicy": {"IdleTimeout": 59}},
            "IdleTimeout must be between 60 and 604800 seconds.",
        ),
        (
            {"ReleaseLabel": "emr-5.29.0", "AutoTerminationPolicy": {"IdleTimeout": 60}},
            "Auto-termination is not available for this account when using this release of EMR.",
        ),
        ({"LogUri": "/tmp/logs"}, "The supplied log URI is invalid: /tmp/logs"),
        ({"LogUri": "s3://b/../../etc"}, "The supplied log URI is invalid: s3://b/../../etc"),
        (
            {"StepConcurrencyLevel": 0},
            "Invalid step concurrency level. Allowed level is from 1 to 256",
        ),
        (
            {"StepConcurrencyLevel": 257},
            "Invalid step concurrency level. Allowed level is from 1 to 256",
        ),
        (
            {"StepConcurrencyLevel": 2, "Steps": [command_step("true", on_failure="CANCEL_AND_WAIT")]},
            "Action on failure 'CANCEL_AND_WAIT' is invalid.",
        ),
        (
            {"Steps": [command_step("true")] * 257},
            "Maximum number of active steps(State = 'Running', 'Pending' or 'Cancel_Pending') "
            "for cluster exceeded.",
        ),
        (
            {"BootstrapActions": [{"Name": "b", "ScriptBootstrapAction": {"Path": "s3://b/x"}}] * 17},
            "The maximum number of bootstrap actions for a job flow is 16.",
        ),
        (
            {"Instances": {"InstanceGroups": [group("MASTER", Market="FREE")]}},
            "1 validation error detected: Value 'FREE' at 'instances.instanceGroups.1.member.market' failed "
            "to satisfy constraint: Member must satisfy enum value set: [ON_DEMAND, SPOT]",
        ),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_refused_call_starts_nothing(
    emrsim: Emulator, emr: Caller, params: dict[str, Any], message: str
) -> None:
    complete = {"Name": "n", "Instances": COUNT, **params}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "RunJobFlow", **complete)


@pytest.mark.parametrize(
    ("tag", "words"),
    [
        ({"Key": "", "Value": "v"}, "Invalid tag key: ''. Tag keys must be between 1 and 128 characters"),
        ({"Key": "k" * 129}, "Tag keys must be between 1 and 128 characters in length."),
        ({"Key": "k", "Value": "v" * 257}, "Tag values must be between 1 and 128 characters in length."),
    ],
)
def test_refused_tag_starts_nothing(emrsim: Emulator, emr: Caller, tag: dict[str, str], words: str) -> None:
    with pytest.raises(Refused, match=re.escape(words)):
        emr.run(Tags=[tag])

    assert snapshot(emrsim) == {}


@pytest.fixture
def strict_emrsim(tmp_path: Path) -> Iterator[Emulator]:
    with Emulator(tmp_path / "strict", strict=True) as emulator:
        yield emulator


ROLES = {"JobFlowRole": "EMR_EC2_DefaultRole", "ServiceRole": "EMR_DefaultRole"}


@pytest.mark.parametrize(
    ("params", "message"),
    [
        ({}, "InstanceProfile is required for creating cluster"),
        (
            {"ServiceRole": "role", "ReleaseLabel": RELEASE},
            "InstanceProfile is required for creating cluster",
        ),
        ({"JobFlowRole": "role", "ReleaseLabel": RELEASE}, "ServiceRole is required for creating cluster."),
        (
            ROLES,
            "Must specify exactly one of: release label, AMI version, or Hadoop version.",
        ),
    ],
)
def test_strict_emulator_refuses_what_todays_service_refuses(
    strict_emrsim: Emulator, protocol: str, params: dict[str, Any], message: str
) -> None:
    emr = Caller(strict_emrsim.port, protocol)

    refused_call_changes_nothing(
        strict_emrsim, emr, VALIDATION, message, "RunJobFlow", Name="n", Instances=COUNT, **params
    )


@pytest.mark.parametrize(
    ("version", "hadoop"), [({"ReleaseLabel": RELEASE}, {}), ({"AmiVersion": "2.4.2"}, {}), ({}, "1.0.3")]
)
def test_strict_emulator_takes_a_complete_request(
    strict_emrsim: Emulator, protocol: str, version: dict[str, str], hadoop: str
) -> None:
    instances = {**COUNT, "HadoopVersion": hadoop} if hadoop else COUNT

    assert Caller(strict_emrsim.port, protocol).run(Instances=instances, **ROLES, **version)


def test_fleets_come_up_with_the_cluster(emr: Caller, reach: Reach) -> None:
    fleets = [fleet("MASTER"), fleet("CORE", 3, 5, weight=2), fleet("TASK", 0, 1)]
    instances = {"InstanceFleets": fleets, "KeepJobFlowAliveWhenNoSteps": True}

    cluster = reach(emr.run(Instances=instances, ReleaseLabel=RELEASE), "WAITING")

    assert [one.requested_count for one in cluster.groups.values()] == [1, 5, 1]
    described = emr.call("DescribeCluster", ClusterId=cluster.id)["Cluster"]
    assert described["InstanceCollectionType"] == "INSTANCE_FLEET"


def test_all_types_of_a_fleet_may_weigh_differently(emr: Caller, reach: Reach) -> None:
    """The capacity is counted by the type that is bought: a heavier one beside it saves nothing."""
    types = [
        {"InstanceType": "m4.large", "WeightedCapacity": 1},
        {"InstanceType": "m4.16xlarge", "WeightedCapacity": 1_000_000_000},
    ]
    fleets = [fleet("MASTER"), fleet("CORE", 1_000_000_000, InstanceTypeConfigs=types)]

    with pytest.raises(Refused, match="more than 2000 instances"):
        emr.run(Instances={"InstanceFleets": fleets}, ReleaseLabel=RELEASE)


KEPT: dict[str, Any] = {
    "LogEncryptionKmsKeyId": "key",
    "ServiceRole": "service",
    "SecurityConfiguration": "security",
    "AutoScalingRole": "scaling",
    "ScaleDownBehavior": "TERMINATE_AT_TASK_COMPLETION",
    "CustomAmiId": "ami-1",
    "EbsRootVolumeSize": 20,
    "EbsRootVolumeIops": 3000,
    "EbsRootVolumeThroughput": 125,
    "RepoUpgradeOnBoot": "NONE",
    "OSReleaseLabel": "2.0.20230207.0",
    "ExtendedSupport": True,
    "StepConcurrencyLevel": 5,
    "VisibleToAllUsers": False,
}


def test_what_the_description_has_room_for_is_given_back(emr: Caller) -> None:
    emr.call("CreateSecurityConfiguration", Name="security", SecurityConfiguration="{}")
    cluster_id = emr.run(ReleaseLabel="emr-6.15.0", **KEPT)

    shown = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]

    assert {name: shown[name] for name in KEPT} == KEPT


def test_placement_groups_are_given_back(emr: Caller) -> None:
    wanted = [{"InstanceRole": "MASTER", "PlacementStrategy": "SPREAD"}]

    cluster_id = emr.run(ReleaseLabel=RELEASE, PlacementGroupConfigs=wanted)

    assert emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["PlacementGroups"] == wanted


NETWORK = {
    "Ec2KeyName": "key",
    "EmrManagedMasterSecurityGroup": "sg-1",
    "EmrManagedSlaveSecurityGroup": "sg-2",
    "ServiceAccessSecurityGroup": "sg-3",
    "AdditionalMasterSecurityGroups": ["sg-4", "sg-5"],
    "AdditionalSlaveSecurityGroups": ["sg-6"],
}


@pytest.mark.parametrize(
    ("given", "shown", "old"),
    [
        (NETWORK, NETWORK, {"Ec2KeyName": "key"}),
        ({}, {"Ec2AvailabilityZone": "us-east-1a"}, {"Placement": {"AvailabilityZone": "us-east-1a"}}),
        (
            {"Placement": {"AvailabilityZone": "us-east-1d"}},
            {"Ec2AvailabilityZone": "us-east-1d"},
            {"Placement": {"AvailabilityZone": "us-east-1d"}},
        ),
        (
            {"Placement": {"AvailabilityZones": ["us-east-1c", "us-east-1b"]}},
            {
                "Ec2AvailabilityZone": "us-east-1c",
                "RequestedEc2AvailabilityZones": ["us-east-1c", "us-east-1b"],
            },
            {},
        ),
        ({"Ec2SubnetId": "subnet-1"}, {"Ec2SubnetId": "subnet-1"}, {"Ec2SubnetId": "subnet-1"}),
        (
            {"Ec2SubnetIds": ["subnet-1"]},
            {"Ec2SubnetId": "subnet-1", "RequestedEc2SubnetIds": ["subnet-1"]},
            {"Ec2SubnetId": "subnet-1"},
        ),
    ],
)
def test_network_is_shown_in_both_descriptions(
    emr: Caller, given: dict[str, Any], shown: dict[str, Any], old: dict[str, Any]
) -> None:
    cluster_id = emr.run(Instances={**COUNT, **given})

    attributes = emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["Ec2InstanceAttributes"]
    (job_flow,) = emr.call("DescribeJobFlows", JobFlowIds=[cluster_id])["JobFlows"]

    assert {name: attributes.get(name) for name in shown} == shown
    assert {name: job_flow["Instances"].get(name) for name in old} == old


def test_runtime_role_is_given_back_by_its_steps(emr: Caller) -> None:
    role = "arn:aws:iam::123456789012:role/runtime"
    cluster_id = emr.run(ReleaseLabel=RELEASE, StepExecutionRoleArn=role, Steps=[long_step()])
    emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[long_step()], ExecutionRoleArn=f"{role}-2")

    newest_first = [step["Id"] for step in emr.call("ListSteps", ClusterId=cluster_id)["Steps"]]

    roles = [
        emr.call("DescribeStep", ClusterId=cluster_id, StepId=step_id)["Step"]["ExecutionRoleArn"]
        for step_id in newest_first
    ]
    assert roles == [f"{role}-2", role]


def test_logs_of_single_steps_elsewhere_are_not_built_and_refused(emrsim: Emulator, emr: Caller) -> None:
    monitoring = {"S3MonitoringConfiguration": {"LogUri": "s3://logs/step"}}
    step = {**command_step("true"), "StepMonitoringConfiguration": monitoring}

    with nothing_changes(emrsim), pytest.raises(Refused, match="StepMonitoringConfiguration") as refused:
        emr.run(Steps=[step])

    assert refused.value.status == 501


@pytest.mark.parametrize(
    ("configuration", "said"),
    [
        ({"Classification": "core-site", "Properties": {"a": "\x01"}}, "cannot be written"),
        (
            {
                "Classification": "hadoop-env",
                "Configurations": [{"Classification": "export", "Properties": {"A B": "c"}}],
            },
            "'A B' is no name of an environment variable",
        ),
    ],
)
def test_configurations_that_cannot_be_carried_out_are_refused(
    emrsim: Emulator, configuration: dict[str, Any], said: str
) -> None:
    with nothing_changes(emrsim), pytest.raises(Refused, match=said):
        Caller(emrsim.port, "json").run(ReleaseLabel="emr-5.36.0", Configurations=[configuration])
