"""`emrsim serve`, as a process."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

import pytest

from emrsim.boto2 import emr_connection
from tests.support.calls import Caller, Refused
from tests.waiting import wait_for_job_flow

EMRSIM = (sys.executable, "-m", "emrsim")


@contextmanager
def serving(*options: str) -> Iterator[tuple[subprocess.Popen[str], list[str]]]:
    """A running `emrsim serve --port 0` and the first lines it printed."""
    command = [*EMRSIM, "serve", "--port", "0", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield process, [process.stdout.readline() for _ in range(5)]
        finally:
            process.kill()


def refused(*options: str, cwd: Path) -> str:
    """What `emrsim serve` says on stderr when it exits with 2."""
    ended = subprocess.run(
        [*EMRSIM, "serve", *options], cwd=cwd, capture_output=True, text=True, timeout=60, check=False
    )
    assert ended.returncode == 2
    assert ended.stdout == ""
    return ended.stderr


def test_the_first_line_has_the_address_and_the_rest_points_clients_at_it(tmp_path: Path) -> None:
    with serving("--root", str(tmp_path / "s3")) as (_, lines):
        first, *others = lines
        prefix = "emrsim listening on http://127.0.0.1:"
        assert first.startswith(prefix)
        port = int(first.removeprefix(prefix))
        text = "".join(others)
        assert "EmrConnection(" in text
        assert "boto3.client('emr'" in text
        assert text.count(str(port)) >= 3


def test_health_answers_json(tmp_path: Path) -> None:
    with (
        serving("--root", str(tmp_path / "s3")) as (_, lines),
        urlopen(lines[0].split()[-1] + "/_emrsim/health") as answer,
    ):
        health = json.load(answer)

    assert health["status"] == "ok"
    assert health["clusters"] == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_with_0(tmp_path: Path, number: signal.Signals) -> None:
    with serving("--root", str(tmp_path / "s3")) as (process, _):
        process.send_signal(number)

        assert process.wait(timeout=30) == 0


def test_a_port_in_use_is_one_clear_line(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])

        said = refused("--port", port, cwd=tmp_path)

    assert said.count("\n") == 1
    assert port in said
    assert "in use" in said


def test_an_unusable_root_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    said = refused("--root", "file/s3", "--port", "0", cwd=tmp_path)

    assert said.count("\n") == 1
    assert "file/s3" in said


@pytest.mark.parametrize("options", [("--port", "x"), ("--slots", "0"), ("--no-such-option",)])
def test_a_bad_option_is_said(tmp_path: Path, options: tuple[str, ...]) -> None:
    assert options[0] in refused(*options, cwd=tmp_path)


def test_boot_seconds_hold_a_job_flow_in_starting(tmp_path: Path) -> None:
    with serving("--root", str(tmp_path / "s3"), "--boot-seconds", "3600") as (_, lines):
        connection = emr_connection("127.0.0.1", int(lines[0].rsplit(":", 1)[1]))

        job_flow_id = connection.run_jobflow(name="n", keep_alive=True)

        assert wait_for_job_flow(connection, job_flow_id, "STARTING").state == "STARTING"


def test_strict_emulator_wants_roles(tmp_path: Path) -> None:
    with serving("--root", str(tmp_path / "s3"), "--strict") as (_, lines):
        emr = Caller(int(lines[0].rpartition(":")[2]), "json")

        with pytest.raises(Refused, match="InstanceProfile is required for creating cluster"):
            emr.run()


def test_session_is_recorded_as_it_goes_on(tmp_path: Path) -> None:
    program = tmp_path / "session.py"
    with serving("--root", str(tmp_path / "s3"), "--record", str(program)) as (_, lines):
        Caller(int(lines[0].rpartition(":")[2]), "query").run(Name="mine")
        assert "answer = emr.run_job_flow(Name='mine'" in program.read_text()


def test_recording_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    said = refused("--port", "0", "--record", str(tmp_path / "missing" / "session.py"), cwd=tmp_path)

    assert "session.py cannot be written: No such file or directory" in said


@pytest.mark.parametrize("host", ["0.0.0.0", "127.0.0.1"])
def test_listening_for_other_machines_is_warned_of(tmp_path: Path, host: str) -> None:
    command = [*EMRSIM, "serve", "--port", "0", "--host", host, "--root", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        first = process.stdout.readline()
        process.stdout.readline()
        process.send_signal(signal.SIGTERM)
        said = process.stderr.read()

    assert first.startswith("emrsim listening on http://127.0.0.1:")
    if host == "127.0.0.1":
        assert said == ""
    else:
        assert first.endswith(" and all other addresses of this machine (0.0.0.0)\n")
        assert "--host 0.0.0.0 lets anyone who reaches this machine over the network run programs" in said
        assert "--require-auth" in said


def test_client_that_speaks_tls_is_told_of_once(tmp_path: Path) -> None:
    command = [*EMRSIM, "serve", "--port", "0", "--root", str(tmp_path / "s3")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        url = process.stdout.readline().split()[-1]
        for _ in range(2):
            with pytest.raises(OSError):  # noqa: PT011  an SSLError, or a connection that is reset
                urlopen(url.replace("http:", "https:"), timeout=10)
        process.send_signal(signal.SIGINT)
        said = process.stderr.read()

    assert said == f"emrsim: a client speaks TLS to {url}: use http:// (with boto 2 is_secure=False)\n"


def test_answers_for_waiters_of_botocore_are_held_and_no_others(tmp_path: Path) -> None:
    import boto3

    with serving("--root", str(tmp_path / "s3"), "--clock", "real", "--boot-seconds", "1") as (_, lines):
        emr = boto3.client(
            "emr",
            endpoint_url=lines[0].split()[-1],
            region_name="us-east-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        stays = {"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True, "MasterInstanceType": "m1.small"}
        made = emr.run_job_flow(Name="n", Instances=stays)["JobFlowId"]

        assert emr.describe_cluster(ClusterId=made)["Cluster"]["Status"]["State"] == "STARTING"
        emr.get_waiter("cluster_running").wait(ClusterId=made, WaiterConfig={"MaxAttempts": 1})
