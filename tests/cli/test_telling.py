"""What `emrsim serve` prints of what happens, `emrsim logs --follow` and `--all`, and `emrsim open`."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.support.servers import Server, running, start_cluster, step

_BROKEN = "import sys; sys.stdin.read(); int('x')"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    path = tmp_path / "s3"
    (path / "b").mkdir(parents=True)
    (path / "b" / "in").write_text("a\n")
    (path / "b" / "broken.py").write_text(f"#!/usr/bin/env python3\n{_BROKEN}\n")
    return path


def _broken_step() -> dict[str, Any]:
    words = [
        "-files",
        "s3://b/broken.py",
        "-mapper",
        "broken.py",
        "-input",
        "s3://b/in",
        "-output",
        "s3://b/out",
    ]
    return step("broken", "hadoop-streaming", *words)


def _lines(server: Server) -> Iterator[dict[str, Any]]:
    assert server.process.stdout is not None
    for line in server.process.stdout:
        yield json.loads(line)


def test_each_state_is_a_line_with_the_reason_and_the_traceback_of_a_failure(root: Path) -> None:
    with running(root, "--log-format", "json") as server:
        cluster_id = start_cluster(server.client("emr"), _broken_step(), keep_alive=False)
        told = []
        for line in _lines(server):
            told.append(line)
            if line["state"] in {"TERMINATED", "TERMINATED_WITH_ERRORS"}:
                break

    states = [(line.get("step_name", "cluster"), line["state"]) for line in told]
    assert states[0] == ("cluster", "STARTING")
    assert ("broken", "RUNNING") in states
    failed = next(line for line in told if line["state"] == "FAILED")
    assert failed["cluster"] == cluster_id
    assert "ValueError: invalid literal" in failed["reason"]
    assert "Traceback" in Path(failed["traceback"]).read_text()


def test_server_whose_output_is_read_by_a_program_tells_only_when_asked(root: Path) -> None:
    with running(root) as server:
        emr = server.client("emr")
        start_cluster(emr, step("fine", "true"), keep_alive=False)
        server.process.terminate()
        assert server.process.stdout is not None
        rest = server.process.stdout.read()

    assert rest == ""


def test_requests_are_told_with_the_access_log(root: Path) -> None:
    with running(root, "--access-log", "--log-format", "json", "--quiet") as server:
        with pytest.raises(Exception, match="j-NOTHING"):
            server.client("emr").describe_cluster(ClusterId="j-NOTHING")
        told = next(_lines(server))

    assert (told["request"], told["status"]) == ("DescribeCluster", 400)


@pytest.mark.parametrize(("options", "is_told"), [([], True), (["--quiet"], False)])
def test_terminal_gets_the_console_and_a_line_for_each_state(
    root: Path, options: list[str], is_told: bool
) -> None:
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "emrsim", "serve", "--port", "0", "--root", str(root), *options]
    with subprocess.Popen(command, stdout=theirs, cwd=root.parent) as process:
        os.close(theirs)
        text = ""
        while "\n" not in text:
            text += os.read(ours, 4096).decode()
        url = text.split()[3]
        emr = boto3.client(
            "emr", endpoint_url=url, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
        )
        cluster_id = start_cluster(emr, step("fine", "true"), keep_alive=False)
        emr.get_waiter("cluster_terminated").wait(ClusterId=cluster_id, WaiterConfig={"Delay": 1})
        process.terminate()
        text += _rest(ours)
    os.close(ours)

    assert (f"See what the clusters do: {url}/" in text) == is_told
    assert (f"{cluster_id}  step" in text and "'fine' COMPLETED" in text) == is_told


def _rest(terminal: int) -> str:
    """What is printed until nobody holds the other end any more."""
    text = ""
    try:
        while piece := os.read(terminal, 4096):
            text += piece.decode()
    except OSError:  # EIO: how Linux says so
        return text
    return text


def _emrsim(*words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "emrsim", *words],
        cwd=cwd,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_logs_begin_with_what_the_failed_task_wrote(root: Path) -> None:
    with running(root) as server:
        emr = server.client("emr")
        cluster_id = start_cluster(emr, step("fine", "true"), _broken_step(), keep_alive=False)
        emr.get_waiter("cluster_terminated").wait(ClusterId=cluster_id, WaiterConfig={"Delay": 1})

        usual = _emrsim("logs", cluster_id, cwd=root.parent).stdout
        everything = _emrsim("logs", cluster_id, "--all", cwd=root.parent).stdout

    assert usual.splitlines()[1].startswith("Traceback")
    assert "_m_000000_0/syslog" not in usual
    assert "_m_000000_0/syslog" in everything


def test_logs_follow_a_step_to_its_end(root: Path) -> None:
    with running(root) as server:
        emr = server.client("emr")
        words = f"echo first; while [ ! -e {root}/go ]; do sleep 0.05; done; echo last"
        cluster_id = start_cluster(emr, step("slow", "bash", "-c", words))
        emr_id = emr.list_steps(ClusterId=cluster_id)["Steps"][0]["Id"]
        while not (root / ".emrsim" / "clusters" / cluster_id / "steps" / emr_id / "controller").exists():
            emr.describe_step(ClusterId=cluster_id, StepId=emr_id)
        command = [sys.executable, "-m", "emrsim", "logs", cluster_id, "--follow"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root.parent) as process:
            assert process.stdout is not None
            seen = next(line for line in process.stdout if line == "first\n")
            (root / "go").touch()
            rest = process.stdout.read()

    assert seen == "first\n"
    assert "\nlast\n" in f"\n{rest}"
    assert process.returncode == 0


def test_open_prints_the_address_of_the_console(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER", "true")
    with running(root) as server:
        console = _emrsim("open", "--endpoint", server.url, cwd=root.parent)
        cluster = _emrsim("open", "j-1", "--endpoint", server.url, cwd=root.parent)
    nobody = _emrsim("open", "--endpoint", server.url, cwd=root.parent)

    assert console.stdout == f"{server.url}/_emrsim/\n"
    assert cluster.stdout == f"{server.url}/_emrsim/console/clusters/j-1\n"
    assert nobody.returncode == 1
    assert "emrsim serve" in nobody.stderr
