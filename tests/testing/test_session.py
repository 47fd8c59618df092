"""`pytest --emrsim`: one emulator for a suite, found by clients that were made before any fixture."""

from __future__ import annotations

import pytest

from tests.test_pytest_plugin import QUICK

FUNCTION = """
import boto3

emr = boto3.client('emr', region_name='us-east-1', aws_access_key_id='of', aws_secret_access_key='mine')
s3 = boto3.client('s3', region_name='us-east-1', aws_access_key_id='of', aws_secret_access_key='mine')

STAYS = {'InstanceCount': 1, 'MasterInstanceType': 'm5.xlarge', 'KeepJobFlowAliveWhenNoSteps': True}


def start(name):
    return emr.run_job_flow(Name=name, ReleaseLabel='emr-6.15.0', Instances=STAYS)['JobFlowId']


def names():
    return [one['Name'] for one in emr.list_clusters()['Clusters']]
"""


@pytest.fixture(autouse=True)
def function(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    """Code whose clients are made when it is imported. Whoever reaches for AWS ends at a dead port."""
    pytester.makepyfile(function=FUNCTION)
    for name in ("HTTPS_PROXY", "HTTP_PROXY", "https_proxy", "http_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "of")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.parametrize("asks", ["option", "ini"])
def test_suite_without_fixtures_has_an_emulator_that_is_new_to_each_test(
    pytester: pytest.Pytester, asks: str
) -> None:
    if asks == "ini":
        pytester.makeini("[pytest]\nemrsim_session = true")
    pytester.makepyfile(
        """
        import os, subprocess, sys
        import boto3, pytest
        import function

        ADDRESS = os.environ["AWS_ENDPOINT_URL_EMR"]  # is there when the module is imported

        @pytest.mark.parametrize("n", [1, 2])
        def test_new(n):
            assert function.names() == []
            function.start("a")
            assert boto3.client("emr").list_clusters()["Clusters"][0]["Name"] == "a"
            function.s3.create_bucket(Bucket="mine")
            assert [one["Name"] for one in boto3.client("s3").list_buckets()["Buckets"]][-1] == "mine"

        def test_child():
            function.start("seen by a child")
            program = "import boto3; print(boto3.client('emr').list_clusters()['Clusters'][0]['Name'])"
            said = subprocess.check_output([sys.executable, "-W", "ignore", "-c", program], text=True)
            assert said.strip() == "seen by a child"

        def test_fixture_is_the_same_place(emrsim_server):
            assert emrsim_server.url == ADDRESS
            function.start("b")
            emrsim_server.assert_called_once("RunJobFlow", Name="b")
        """
    )

    ended = pytester.runpytest(*QUICK, *(["--emrsim"] if asks == "option" else []))

    ended.assert_outcomes(passed=4)


def test_environment_is_set_before_a_conftest_is_imported_and_restored_at_the_end(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    pytester.makeconftest("import os\nSEEN = os.environ['AWS_ENDPOINT_URL_EMR']\n")
    pytester.makepyfile(
        """
        import conftest, os, boto3
        def test_one():
            assert conftest.SEEN == os.environ["AWS_ENDPOINT_URL_EMR"]
            assert "AWS_ENDPOINT_URL" not in os.environ
            assert boto3.client("emr").meta.region_name == "eu-west-1"
        """
    )

    pytester.runpytest(*QUICK, "--emrsim").assert_outcomes(passed=1)

    import os

    assert "AWS_ENDPOINT_URL_EMR" not in os.environ
    assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-1"


def test_marked_test_and_the_fixture_have_their_own_emulator_at_the_same_address(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import os, pytest
        import function

        ADDRESS = os.environ["AWS_ENDPOINT_URL_EMR"]

        def test_fixture(emrsim, tmp_path):
            assert emrsim.url == ADDRESS
            assert emrsim.root == tmp_path / "s3"
            function.start("a")
            emrsim.assert_called_once("RunJobFlow", Name="a")

        @pytest.mark.emrsim(clock="manual")
        def test_marked():
            cluster = function.start("slow")
            state = function.emr.describe_cluster(ClusterId=cluster)["Cluster"]["Status"]["State"]
            assert state == "STARTING"

        def test_session_again():
            assert function.names() == []
            function.start("b")

        def test_both(emrsim, emrsim_server):
            assert emrsim.port != emrsim_server.port
            function.start("c")
            assert function.names() == ["c"]
        """
    )

    pytester.runpytest(*QUICK, "--emrsim").assert_outcomes(passed=4)


@pytest.mark.parametrize("asks", ["option", "ini"])
def test_each_process_of_xdist_has_its_own(pytester: pytest.Pytester, asks: str) -> None:
    if asks == "ini":
        pytester.makeini("[pytest]\nemrsim_session = true")
    pytester.makeconftest("import os\nSEEN = os.environ.get('AWS_ENDPOINT_URL_EMR')\n")
    pytester.makepyfile(
        """
        import conftest, os, pytest
        import function

        @pytest.mark.parametrize("n", range(8))
        def test_one(n):
            assert conftest.SEEN == os.environ["AWS_ENDPOINT_URL_EMR"]
            assert function.names() == []
            function.start(f"c{n}")
            assert function.names() == [f"c{n}"]
        """
    )

    ended = pytester.runpytest_subprocess(*QUICK, "-n", "2", *(["--emrsim"] if asks == "option" else []))

    ended.assert_outcomes(passed=8)


def test_call_that_would_leave_fails_the_test_even_where_the_code_catches_it(
    pytester: pytest.Pytester,
) -> None:
    pytester.makepyfile(
        """
        import boto3

        def code():
            client = boto3.client("s3", endpoint_url="https://minio.example.com", region_name="us-east-1")
            try:
                client.list_buckets()
            except Exception:
                pass

        def test_session():
            code()

        def test_after():
            pass
        """
    )

    ended = pytester.runpytest(*QUICK, "--emrsim")

    ended.assert_outcomes(passed=2, errors=1)
    ended.stdout.fnmatch_lines(
        ["*ListBuckets of a s3 client would leave this machine, to https://minio.example.com/:*"]
    )


def test_help_starts_nothing(pytester: pytest.Pytester) -> None:
    ended = pytester.runpytest(*QUICK, "--emrsim", "--help")

    ended.stdout.fnmatch_lines(["*--emrsim*Start one emulator*"])
