"""The AWS CLI as a process of its own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader

from emrsim import Emulator
from emrsim.api.table import OPERATIONS
from tests.clients.programs import Ended, client_environment, program_or_skip, run_program

RELEASE = ["--release-label", "emr-5.36.0"]
GROUPS = [
    "--instance-groups",
    "InstanceGroupType=MASTER,InstanceCount=1,InstanceType=m5.xlarge",
    "InstanceGroupType=CORE,InstanceCount=2,InstanceType=m5.xlarge",
]


class AwsCli:
    """`aws ARGUMENTS`, with the emulator as its AWS."""

    def __init__(self, program: str, emulator: Emulator, home: Path) -> None:
        self._program = program
        self._environment = client_environment(emulator, home)
        self.home = home
        _poll_quickly(home)

    def run(self, *arguments: str) -> Ended:
        """Run it, whatever it says."""
        return run_program([self._program, *arguments], self._environment, self.home)

    def __call__(self, *arguments: str) -> Any:
        """What it prints, read as JSON where it prints something; it has to succeed."""
        ended = self.run(*arguments)
        assert ended.code == 0, f"aws {' '.join(arguments)}: {ended.stdout}{ended.stderr}"
        return json.loads(ended.stdout) if ended.stdout.strip() else None

    def emr(self, *arguments: str) -> Any:
        """`aws emr ARGUMENTS`, read as JSON."""
        return self("emr", *arguments, "--output", "json")


def _poll_quickly(home: Path) -> None:
    """Let EMR's waiters look once a second, not twice a minute: the CLI reads changed models from there."""
    waiters = Loader(include_default_search_paths=True).load_service_model("emr", "waiters-2")
    for waiter in waiters["waiters"].values():
        waiter["delay"] = 1
    folder = home / ".aws" / "models" / "emr" / "2009-03-31"
    folder.mkdir(parents=True)
    (folder / "waiters-2.json").write_text(json.dumps(waiters))


@pytest.fixture
def aws(emrsim: Emulator, tmp_path: Path) -> AwsCli:
    home = tmp_path / "home"
    home.mkdir()
    return AwsCli(program_or_skip("EMRSIM_AWSCLI", "aws"), emrsim, home)


@pytest.fixture
def cluster(aws: AwsCli, emrsim: Emulator) -> str:
    """A cluster that stays."""
    (emrsim.root / "b").mkdir()
    (emrsim.root / "b" / "in").write_text("x\n")
    answer = aws.emr("create-cluster", "--name", "n", *RELEASE, *GROUPS, "--log-uri", "s3://b/logs")
    return str(answer["ClusterId"])


@pytest.fixture
def describe(aws: AwsCli, cluster: str) -> Callable[[], Any]:
    return lambda: aws.emr("describe-cluster", "--cluster-id", cluster)["Cluster"]


def streaming(name: str, mapper: str, output: str) -> str:
    arguments = f"-mapper,{mapper},-reducer,cat,-input,s3://b/in,-output,{output}"
    return f"Type=STREAMING,Name={name},ActionOnFailure=CONTINUE,Args=[{arguments}]"


def steps_of(aws: AwsCli, cluster_id: str) -> list[dict[str, Any]]:
    """The steps in the order they were added."""
    return list(reversed(aws.emr("list-steps", "--cluster-id", cluster_id)["Steps"]))


