"""RunJobFlow."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import fleet, kept_alive
from tests.support.calls import Caller, Refused
from tests.support.engines import command_step, long_step
from tests.support.refusals import VALIDATION, refused_call_changes_nothing
from tests.support.snapshots import snapshot

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
            "A master instance group must specify a single instance",
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


def test_cluster_of_fleets_has_them_instead_of_groups(emr: Caller, reach: Reach) -> None:
    fleets = [fleet("MASTER"), fleet("CORE", on_demand=1, spot=2)]
    cluster = reach(emr.run(ReleaseLabel="emr-5.36.0", Instances=kept_alive(fleets)), "WAITING")

    assert [one.request.role for one in cluster.groups.values()] == ["MASTER", "CORE"]
    described = emr.call("DescribeCluster", ClusterId=cluster.id)["Cluster"]
    assert described["InstanceCollectionType"] == "INSTANCE_FLEET"


@pytest.mark.parametrize(
    ("label", "fleets", "message"),
    [
        ("emr-4.0.0", [fleet("MASTER")], "Instance fleets are not available for the release."),
        (
            "emr-5.36.0",
            [fleet("CORE")],
            "No master instance fleets were supplied; you must specify exactly one master instance fleet. "
            "Revise the configuration and resubmit.",
        ),
        (
            "emr-5.36.0",
            [fleet("MASTER", on_demand=2)],
            "A master instance fleet can only have a target capacity of 1. "
            "Revise the configuration and resubmit.",
        ),
        (
            "emr-5.36.0",
            [fleet("MASTER"), fleet("TASK")],
            "Clusters with task instance fleets must also define core instance fleets.",
        ),
        (
            "emr-5.36.0",
            [fleet("MASTER"), fleet("CORE", on_demand=0)],
            "The instance fleet (null) should have a value of one or greater for either "
            "targetOnDemandCapacity or targetSpotCapacity.",
        ),
    ],
)
def test_refused_fleet_starts_nothing(
    emrsim: Emulator, emr: Caller, label: str, fleets: list[dict[str, Any]], message: str
) -> None:
    params = {"Name": "n", "ReleaseLabel": label, "Instances": {"InstanceFleets": fleets}}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "RunJobFlow", **params)


@pytest.mark.parametrize(
    ("params", "message"),
    [
        (
            {"AmiVersion": "2.4.2", "Applications": [{"Name": "Hive"}]},
            "Cannot specify applications when AMI version is used. "
            "Specify supported products or new supported products instead.",
        ),
        (
            {"AmiVersion": "2.4.2", "Configurations": [{"Classification": "core-site"}]},
            "Cannot specify configurations when AMI version is used.",
        ),
        (
            {"ReleaseLabel": "emr-5.36.0", "SupportedProducts": ["mapr-m3"]},
            "Cannot specify supported products when release label is used. Specify applications instead.",
        ),
        (
            {"AmiVersion": "1.0", "JobFlowRole": "EMR_EC2_DefaultRole"},
            "Job flow role is not compatible with the supplied AMI version",
        ),
        (
            {"ReleaseLabel": "emr-5.6.0", "CustomAmiId": "ami-1"},
            "Custom AMI is not allowed",
        ),
    ],
)
def test_parameters_of_another_era_are_refused(
    emrsim: Emulator, emr: Caller, params: dict[str, Any], message: str
) -> None:
    complete = {"Name": "n", "Instances": COUNT, **params}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "RunJobFlow", **complete)
