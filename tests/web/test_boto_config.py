"""boto 2 reaches the emulator through a config file, with no change of code."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.client_config import boto_config

PROXY_CONFIG = """\
[Credentials]
aws_access_key_id = any
aws_secret_access_key = thing

[Boto]
proxy = 127.0.0.1
proxy_port = {port}
is_secure = False
num_retries = 0
"""


def run(program: str, config: Path) -> str:
    """What `program` prints, with boto reading that config file and no other."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "BOTO", "http"))
    }
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", f"import emrsim.boto2, boto\n{program}"],
        env={**environment, "BOTO_CONFIG": str(config), "HOME": str(config.parent)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.mark.parametrize(
    "connect",
    [
        "boto.connect_emr()",
        "__import__('boto.emr.connection').emr.connection.EmrConnection()",
        "__import__('boto.emr').emr.connect_to_region('us-east-1')",
        "__import__('boto.emr').emr.connect_to_region('eu-west-1')",
    ],
)
def test_every_way_to_connect_reaches_the_emulator(emrsim: Emulator, tmp_path: Path, connect: str) -> None:
    config = tmp_path / "boto.cfg"
    config.write_text(boto_config(emrsim.host, emrsim.port))

    job_flow_id = run(f"print({connect}.run_jobflow('from a config', keep_alive=True))", config)

    assert job_flow_id in emrsim.running.state.clusters


def test_s3_of_boto_2_reaches_the_same_port(emrsim: Emulator, tmp_path: Path) -> None:
    config = tmp_path / "boto.cfg"
    config.write_text(boto_config(emrsim.host, emrsim.port))
    (emrsim.root / "bucket").mkdir()
    (emrsim.root / "bucket" / "key").write_text("hello")

    program = "print(boto.connect_s3().get_bucket('bucket').get_key('key').get_contents_as_string().decode())"

    assert run(program, config) == "hello"


def test_boto_as_a_client_of_a_proxy_reaches_the_emulator(emrsim: Emulator, tmp_path: Path) -> None:
    config = tmp_path / "proxy.cfg"
    config.write_text(PROXY_CONFIG.format(port=emrsim.port))
    program = """
connection = boto.connect_emr()
job_flow_id = connection.run_jobflow('through a proxy', keep_alive=True)
print(job_flow_id, connection.describe_jobflow(job_flow_id).name)
"""

    job_flow_id, name = run(program, config).split(" ", 1)

    assert (job_flow_id in emrsim.running.state.clusters, name) == (True, "through a proxy")
