"""Terraform's resources of EMR: the provider itself where the machine has it, and the calls that it makes.

The calls follow hashicorp/terraform-provider-aws, internal/service/emr: what a resource reads after it was
applied has to be what was asked for, or the next plan is not empty.
"""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from emrsim import Emulator
from tests.clients.programs import client_environment, program_or_skip
from tests.support.policies import auto_scaling, limits
from tests.waiting import wait_until

CONFIGURATIONS = [{"Classification": "spark-defaults", "Properties": {"spark.ui.port": "4041"}}]
MASTER = {
    "InstanceRole": "MASTER",
    "InstanceType": "m5.xlarge",
    "InstanceCount": 1,
    "Name": "",
    "Market": "ON_DEMAND",
}
CORE = {**MASTER, "InstanceRole": "CORE", "InstanceCount": 2}


@pytest.fixture
def emr(emrsim: Emulator) -> Any:
    client = boto3.client(
        "emr",
        endpoint_url=emrsim.url,
        region_name="eu-west-1",
        aws_access_key_id="k",
        aws_secret_access_key="s",
    )
    yield client
    client.close()


def applied_cluster(emr: Any, **more: Any) -> str:
    """What `terraform apply` asks for, waited for as it waits."""
    cluster_id = emr.run_job_flow(
        Name="tf",
        ReleaseLabel="emr-6.15.0",
        Applications=[{"Name": "Spark"}, {"Name": "Hadoop"}],
        ServiceRole="EMR_DefaultRole",
        JobFlowRole="EMR_EC2_DefaultRole",
        VisibleToAllUsers=True,
        LogUri="s3://logs/tf/",
        Configurations=CONFIGURATIONS,
        Tags=[{"Key": "team", "Value": "data"}],
        **{
            "Instances": {
                "InstanceGroups": [MASTER, CORE],
                "KeepJobFlowAliveWhenNoSteps": True,
                "TerminationProtected": False,
                "Ec2SubnetId": "subnet-1",
            },
            **more,
        },
    )["JobFlowId"]
    wait_until(lambda: state(emr, cluster_id) == "WAITING")
    return str(cluster_id)


def state(emr: Any, cluster_id: str) -> str:
    return str(emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"])


def groups(emr: Any, cluster_id: str) -> dict[str, dict[str, Any]]:
    found = emr.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
    return {one["InstanceGroupType"]: one for one in found}


def test_cluster_reads_back_as_it_was_asked_for(emr: Any) -> None:
    cluster_id = applied_cluster(emr)

    cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]

    assert (
        cluster["LogUri"].replace("s3n://", "s3://") == "s3://logs/tf/"
    )  # the provider suppresses that much
    assert {one["Name"] for one in cluster["Applications"]} == {"Spark", "Hadoop"}
    assert cluster["Configurations"] == CONFIGURATIONS
    assert cluster["ClusterArn"].startswith("arn:aws:elasticmapreduce:eu-west-1:")
    assert cluster["ScaleDownBehavior"] == "TERMINATE_AT_TASK_COMPLETION"
    assert cluster["Ec2InstanceAttributes"]["Ec2SubnetId"] == "subnet-1"
    assert cluster["Tags"] == [{"Key": "team", "Value": "data"}]
    assert groups(emr, cluster_id)["CORE"]["RequestedInstanceCount"] == 2
    assert emr.list_bootstrap_actions(ClusterId=cluster_id)["BootstrapActions"] == []
    assert emr.list_steps(ClusterId=cluster_id)["Steps"] == []
    assert "AutoTerminationPolicy" not in emr.get_auto_termination_policy(ClusterId=cluster_id)
    with pytest.raises(ClientError, match="Instance fleets and instance groups are mutually exclusive"):
        emr.list_instance_fleets(ClusterId=cluster_id)


def test_updates_happen_in_place(emr: Any) -> None:
    cluster_id = applied_cluster(emr)
    core = groups(emr, cluster_id)["CORE"]["Id"]

    emr.set_termination_protection(JobFlowIds=[cluster_id], TerminationProtected=True)
    emr.set_visible_to_all_users(JobFlowIds=[cluster_id], VisibleToAllUsers=False)
    emr.modify_cluster(ClusterId=cluster_id, StepConcurrencyLevel=3)
    emr.put_auto_termination_policy(ClusterId=cluster_id, AutoTerminationPolicy={"IdleTimeout": 300})
    emr.remove_tags(ResourceId=cluster_id, TagKeys=["team"])
    emr.add_tags(ResourceId=cluster_id, Tags=[{"Key": "team", "Value": "web"}])
    emr.modify_instance_groups(InstanceGroups=[{"InstanceGroupId": core, "InstanceCount": 3}])
    wait_until(lambda: groups(emr, cluster_id)["CORE"]["Status"]["State"] == "RUNNING")

    cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    assert (cluster["TerminationProtected"], cluster["VisibleToAllUsers"]) == (True, False)
    assert (cluster["StepConcurrencyLevel"], cluster["Tags"]) == (3, [{"Key": "team", "Value": "web"}])
    assert emr.get_auto_termination_policy(ClusterId=cluster_id)["AutoTerminationPolicy"] == {
        "IdleTimeout": 300
    }
    assert groups(emr, cluster_id)["CORE"]["RunningInstanceCount"] == 3