@pytest.mark.parametrize("version", [RELEASE, ["--ami-version", "3.11.0"]], ids=["release", "ami"])
def test_folder_goes_in_a_step_runs_over_it_and_output_comes_back(aws: AwsCli, version: list[str]) -> None:
    (aws.home / "texts").mkdir()
    (aws.home / "texts" / "one").write_text("to be or not\n")
    (aws.home / "texts" / "two").write_text("to be\n")
    (aws.home / "words.sh").write_text("#!/bin/sh\ntr ' ' '\\n'\n")
    step = (
        "Type=STREAMING,Name=count,Args=[-files,s3://data/words.sh,-mapper,words.sh,"
        "-reducer,uniq -c,-input,s3://data/texts,-output,s3://data/out]"
    )

    aws.run("s3", "mb", "s3://data")
    aws.run("s3", "sync", "texts", "s3://data/texts")
    aws.run("s3", "cp", "words.sh", "s3://data/words.sh")
    created = aws.emr(
        "create-cluster",
        *version,
        *GROUPS,
        "--auto-terminate",
        "--log-uri",
        "s3://data/logs",
        "--steps",
        step,
    )
    aws.emr("wait", "cluster-terminated", "--cluster-id", created["ClusterId"])
    aws.run("s3", "cp", "--recursive", "s3://data/out", "back")

    assert [one["Status"]["State"] for one in steps_of(aws, created["ClusterId"])] == ["COMPLETED"]
    lines = [line for part in (aws.home / "back").glob("part-*") for line in part.read_text().splitlines()]
    assert sorted(line.split() for line in lines) == [["1", "not"], ["1", "or"], ["2", "be"], ["2", "to"]]


def test_every_type_of_step_arrives_as_on_emr(aws: AwsCli, emrsim: Emulator) -> None:
    (emrsim.root / "b").mkdir()
    applications = ["--applications", "Name=Spark", "Name=Hive", "Name=Pig"]
    steps = [
        "Type=CUSTOM_JAR,Name=jar,ActionOnFailure=CONTINUE,Jar=s3://b/x.jar,MainClass=org.X,Args=a,b",
        "Type=SPARK,Name=spark,ActionOnFailure=CONTINUE,Args=[--class,org.X,s3://b/y.jar]",
        "Type=HIVE,Name=hive,ActionOnFailure=CONTINUE,Args=[-f,s3://b/q.hql]",
        "Type=PIG,Name=pig,ActionOnFailure=CONTINUE,Args=[-f,s3://b/q.pig]",
    ]

    created = aws.emr(
        "create-cluster", *RELEASE, *GROUPS, *applications, "--auto-terminate", "--steps", *steps
    )
    aws.emr("wait", "cluster-terminated", "--cluster-id", created["ClusterId"])

    found = steps_of(aws, created["ClusterId"])
    assert [(one["Name"], one["Config"]["Jar"], one["Config"]["Args"]) for one in found] == [
        ("jar", "s3://b/x.jar", ["a", "b"]),
        ("spark", "command-runner.jar", ["spark-submit", "--class", "org.X", "s3://b/y.jar"]),
        ("hive", "command-runner.jar", ["hive-script", "--run-hive-script", "--args", "-f", "s3://b/q.hql"]),
        ("pig", "command-runner.jar", ["pig-script", "--run-pig-script", "--args", "-f", "s3://b/q.pig"]),
    ]
    # None of their files is there.
    assert [one["Status"]["State"] for one in found] == ["FAILED"] * 4


def test_steps_are_added_and_waited_for(aws: AwsCli, cluster: str, emrsim: Emulator) -> None:
    good, bad = streaming("good", "cat", "s3://b/out"), streaming("bad", "false", "s3://b/bad")

    added = aws.emr("add-steps", "--cluster-id", cluster, "--steps", good, bad)["StepIds"]
    aws.emr("wait", "step-complete", "--cluster-id", cluster, "--step-id", added[0])
    failed = aws.run("emr", "wait", "step-complete", "--cluster-id", cluster, "--step-id", added[1])

    assert (emrsim.root / "b" / "out" / "_SUCCESS").exists()
    assert failed.code == 255
    assert "Waiter StepComplete failed" in failed.stderr
    described = aws.emr("describe-step", "--cluster-id", cluster, "--step-id", added[1])["Step"]
    assert described["Status"]["State"] == "FAILED"
    assert described["Status"]["FailureDetails"]["LogFile"].startswith(f"s3://b/logs/{cluster}/steps/")


@pytest.mark.skipif("CancelSteps" not in OPERATIONS, reason="CancelSteps is not implemented yet")
def test_steps_are_cancelled(aws: AwsCli, cluster: str) -> None:
    slow, next_one = streaming("slow", "sleep 600", "s3://b/slow"), streaming("next", "cat", "s3://b/next")
    added = aws.emr("add-steps", "--cluster-id", cluster, "--steps", slow, next_one)["StepIds"]

    answer = aws.emr("cancel-steps", "--cluster-id", cluster, "--step-ids", added[1])

    assert [info["Status"] for info in answer["CancelStepsInfoList"]] == ["SUBMITTED"]
    assert [one["Status"]["State"] for one in steps_of(aws, cluster)][1] == "CANCELLED"


