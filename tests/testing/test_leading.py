"""Clients that are aimed at AWS are led to the emulator of a test, whenever they were made."""

from __future__ import annotations

import unittest
from contextlib import suppress

import boto3
import pytest

from emrsim.testing import EmrTestCase
from tests.test_pytest_plugin import QUICK
from tests.testing.test_session import function

__all__ = ["function"]

OTHERS = """
import emrsim.boto2
import boto.emr, boto.s3.connection

old_emr = boto.emr.EmrConnection('of', 'mine')
old_s3 = boto.s3.connection.S3Connection('of', 'mine')
"""


def test_clients_made_at_import_reach_the_emulator_of_each_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest, function

        @pytest.mark.parametrize("n", [1, 2])
        def test_boto3(emrsim, aws_env, n):
            assert function.names() == []
            function.start("a")
            emrsim.assert_called_once("RunJobFlow", Name="a")
            function.s3.create_bucket(Bucket="my-bucket")
            function.s3.put_object(Bucket="my-bucket", Key="a b/c", Body=b"text")
            assert emrsim.read("s3://my-bucket/a b/c") == "text"
            assert function.s3.get_object(Bucket="my-bucket", Key="a b/c")["Body"].read() == b"text"
        """
    )

    pytester.runpytest(*QUICK).assert_outcomes(passed=2)


def test_connections_of_boto_2_made_at_import_reach_it(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(others=OTHERS)
    pytester.makepyfile(
        """
        import pytest, others

        @pytest.mark.parametrize("n", [1, 2])
        def test_boto2(emrsim, aws_env, n):
            assert others.old_emr.describe_jobflows() == []
            others.old_emr.run_jobflow("a", keep_alive=True)
            emrsim.assert_called_once("RunJobFlow", Name="a")
            others.old_s3.create_bucket("my-bucket").new_key("k").set_contents_from_string("text")
            assert emrsim.read("s3://my-bucket/k") == "text"
            assert [key.name for key in others.old_s3.get_bucket("my-bucket").list()] == ["k"]
        """
    )

    pytester.runpytest(*QUICK, "-W", "ignore").assert_outcomes(passed=2)


def test_client_without_credentials_is_led_too(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", "/dev/null")
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    pytester.makepyfile(
        """
        import boto3

        emr = boto3.session.Session().client("emr", region_name="us-east-1")

        def test_one(aws_env):
            assert emr.list_clusters()["Clusters"] == []
        """
    )

    pytester.runpytest(*QUICK).assert_outcomes(passed=1)


def test_presigned_url_of_an_aws_host_is_left_alone_and_region_of_the_client_stays(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import boto3, function

        def test_one(emrsim, aws_env):
            client = boto3.client("emr", region_name="ap-south-1")
            made = client.run_job_flow(Name="x", Instances=function.STAYS)
            assert made["ClusterArn"].split(":")[3] == "ap-south-1"
            url = function.s3.generate_presigned_url("get_object", Params={"Bucket": "b", "Key": "k"})
            assert "amazonaws.com" in url
        """
    )

    pytester.runpytest(*QUICK).assert_outcomes(passed=1)


def test_other_services_are_answered_by_the_tests_own_mock_or_by_moto(pytester: pytest.Pytester) -> None:
    pytest.importorskip("moto", reason="needs moto: pip install 'emrsim[aws]'")
    pytester.makepyfile(
        """
        import boto3, function
        from moto import mock_aws

        @mock_aws
        def test_own_mock(emrsim, aws_env):
            boto3.client("secretsmanager").create_secret(Name="db", SecretString="x")
            boto3.resource("dynamodb").create_table(
                TableName="t", BillingMode="PAY_PER_REQUEST",
                KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}])
            function.start("a")
            assert emrsim.calls(service="secretsmanager") == []
            emrsim.assert_called_once("RunJobFlow")

        def test_no_mock(emrsim, aws_env):
            boto3.client("sqs").create_queue(QueueName="q")
            boto3.client("sns").create_topic(Name="t")
            boto3.client("organizations").create_organization()
            boto3.client("events").list_rules()
            assert len(emrsim.calls(service="sqs")) == 1
        """
    )

    pytester.runpytest(*QUICK, "-W", "ignore").assert_outcomes(passed=2)


