"""`aws_environment`: code under test finds the emulator, and nothing stays behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import boto3
import pytest

from emrsim import Emulator
from emrsim.testing import aws_environment

MINE = {
    "AWS_PROFILE": "mine",
    "AWS_SESSION_TOKEN": "mine",
    "AWS_ENDPOINT_URL_EMR": "https://example.com",
    "AWS_ACCESS_KEY_ID": "mine",
    "no_proxy": "example.com",
}


def test_environment_is_what_it_was_afterwards(
    emrsim: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in MINE.items():
        monkeypatch.setenv(name, value)
    before = dict(os.environ)

    with aws_environment(emrsim, tmp_path / "boto.cfg") as variables:
        os.environ["AWS_SET_BY_THE_TEST"] = "1"
        assert {name: os.environ[name] for name in variables} == variables

    assert dict(os.environ) == before


def test_settings_of_the_user_do_not_lead_elsewhere(
    emrsim: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in MINE.items():
        monkeypatch.setenv(name, value)

    with aws_environment(emrsim, tmp_path / "boto.cfg"):
        client = boto3.client("emr")
        client.list_clusters()

    assert client.meta.endpoint_url == emrsim.url


def test_default_session_of_boto3_is_what_it_was(
    emrsim: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = boto3.Session(aws_access_key_id="mine", aws_secret_access_key="mine", region_name="eu-west-1")
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", mine)

    with aws_environment(emrsim, tmp_path / "boto.cfg"):
        boto3.client("s3").list_buckets()
        assert boto3.DEFAULT_SESSION is not mine

    assert boto3.DEFAULT_SESSION is mine


@pytest.mark.parametrize("imported", ["before", "within", "partly before"])
def test_boto_2_is_configured_as_before_afterwards(emrsim: Emulator, tmp_path: Path, imported: str) -> None:
    """In a process of its own: what matters is when boto is imported."""
    (tmp_path / "mine.cfg").write_text("[Credentials]\ns3_host = example.com\n[s3]\ncalling_format = mine\n")
    first = {"before": "import boto, boto.s3.connection", "within": "", "partly before": "import boto"}
    program = f"""
import emrsim.boto2
from types import SimpleNamespace
from pathlib import Path
from emrsim.testing import aws_environment
{first[imported]}
settings = SimpleNamespace(region="us-east-1")
running = SimpleNamespace(settings=settings)
emulator = SimpleNamespace(host={emrsim.host!r}, port={emrsim.port}, url={emrsim.url!r}, running=running)
with aws_environment(emulator, Path("boto.cfg")):
    import boto, boto.s3.connection
    boto.connect_s3().create_bucket("bucket")
    print(boto.connect_emr().describe_jobflows())
defaults = boto.s3.connection.S3Connection.__init__.__defaults__
print(boto.config.get("Credentials", "s3_host"), boto.s3.connection.S3Connection.DefaultCallingFormat)
print([one for one in defaults if "mine" in str(one) or "CallingFormat" in str(one)])
"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "BOTO"))}

    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", program],
        cwd=tmp_path,
        env={**environment, "BOTO_CONFIG": str(tmp_path / "mine.cfg")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines() == ["[]", "example.com mine", "['mine']"]
    assert (emrsim.root / "bucket").is_dir()
