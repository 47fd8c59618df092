"""Python 2.7 with boto 2 drives the emulator, where it is on the machine."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from emrsim import Emulator
from tests.support.engines import COMMAND_JAR

# The life of a job flow, in the Python of 2010.
PROGRAM = r"""
from __future__ import print_function

import sys
import time

from boto.emr.connection import EmrConnection
from boto.emr.step import JarStep
from boto.exception import EmrResponseError
from boto.regioninfo import RegionInfo

region = RegionInfo(name="us-east-1", endpoint="127.0.0.1")
connection = EmrConnection("key", "secret", is_secure=False, port=int(sys.argv[1]), region=region)
step = JarStep(u"caf\xe9", sys.argv[2], action_on_failure="CONTINUE", step_args=["true"])
job_flow_id = connection.run_jobflow("from 2.7", keep_alive=True, steps=[step])


def wait_for(state):
    deadline = time.time() + 30
    while time.time() < deadline:
        job_flow = connection.describe_jobflow(job_flow_id)
        if job_flow.state == state:
            return job_flow
        time.sleep(0.02)
    sys.exit("not " + state)


job_flow = wait_for("WAITING")
step, = job_flow.steps
print(job_flow.state, repr(step.name), step.state, step.args[0].value)
connection.terminate_jobflow(job_flow_id)
print(wait_for("TERMINATED").laststatechangereason)
try:
    connection.describe_jobflow("j-NONE")
except EmrResponseError as error:
    print(error.status, error.error_code)
"""
HOW_TO = "no working Python 2.7: put python2.7 on the PATH or name one in EMRSIM_PYTHON27"


@cache
def python27() -> str | None:
    """A Python 2.7 that runs; a name on the PATH may be a stub that does not."""
    python = os.environ.get("EMRSIM_PYTHON27") or shutil.which("python2.7")
    if python is None:
        return None
    program = "import sys; sys.exit(sys.version_info[:2] != (2, 7))"
    return python if subprocess.run([python, "-c", program], capture_output=True).returncode == 0 else None


@pytest.fixture
def boto_folder(tmp_path: Path) -> Path:
    """A folder with boto and nothing else; boto is pure Python, of 2 and 3 at once."""
    spec = find_spec("boto")
    assert spec is not None
    assert spec.origin is not None
    folder = tmp_path / "only-boto"
    folder.mkdir()
    (folder / "boto").symlink_to(Path(spec.origin).parent)
    return folder


@pytest.mark.skipif(python27() is None, reason=HOW_TO)
def test_job_flow_lives_its_life_with_python_2(emrsim: Emulator, boto_folder: Path) -> None:
    python = python27()
    assert python is not None
    environment = {"PYTHONPATH": str(boto_folder), "PYTHONDONTWRITEBYTECODE": "1", "HOME": str(boto_folder)}

    done = subprocess.run(
        [python, "-c", PROGRAM, str(emrsim.port), COMMAND_JAR],
        env=environment,
        capture_output=True,
        text=True,
    )

    assert done.stdout.splitlines() == [
        "WAITING u'caf\\xe9' COMPLETED true",
        "Terminated by user request",
        "400 ValidationError",
    ], done.stderr