LEAKING = """
    import boto3, pytest, function

    def test_boto3({fixtures}):
        boto3.client("{service}", region_name="us-east-1", endpoint_url={url!r}).{call}()
"""


@pytest.mark.parametrize(
    ("fixtures", "service", "url", "call", "what"),
    [
        ("aws_env", "emr", "https://emr.example.com", "list_clusters", "ListClusters of a emr client"),
        ("aws_env", "s3control", None, "list_access_points", "ListAccessPoints of a s3control client"),
        ("emrsim", "emr", None, "list_clusters", "ListClusters of a emr client would leave"),
        ("emrsim", "dynamodb", None, "list_tables", "ListTables of a dynamodb client would leave"),
    ],
)
def test_call_that_would_leave_fails_the_test_and_names_the_client(
    pytester: pytest.Pytester, fixtures: str, service: str, url: str | None, call: str, what: str
) -> None:
    call_with = "list_access_points(AccountId='123456789012') or str" if service == "s3control" else call
    pytester.makepyfile(LEAKING.format(fixtures=fixtures, service=service, url=url, call=call_with))

    ended = pytester.runpytest(*QUICK)

    ended.assert_outcomes(failed=1)
    ended.stdout.fnmatch_lines([f"*Leak: {what}*"])


@pytest.mark.parametrize("how", ["marker", "ini"])
def test_leaks_may_be_allowed(pytester: pytest.Pytester, how: str) -> None:
    if how == "ini":
        pytester.makeini("[pytest]\nemrsim_leaks = allow")
    pytester.makepyfile(
        f"""
        import boto3, pytest
        from botocore.exceptions import EndpointConnectionError, ProxyConnectionError

        {'@pytest.mark.emrsim(leaks="allow")' if how == "marker" else ""}
        def test_one(emrsim, aws_env):
            elsewhere = boto3.client("emr", endpoint_url="https://emr.example.com")
            with pytest.raises((ProxyConnectionError, EndpointConnectionError)):
                elsewhere.list_clusters()
        """
    )

    pytester.runpytest(*QUICK).assert_outcomes(passed=1)


def test_wrong_word_for_leaks_is_an_error(pytester: pytest.Pytester) -> None:
    pytester.makeini("[pytest]\nemrsim_leaks = alow")
    pytester.makepyfile("def test_nothing(): pass")

    pytester.runpytest(*QUICK).stderr.fnmatch_lines(
        ["*emrsim_leaks: unknown value 'alow': did you mean 'allow'[?]*"]
    )


def test_clients_are_as_before_after_the_fixture(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import pytest, function
        from botocore.endpoint import Endpoint
        from botocore.exceptions import ProxyConnectionError

        SEND = Endpoint._send

        def test_led(aws_env):
            assert function.names() == []
            assert Endpoint._send is not SEND

        def test_after():
            assert Endpoint._send is SEND
            with pytest.raises(ProxyConnectionError):  # the proxy is a dead end
                function.names()
        """
    )

    pytester.runpytest(*QUICK).assert_outcomes(passed=2)


def test_client_that_is_kept_works_in_the_next_test(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(
        """
        import functools, boto3, pytest

        @functools.cache
        def emr():
            return boto3.client("emr")

        @pytest.mark.parametrize("n", [1, 2, 3])
        def test_one(aws_env, n):
            assert emr().list_clusters()["Clusters"] == []
            emr().run_job_flow(Name="a", Instances={"InstanceCount": 1, "MasterInstanceType": "m5.xlarge"})
        """
    )

    pytester.runpytest(*QUICK).assert_outcomes(passed=3)


def test_unittest_leads_clients_and_fails_for_leaks_too() -> None:
    client = boto3.client("emr", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    leaking = boto3.client("emr", region_name="us-east-1", endpoint_url="https://emr.example.com")

    class Case(EmrTestCase):
        def test_led(self) -> None:
            self.use_aws_environment()
            assert client.list_clusters()["Clusters"] == []

        def test_leaking(self) -> None:
            self.use_aws_environment()
            with suppress(Exception):
                leaking.list_clusters()

    result = unittest.TestResult()
    Case("test_led").run(result)
    assert result.wasSuccessful()
    Case("test_leaking").run(result)
    assert "ListClusters of a emr client would leave" in result.failures[0][1]
