"""pip in a cluster: it installs for the cluster, sees the user's packages, and leaves those alone."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from emrsim import Emulator
from tests.service.test_steps_on_the_master import Run, bootstrap, command, put

WHEEL = "of_a_job-1.0-py3-none-any.whl"


@pytest.fixture
def wheel(emrsim: Emulator, tmp_path: Path) -> str:
    """The URI of a wheel with a module `of_a_job`."""
    path = tmp_path / WHEEL
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("of_a_job.py", "WORD = 'installed'\n")
        archive.writestr(
            "of_a_job-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: of-a-job\nVersion: 1.0\n"
        )
        archive.writestr(
            "of_a_job-1.0.dist-info/WHEEL",
            "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        archive.writestr("of_a_job-1.0.dist-info/RECORD", "")
    return put(emrsim, WHEEL, path.read_bytes())


@pytest.mark.parametrize(
    "line",
    [
        "sudo python3 -m pip install --no-index",
        "sudo pip3 install --no-index --user",
        "pip install --no-index -q",
        "/usr/bin/pip3 install --no-index",
        "sudo -H /usr/bin/python3 -m pip install --no-index",
    ],
)
def test_what_a_bootstrap_action_installs_is_the_clusters(emrsim: Emulator, wheel: str, line: str) -> None:
    script = f"#!/bin/bash -e\nhadoop fs -get {wheel} .\n{line} ./{WHEEL}\n"
    see = "import of_a_job, flask; print(of_a_job.WORD, of_a_job.__file__)"

    run = Run(
        emrsim, command("python3", "-c", see), BootstrapActions=[bootstrap(put(emrsim, "install.sh", script))]
    )

    assert run.state == "COMPLETED", (run.wrote("stderr"), run.cluster.reason)
    assert run.wrote().startswith(f"installed {run.folder}")
    mine = subprocess.run([sys.executable, "-c", "import of_a_job"], capture_output=True, check=False)
    assert mine.returncode != 0


def test_pip_sees_the_users_packages_and_takes_none_away(emrsim: Emulator) -> None:
    run = Run(
        emrsim, command("bash", "-c", "pip3 list 2>/dev/null | grep -ci '^flask '; pip3 uninstall -y flask")
    )

    assert run.wrote().splitlines()[0] == "1"
    subprocess.run([sys.executable, "-c", "import flask"], check=True)


def test_an_environment_that_a_job_makes_has_a_pip_of_its_own(emrsim: Emulator) -> None:
    made = f"{sys.executable} -m venv own && own/bin/python -m pip --version && own/bin/pip --version"

    run = Run(emrsim, command("bash", "-e", "-c", made))

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert run.wrote().count(f"{run.step.id}/own/lib") == 2
