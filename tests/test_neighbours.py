"""IAM, STS, EC2, SSM, CloudWatch and others beside EMR, over a real port."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from emrsim import Emulator
from emrsim.neighbours import SERVICES
from tests.support.calls import send

KEYS = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
FORM = "application/x-www-form-urlencoded"
CALLS = {
    "ec2": "describe_vpcs",
    "events": "list_rules",
    "iam": "list_roles",
    "logs": "describe_log_groups",
    "cloudwatch": "list_metrics",
    "sns": "list_topics",
    "sqs": "list_queues",
    "ssm": "describe_parameters",
    "sts": "get_caller_identity",
}


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One emulator for the tests of this file: moto takes seconds to load IAM's policies."""
    with Emulator(tmp_path_factory.mktemp("s3")) as emulator:
        yield emulator


def client(emulator: Emulator, service: str) -> Any:
    return boto3.client(service, endpoint_url=emulator.url, **KEYS)


@pytest.mark.parametrize("service", CALLS)
def test_boto3_is_answered(shared: Emulator, service: str) -> None:
    answer = getattr(client(shared, service), CALLS[service])()

    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200


def test_default_roles_are_there_with_their_policies(shared: Emulator) -> None:
    iam = client(shared, "iam")

    roles = {role["RoleName"]: role for role in iam.list_roles()["Roles"]}

    assert set(roles) >= {"EMR_DefaultRole", "EMR_EC2_DefaultRole", "EMR_AutoScaling_DefaultRole"}
    trust = roles["EMR_DefaultRole"]["AssumeRolePolicyDocument"]["Statement"][0]
    assert trust["Principal"] == {"Service": "elasticmapreduce.amazonaws.com"}
    attached = iam.list_attached_role_policies(RoleName="EMR_EC2_DefaultRole")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["AmazonElasticMapReduceforEC2Role"]
    profile = iam.get_instance_profile(InstanceProfileName="EMR_EC2_DefaultRole")["InstanceProfile"]
    assert [role["RoleName"] for role in profile["Roles"]] == ["EMR_EC2_DefaultRole"]


@pytest.mark.parametrize(
    ("version", "action", "answered"),
    [
        ("2010-05-08", "ListRoles", b"<ListRolesResult>"),
        ("2011-06-15", "GetCallerIdentity", b"<GetCallerIdentityResult>"),
        ("2016-11-15", "DescribeVpcs", b"<DescribeVpcsResponse"),
        ("2014-10-01", "DescribeVpcs", b"<DescribeVpcsResponse"),
        ("2009-03-31", "ListClusters", b"<ListClustersResult>"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_call_without_a_scope_goes_by_its_version(
    shared: Emulator, method: str, version: str, action: str, answered: bytes
) -> None:
    text = f"AWSAccessKeyId=key&Action={action}&SignatureVersion=2&Version={version}"

    if method == "GET":
        answer = send(shared.port, "GET", f"/?{text}")
    else:
        answer = send(shared.port, "POST", "/", text.encode(), {"Content-Type": FORM})

    assert answer.status == 200
    assert answered in answer.body


def test_operation_that_moto_does_not_have_is_answered_501(shared: Emulator) -> None:
    answer = send(shared.port, "POST", "/?Action=NoSuchThing&Version=2010-05-08")

    assert answer.status == 501
    assert b"moto cannot answer this call of iam" in answer.body


def test_new_emulator_begins_without_the_roles_of_the_last(tmp_path: Path) -> None:
    with Emulator(tmp_path / "one") as emulator:
        client(emulator, "ssm").put_parameter(Name="kept", Value="x", Type="String")
    with Emulator(tmp_path / "two") as emulator:
        assert client(emulator, "ssm").describe_parameters()["Parameters"] == []


def test_reset_leaves_the_default_roles_and_none_that_was_made(shared: Emulator) -> None:
    iam = client(shared, "iam")
    iam.create_role(RoleName="made", AssumeRolePolicyDocument="{}")

    shared.reset()

    roles = {role["RoleName"] for role in iam.list_roles()["Roles"]}
    assert "made" not in roles
    assert "EMR_DefaultRole" in roles


@pytest.fixture
def no_moto(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "moto.server", None)


@pytest.mark.usefixtures("no_moto")
@pytest.mark.parametrize("service", CALLS)
def test_without_moto_the_client_is_told_what_to_install(emrsim: Emulator, service: str) -> None:
    with pytest.raises(ClientError, match=r"pip install 'emrsim\[aws\]'") as caught:
        getattr(client(emrsim, service), CALLS[service])()

    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 501


def test_emr_and_s3_work_without_moto_being_loaded(tmp_path: Path) -> None:
    program = (
        "import sys, urllib.request as r; from emrsim import Emulator\n"
        f"with Emulator({str(tmp_path)!r}) as emulator:\n"
        "    r.urlopen(emulator.url + '/').read()\n"
        "    r.urlopen(emulator.url + '/?Action=ListClusters').read()\n"
        "print('moto' in sys.modules)"
    )

    ended = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert ended.stdout == "False\n"


def test_every_service_is_tested() -> None:
    assert set(CALLS) == {name if name != "monitoring" else "cloudwatch" for name in SERVICES}
