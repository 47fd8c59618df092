"""What the README shows is so."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.boto2 import emr_connection
from tests.state_diagram import PLACE, README, draw
from tests.waiting import wait_for_job_flow

TEXT = README.read_text()
PYTHON_BLOCKS = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
TESTS = [block for block in PYTHON_BLOCKS if block.startswith("# test_")]
PROGRAMS = [block for block in PYTHON_BLOCKS if block not in TESTS]
CONSOLE_BLOCKS = re.findall(r"```console\n(.*?)```", TEXT, re.DOTALL)
CURL = [block for block in CONSOLE_BLOCKS if block.startswith("curl")]


def test_the_state_diagram_is_drawn_from_the_table() -> None:
    found = PLACE.search(TEXT)

    assert found is not None
    assert found.group() == draw(), "run: python -m tests.state_diagram"


@pytest.mark.parametrize("program", PROGRAMS)
def test_programs_run_as_written(program: str, tmp_path: Path) -> None:
    """With the port of a running emulator in place of the usual one, and the environment of `emrsim env`."""
    with Emulator(tmp_path / "s3") as emulator:
        (tmp_path / "s3" / "my-bucket").mkdir()
        (tmp_path / "program.py").write_text(program.replace("4580", str(emulator.port)))
        env = f"{sys.executable} -m emrsim env --port {emulator.port}"
        shell = f'eval "$({env})"; exec {sys.executable} program.py'

        ended = subprocess.run(
            ["sh", "-c", shell], cwd=tmp_path, capture_output=True, text=True, env=_no_aws(), check=False
        )

        assert ended.returncode == 0, ended.stderr
        connection = emr_connection(emulator.host, emulator.port)
        for job_flow in connection.describe_jobflows():
            assert wait_for_job_flow(connection, job_flow.jobflowid).state == "COMPLETED"


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl, from the package of that name")
@pytest.mark.parametrize("commands", CURL)
def test_calls_with_curl_are_answered(commands: str, tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3") as emulator:
        job_flow_id = emr_connection(emulator.host, emulator.port).run_jobflow("waits", keep_alive=True)
        ended = subprocess.run(
            [
                "sh",
                "-ec",
                commands.replace("curl", "curl -sS --fail-with-body").replace("4580", str(emulator.port)),
            ],
            cwd=tmp_path,
            env={**os.environ, "JOB_FLOW": job_flow_id},
            capture_output=True,
            text=True,
            check=False,
        )

    assert ended.returncode == 0, ended.stdout + ended.stderr


@pytest.mark.parametrize("test", TESTS)
def test_tests_pass_as_written(test: str, tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text(test)

    ended = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stdout
    assert "1 passed" in ended.stdout


def test_the_changelog_is_there_and_the_license_is_apache() -> None:
    assert "## Unreleased" in README.with_name("CHANGELOG.md").read_text()
    assert "Apache License" in README.with_name("LICENSE").read_text()


def _no_aws() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "BOTO"))}
