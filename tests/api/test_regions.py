"""Each region of AWS has clusters, names and account state of its own, in one emulator."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from emrsim import Emulator
from tests.two_protocols import query_client
from tests.waiting import wait_until

KEYS = {"aws_access_key_id": "emrsim", "aws_secret_access_key": "emrsim"}
INSTANCES = {"InstanceCount": 1, "MasterInstanceType": "m5.xlarge", "KeepJobFlowAliveWhenNoSteps": True}
InRegion = Callable[[str], Any]


@pytest.fixture(params=["json", "query"])
def emr(emrsim: Emulator, request: pytest.FixtureRequest) -> Iterator[InRegion]:
    """`emr(region)`: a client of EMR that signs for that region."""
    made = []

    def client(region: str) -> Any:
        if request.param == "query":
            made.append(query_client(emrsim, region))
        else:
            made.append(boto3.client("emr", endpoint_url=emrsim.url, region_name=region, **KEYS))
        return made[-1]

    yield client
    for one in made:
        one.close()


def run(client: Any, **params: Any) -> str:
    started = client.run_job_flow(Name="c", ReleaseLabel="emr-7.1.0", Instances=INSTANCES, **params)
    return str(started["JobFlowId"])


def test_cluster_is_known_in_its_region_only(emr: InRegion) -> None:
    ireland, virginia = emr("eu-west-1"), emr("us-east-1")
    theirs, ours = run(ireland), run(virginia)

    assert [one["Id"] for one in ireland.list_clusters()["Clusters"]] == [theirs]
    assert [one["JobFlowId"] for one in virginia.describe_job_flows()["JobFlows"]] == [ours]
    for call, params in (
        (virginia.describe_cluster, {"ClusterId": theirs}),
        (virginia.list_steps, {"ClusterId": theirs}),
        (virginia.terminate_job_flows, {"JobFlowIds": [ours, theirs]}),
        (virginia.add_tags, {"ResourceId": theirs, "Tags": [{"Key": "a", "Value": "b"}]}),
        (virginia.describe_job_flows, {"JobFlowIds": [theirs]}),
    ):
        with pytest.raises(ClientError, match="not valid"):
            call(**params)
    assert ireland.describe_cluster(ClusterId=theirs)["Cluster"]["Status"]["State"] != "TERMINATING"


def test_group_of_another_region_is_unknown(emr: InRegion) -> None:
    frankfurt, ohio = emr("eu-central-1"), emr("us-east-2")
    (group,) = frankfurt.list_instance_groups(ClusterId=run(frankfurt))["InstanceGroups"]

    with pytest.raises(ClientError, match="not valid"):
        ohio.modify_instance_groups(InstanceGroups=[{"InstanceGroupId": group["Id"], "InstanceCount": 1}])


@pytest.mark.parametrize(
    ("region", "partition", "public", "private"),
    [
        ("us-east-1", "aws", ".compute-1.amazonaws.com", ".ec2.internal"),
        (
            "ap-southeast-2",
            "aws",
            ".ap-southeast-2.compute.amazonaws.com",
            ".ap-southeast-2.compute.internal",
        ),
        (
            "us-gov-west-1",
            "aws-us-gov",
            ".us-gov-west-1.compute.amazonaws.com",
            ".us-gov-west-1.compute.internal",
        ),
        ("cn-north-1", "aws-cn", ".cn-north-1.compute.amazonaws.com.cn", ".cn-north-1.compute.internal"),
    ],
)
def test_names_are_those_of_the_region(
    emr: InRegion, region: str, partition: str, public: str, private: str
) -> None:
    client = emr(region)
    cluster_id = run(client)
    wait_until(lambda: _cluster(client, cluster_id)["Status"]["State"] == "WAITING")

    cluster = _cluster(client, cluster_id)
    (instance,) = client.list_instances(ClusterId=cluster_id)["Instances"]

    arn = f"arn:{partition}:elasticmapreduce:{region}:123456789012:cluster/{cluster_id}"
    assert cluster["ClusterArn"] == arn
    assert cluster["Ec2InstanceAttributes"]["Ec2AvailabilityZone"] == f"{region}a"
    assert cluster["MasterPublicDnsName"].endswith(public)
    assert instance["PublicDnsName"] == cluster["MasterPublicDnsName"]
    assert instance["PrivateDnsName"].endswith(private)


def _cluster(client: Any, cluster_id: str) -> Any:
    return client.describe_cluster(ClusterId=cluster_id)["Cluster"]


def test_account_has_its_own_state_in_each_region(emr: InRegion) -> None:
    paris, tokyo = emr("eu-west-3"), emr("ap-northeast-1")
    for client, document in ((paris, "{}"), (tokyo, '{"a": 1}')):
        client.create_security_configuration(Name="same name", SecurityConfiguration=document)
    access = {"BlockPublicSecurityGroupRules": False, "PermittedPublicSecurityGroupRuleRanges": []}
    paris.put_block_public_access_configuration(BlockPublicAccessConfiguration=access)

    found = tokyo.describe_security_configuration(Name="same name")["SecurityConfiguration"]
    kept = tokyo.get_block_public_access_configuration()["BlockPublicAccessConfiguration"]
    paris.delete_security_configuration(Name="same name")
    assert found == '{"a": 1}'
    assert kept["BlockPublicSecurityGroupRules"] is True
    assert len(tokyo.list_security_configurations()["SecurityConfigurations"]) == 1


def test_studio_is_known_in_its_region_only(emr: InRegion) -> None:
    montreal, mumbai = emr("ca-central-1"), emr("ap-south-1")
    made = montreal.create_studio(
        Name="s", AuthMode="IAM", VpcId="vpc-1", SubnetIds=["subnet-1"], ServiceRole="r",
        WorkspaceSecurityGroupId="sg-1", EngineSecurityGroupId="sg-2", DefaultS3Location="s3://b/",
    )  # fmt: skip

    assert ".ca-central-1." in made["Url"]
    assert mumbai.list_studios()["Studios"] == []
    with pytest.raises(ClientError, match="Studio does not exist"):
        mumbai.describe_studio(StudioId=made["StudioId"])


def test_region_that_is_none_means_the_default(emr: InRegion) -> None:
    local, virginia = emr("local"), emr("us-east-1")

    cluster_id = run(local)

    assert [one["Id"] for one in virginia.list_clusters()["Clusters"]] == [cluster_id]


def test_step_runs_in_the_region_of_its_cluster(
    emrsim: Emulator, emr: InRegion, finish: Callable[[str], Any]
) -> None:
    oregon = emr("us-west-2")
    script = "import os; print(os.environ['AWS_REGION'], os.environ['AWS_DEFAULT_REGION'])"
    step = {
        "Name": "s",
        "HadoopJarStep": {"Jar": "command-runner.jar", "Args": [sys.executable, "-c", script]},
    }
    cluster_id = run(oregon, Steps=[step])

    finish(cluster_id)

    (told,) = (emrsim.data / "clusters" / cluster_id).rglob("steps/*/stdout")
    assert told.read_text().split() == ["us-west-2", "us-west-2"]


def test_helpers_see_the_clusters_of_all_regions(emrsim: Emulator, emr: InRegion) -> None:
    ids = {run(emr(region)) for region in ("us-east-1", "eu-west-1", "us-west-1")}

    exported = {one["id"]: one["region"] for one in emrsim.export()["clusters"]}

    assert set(exported) == ids
    assert set(exported.values()) == {"us-east-1", "eu-west-1", "us-west-1"}


def test_seed_is_in_the_region_it_names(emrsim: Emulator, emr: InRegion) -> None:
    (there, here) = emrsim.seed(
        {"clusters": [{"state": "WAITING", "region": "eu-south-1"}, {"state": "WAITING"}]}
    )

    assert [one["Id"] for one in emr("eu-south-1").list_clusters()["Clusters"]] == [there]
    assert [one["Id"] for one in emr("us-east-1").list_clusters()["Clusters"]] == [here]


def test_seed_in_no_region_is_rejected(emrsim: Emulator) -> None:
    from emrsim.core.plain import PlainError

    with pytest.raises(PlainError, match=r"clusters\[0\]\.region: invalid region 'mars'"):
        emrsim.seed({"clusters": [{"state": "WAITING", "region": "mars"}]})


def test_form_of_regions_costs_no_import_of_botocore() -> None:
    script = "import emrsim.core.regions, sys; sys.exit('botocore' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
