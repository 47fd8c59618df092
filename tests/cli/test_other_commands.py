"""`emrsim env`, `logs`, `demo` and the help of all commands, as processes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.boto2 import emr_connection
from emrsim.core.ports import CannotRun, Command, Job
from tests.waiting import wait_for_job_flow

# isort: split
from boto.emr.step import StreamingStep

EMRSIM = (sys.executable, "-m", "emrsim")


def run(*command: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "BOTO"))}
    return subprocess.run(
        command,
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**clean, **environment},
    )


@pytest.mark.parametrize("command", ["serve", "env", "logs", "demo"])
def test_help_is_worth_reading(command: str, tmp_path: Path) -> None:
    ended = run(*EMRSIM, command, "--help", cwd=tmp_path)

    assert ended.returncode == 0
    assert len(ended.stdout.splitlines()) >= 8


def test_env_makes_unchanged_boto_code_find_the_emulator(tmp_path: Path) -> None:
    program = (
        "import emrsim.boto2, boto\n"
        "from boto.emr.connection import EmrConnection\n"
        "import boto.emr\n"
        "ids = [c.run_jobflow(name='n') for c in\n"
        "       (EmrConnection(), boto.connect_emr(), boto.emr.connect_to_region('us-east-1'))]\n"
        "bucket = boto.connect_s3().create_bucket('made-by-boto')\n"
        "bucket.new_key('k').set_contents_from_string('v')\n"
        "print(len(set(ids)))\n"
    )
    with Emulator(tmp_path / "s3") as emulator:
        shell = (
            f'eval "$({" ".join(EMRSIM)} env --port {emulator.port})"; exec {sys.executable} -c "$PROGRAM"'
        )

        ended = run("sh", "-c", shell, cwd=tmp_path, PROGRAM=program)

        assert ended.stdout == "3\n", ended.stderr
        assert len(emr_connection(emulator.host, emulator.port).describe_jobflows()) == 3
    assert (tmp_path / "s3" / "made-by-boto" / "k").read_text() == "v"
    assert "s3_port" in (tmp_path / "emrsim-boto.cfg").read_text()


def test_env_says_when_it_cannot_write(tmp_path: Path) -> None:
    ended = run(*EMRSIM, "env", "--file", "no/such/folder/boto.cfg", cwd=tmp_path)

    assert ended.returncode == 2
    assert "no/such/folder/boto.cfg" in ended.stderr


def test_logs_prints_the_four_files_of_each_step(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3") as emulator:
        bucket = tmp_path / "s3" / "bucket"
        bucket.mkdir()
        (bucket / "in").write_text("x\n")
        connection: Any = emr_connection(emulator.host, emulator.port)
        steps = [
            StreamingStep(name, "cat", reducer="cat", input="s3n://bucket/in", output=f"s3n://bucket/{name}")
            for name in ("one", "two")
        ]
        job_flow_id = connection.run_jobflow(name="n", steps=steps)
        wait_for_job_flow(connection, job_flow_id)
        step_ids = [step.id for step in reversed(connection.list_steps(job_flow_id).steps)]

    whole = run(*EMRSIM, "logs", job_flow_id, cwd=tmp_path)
    one = run(*EMRSIM, "logs", job_flow_id, step_ids[1], cwd=tmp_path)

    titles = [line for line in whole.stdout.splitlines() if line.startswith("==> ")]
    files = ("controller", "syslog", "stdout", "stderr")
    assert titles == [f"==> {step_id}/{name} <==" for step_id in step_ids for name in files]
    assert "INFO Ensure step 2 jar file" in one.stdout
    assert "INFO Ensure step 1 jar file" not in one.stdout


def test_logs_of_an_unknown_job_flow_are_an_error(tmp_path: Path) -> None:
    ended = run(*EMRSIM, "logs", "j-1", cwd=tmp_path)

    assert ended.returncode == 2
    assert "j-1" in ended.stderr


def test_the_demo_is_true_and_shows_states_and_output(tmp_path: Path) -> None:
    ended = run(*EMRSIM, "demo", cwd=tmp_path)

    assert ended.returncode == 0, ended.stderr
    assert "Everything was as the tutorial says." in ended.stdout
    for state in (
        "STARTING",
        "BOOTSTRAPPING",
        "RUNNING",
        "WAITING",
        "SHUTTING_DOWN",
        "COMPLETED",
        "TERMINATED",
    ):
        assert state in ended.stdout
    assert "| a\t" in ended.stdout


def test_the_demo_runs_against_an_emulator_elsewhere(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3") as emulator:
        ended = run(*EMRSIM, "demo", "--endpoint", emulator.url, cwd=tmp_path)

    assert ended.returncode == 0, ended.stderr


class _CannotRunJars:
    """An engine of a machine that cannot run jars."""

    def accepts(self, job: Job) -> bool:
        return job.jar.endswith("cloudburst.jar")

    def command(self, job: Job) -> Command:
        raise CannotRun("emrsim cannot run jars here: install Java")


def test_the_demo_says_so_where_a_step_cannot_run(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", engines=[_CannotRunJars()]) as emulator:
        ended = run(*EMRSIM, "demo", "--endpoint", emulator.url, cwd=tmp_path)

    assert ended.returncode == 3, ended.stderr
    assert "A step FAILED:\n  CloudBurst: " in ended.stderr
    assert "Everything was as the tutorial says" not in ended.stdout


def test_the_demo_fails_where_the_tutorial_is_not_true(tmp_path: Path) -> None:
    """A sample mapper of the user's own that counts otherwise makes the counts differ."""
    own = tmp_path / "s3" / "elasticmapreduce" / "samples" / "wordcount"
    (own / "input").mkdir(parents=True)
    (own / "input" / "0001").write_text("word\n")
    (own / "wordSplitter.py").write_text("#!/bin/sh\ncat >/dev/null; printf 'LongValueSum:word\\t2\\n'\n")
    with Emulator(tmp_path / "s3") as emulator:
        ended = run(*EMRSIM, "demo", "--endpoint", emulator.url, cwd=tmp_path)

    assert ended.returncode == 1
    assert "NOT TRUE" in ended.stderr


def test_the_demo_refuses_what_is_no_endpoint(tmp_path: Path) -> None:
    assert run(*EMRSIM, "demo", "--endpoint", "localhost", cwd=tmp_path).returncode == 2


def test_doctor_tells_what_can_run_and_what_would_enable_the_rest(tmp_path: Path) -> None:
    bare = {"PATH": "/nonexistent", "HOME": str(tmp_path)}

    ended = run(*EMRSIM, "doctor", cwd=tmp_path, **bare)

    assert ended.returncode == 0, ended.stderr
    findings = {line.split()[1]: line.split()[0] for line in ended.stdout.splitlines() if line[0] != " "}
    assert [findings[name] for name in ("streaming", "script", "s3-dist-cp")] == ["yes"] * 3
    assert findings["pig"] == "no"
    assert "install Apache Pig" in ended.stdout
    assert list(tmp_path.iterdir()) == []