def test_task_group_is_created_reconfigured_and_emptied(emr: Any) -> None:
    cluster_id = applied_cluster(emr)
    policy = auto_scaling()
    task = {**MASTER, "InstanceRole": "TASK", "Configurations": CONFIGURATIONS, "AutoScalingPolicy": policy}
    (group_id,) = emr.add_instance_groups(JobFlowId=cluster_id, InstanceGroups=[task])["InstanceGroupIds"]
    wait_until(lambda: groups(emr, cluster_id)["TASK"]["Status"]["State"] == "RUNNING")
    other = [{"Classification": "yarn-site", "Properties": {"a": "b"}}]

    change = {"InstanceGroupId": group_id, "InstanceCount": 2, "Configurations": other}
    emr.modify_instance_groups(InstanceGroups=[change])
    wait_until(lambda: groups(emr, cluster_id)["TASK"]["Status"]["State"] == "RUNNING")

    shown = groups(emr, cluster_id)["TASK"]
    alarm = shown["AutoScalingPolicy"]["Rules"][0]["Trigger"]["CloudWatchAlarmDefinition"]
    assert (shown["RequestedInstanceCount"], shown["Configurations"]) == (2, other)
    assert alarm["Dimensions"] == [{"Key": "JobFlowId", "Value": cluster_id}]  # which the provider takes out
    emr.modify_instance_groups(InstanceGroups=[{"InstanceGroupId": group_id, "InstanceCount": 0}])
    wait_until(lambda: groups(emr, cluster_id)["TASK"]["RunningInstanceCount"] == 0)


def test_policy_of_a_cluster_that_is_gone_is_not_found_as_the_provider_expects(emr: Any) -> None:
    cluster_id = applied_cluster(emr)
    emr.put_managed_scaling_policy(ClusterId=cluster_id, ManagedScalingPolicy=limits(1, 5))
    assert emr.get_managed_scaling_policy(ClusterId=cluster_id)["ManagedScalingPolicy"] == limits(1, 5)

    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    wait_until(lambda: state(emr, cluster_id) == "TERMINATED")

    for operation in (emr.get_managed_scaling_policy, emr.remove_managed_scaling_policy):
        with pytest.raises(ClientError) as caught:
            operation(ClusterId=cluster_id)
        assert caught.value.response["Error"]["Code"] == "ValidationException"
        assert caught.value.response["Error"]["Message"].startswith(
            "A job flow that is shutting down, terminated"
        )
    running = ["RUNNING", "BOOTSTRAPPING", "PROVISIONING", "AWAITING_FULFILLMENT"]
    assert emr.list_instances(ClusterId=cluster_id, InstanceStates=running)["Instances"] == []


def test_data_sources_find_releases_and_instance_types(emr: Any) -> None:
    filters = {"Application": "spark@2.1.0", "Prefix": "emr-5"}

    labels = emr.list_release_labels(Filters=filters)["ReleaseLabels"]

    assert labels == [f"emr-5.{minor}.{patch}" for minor, patches in ((5, 5), (4, 2), (3, 3)) for patch in
                      reversed(range(patches))]  # fmt: skip
    assert emr.list_supported_instance_types(ReleaseLabel="emr-6.15.0")["SupportedInstanceTypes"]


MODULE = """
terraform {{ required_providers {{ aws = {{ source = "hashicorp/aws" }} }} }}
variable "size" {{ default = 1 }}
provider "aws" {{
  region                      = "eu-west-1"
  access_key                  = "key"
  secret_key                  = "secret"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
  endpoints {{ emr = "{url}" }}
}}
resource "aws_emr_cluster" "it" {{
  name          = "tf"
  release_label = "emr-6.15.0"
  applications  = ["Spark", "Hadoop"]
  service_role  = "EMR_DefaultRole"
  ec2_attributes {{
    subnet_id        = "subnet-1"
    instance_profile = "EMR_EC2_DefaultRole"
  }}
  master_instance_group {{ instance_type = "m5.xlarge" }}
  core_instance_group {{
    instance_type  = "m5.xlarge"
    instance_count = var.size
  }}
}}
"""


@pytest.mark.timeout(900)
def test_terraform_applies_plans_empty_updates_and_destroys(emrsim: Emulator, tmp_path: Path) -> None:
    terraform = program_or_skip("EMRSIM_TERRAFORM", "terraform")
    mirror = os.environ.get("TF_CLI_CONFIG_FILE", "")
    if not Path(mirror).is_file():
        pytest.skip(
            "needs the provider hashicorp/aws in a local mirror, in the file that TF_CLI_CONFIG_FILE names"
        )
    (tmp_path / "main.tf").write_text(MODULE.format(url=emrsim.url))
    environment = {
        **client_environment(emrsim, tmp_path),
        "TF_CLI_CONFIG_FILE": mirror,
        "TF_IN_AUTOMATION": "1",
    }

    def run(*words: str) -> None:
        done = subprocess.run(
            [terraform, *words, "-no-color"],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"terraform {' '.join(words)}:\n{done.stdout}{done.stderr}"

    run("init", "-input=false")
    run("apply", "-auto-approve", "-input=false")
    run("plan", "-detailed-exitcode", "-input=false")  # 2 where the plan is not empty
    run("apply", "-auto-approve", "-input=false", "-var", "size=2")
    run("plan", "-detailed-exitcode", "-input=false", "-var", "size=2")
    run("destroy", "-auto-approve", "-input=false")

    (cluster,) = emrsim.running.state.clusters.values()
    assert cluster.is_ending