def test_cluster_is_described_and_listed(aws: AwsCli, cluster: str, describe: Callable[[], Any]) -> None:
    aws.emr("wait", "cluster-running", "--cluster-id", cluster)

    found = describe()
    instances = aws.emr("list-instances", "--cluster-id", cluster)["Instances"]
    listed = aws.emr("list-clusters", "--active")["Clusters"]

    assert (found["Status"]["State"], found["ReleaseLabel"]) == ("WAITING", "emr-5.36.0")
    groups = {one["InstanceGroupType"]: one["RunningInstanceCount"] for one in found["InstanceGroups"]}
    assert groups == {"MASTER": 1, "CORE": 2}
    assert found["BootstrapActions"] == []
    assert {one["Status"]["State"] for one in instances} == {"RUNNING"}
    assert len(instances) == 3
    assert [one["Id"] for one in listed] == [cluster]


def test_cluster_is_changed(aws: AwsCli, cluster: str, describe: Callable[[], Any]) -> None:
    task = "InstanceGroupType=TASK,InstanceCount=1,InstanceType=m5.xlarge"

    aws.emr("add-tags", "--resource-id", cluster, "--tags", "team=red", "gone=1")
    aws.emr("remove-tags", "--resource-id", cluster, "--tag-keys", "gone")
    aws.emr("modify-cluster-attributes", "--cluster-id", cluster, "--termination-protected")
    aws.emr("modify-cluster-attributes", "--cluster-id", cluster, "--no-visible-to-all-users")
    added = aws.emr("add-instance-groups", "--cluster-id", cluster, "--instance-groups", task)
    group = added["InstanceGroupIds"][0]
    aws.emr("modify-instance-groups", "--instance-groups", f"InstanceGroupId={group},InstanceCount=3")

    found = describe()
    assert found["Tags"] == [{"Key": "team", "Value": "red"}]
    assert (found["TerminationProtected"], found["VisibleToAllUsers"]) == (True, False)
    counts = {one["Id"]: one["RequestedInstanceCount"] for one in found["InstanceGroups"]}
    assert counts[group] == 3


@pytest.mark.skipif("ModifyCluster" not in OPERATIONS, reason="ModifyCluster is not implemented yet")
def test_step_concurrency_is_changed(aws: AwsCli, cluster: str, describe: Callable[[], Any]) -> None:
    aws.emr("modify-cluster", "--cluster-id", cluster, "--step-concurrency-level", "5")

    assert describe()["StepConcurrencyLevel"] == 5


def test_cluster_is_terminated(aws: AwsCli, cluster: str, describe: Callable[[], Any]) -> None:
    aws.emr("modify-cluster-attributes", "--cluster-id", cluster, "--termination-protected")
    refused = aws.run("emr", "terminate-clusters", "--cluster-ids", cluster)
    aws.emr("modify-cluster-attributes", "--cluster-id", cluster, "--no-termination-protected")

    aws.emr("terminate-clusters", "--cluster-ids", cluster)
    aws.emr("wait", "cluster-terminated", "--cluster-id", cluster)

    assert refused.code == 255
    assert "ValidationException" in refused.stderr
    assert describe()["Status"]["StateChangeReason"]["Code"] == "USER_REQUEST"


def test_default_roles_are_found_and_used(aws: AwsCli) -> None:
    made = aws.emr("create-default-roles")

    created = aws.emr("create-cluster", *RELEASE, *GROUPS, "--use-default-roles", "--auto-terminate")
    found = aws.emr("describe-cluster", "--cluster-id", created["ClusterId"])["Cluster"]

    assert made == []  # they were there
    assert "service_role = EMR_DefaultRole" in (aws.home / ".aws" / "config").read_text()
    assert found["ServiceRole"] == "EMR_DefaultRole"
    assert found["Ec2InstanceAttributes"]["IamInstanceProfile"] == "EMR_EC2_DefaultRole"
