"""Each typical step and bootstrap action, by boto3 on a real port, with real work behind it.

Those that start Java take minutes together: they run where EMRSIM_TYPICAL is set, as `make typical` does.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from emrsim import Emulator
from emrsim.programs.jvm.classes import EXAMPLES_JAR, SPARK_EXAMPLES_JAR
from emrsim.programs.jvm.kinds import what_is_missing_for
from tests.service.test_steps_on_the_master import kernel_shows_folders
from tests.typical_steps.table import BOOTSTRAP_ACTIONS, TYPICAL, Step, Typical

_DEADLINE_SECONDS = 240
_RELEASE = {
    "ReleaseLabel": "emr-7.12.0",
    "Applications": [{"Name": name} for name in ("Hadoop", "Spark", "Hive", "Pig")],
}
_JARS = {"JAR": SPARK_EXAMPLES_JAR, "HADOOP JAR": EXAMPLES_JAR}


@pytest.fixture
def emulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Emulator]:
    """An emulator whose steps have the AWS CLI of the clients, if there is one."""
    if cli := os.environ.get("EMRSIM_AWSCLI"):
        monkeypatch.setenv("PATH", os.pathsep.join([os.path.dirname(cli), os.environ["PATH"]]))
    with Emulator(tmp_path / "s3", settle_seconds=5, first_step_seconds=60) as emulator:
        (emulator.root / "b").mkdir()
        yield emulator


def missing(typical: Typical) -> str | None:
    """Why it cannot be tried here."""
    for need in typical.needs:
        if need == "spark":
            if not os.environ.get("EMRSIM_TYPICAL"):
                return "starts Java: make typical"
            if why := what_is_missing_for("spark"):
                return f"{why}: make jvm"
        if need == "aws" and not (os.environ.get("EMRSIM_AWSCLI") or shutil.which("aws")):
            return "needs the AWS CLI: make clients, or EMRSIM_AWSCLI"
        if need == "shown" and not kernel_shows_folders():
            return "needs private mounts: run as root, or on another machine"
    if typical.number == "29" and what_is_missing_for("pig") is None:
        return "this machine has a pig"
    return None if typical.steps else "depends on which Maven repositories can be reached"


class Run:
    """A typical step that has been run on a cluster of its own."""

    def __init__(self, emulator: Emulator, typical: Typical) -> None:
        self._emulator = emulator
        self._emr = boto3.client(
            "emr",
            endpoint_url=emulator.url,
            region_name="us-east-1",
            aws_access_key_id="key",
            aws_secret_access_key="secret",
        )
        for key, text in typical.files.items():
            emulator.put(f"s3://b/{key}", _JARS.get(text, text))
        params = typical.params if "AmiVersion" in typical.params else {**_RELEASE, **typical.params}
        self.id = self._emr.run_job_flow(
            Name=typical.number,
            Instances={
                "InstanceCount": 1,
                "MasterInstanceType": "m5.xlarge",
                "KeepJobFlowAliveWhenNoSteps": True,
            },
            Steps=[_described(step) for step in typical.steps],
            **params,
        )["JobFlowId"]
        self.steps = [one["Id"] for one in self._emr.list_steps(ClusterId=self.id)["Steps"][::-1]]
        self.states = [emulator.wait(step, timeout=_DEADLINE_SECONDS) for step in self.steps]

    def wrote(self, name: str) -> str:
        """What the last step wrote."""
        path = self._emulator.data / "clusters" / self.id / "steps" / self.steps[-1] / name
        return path.read_text() if path.is_file() else ""

    @property
    def failure(self) -> str:
        status = self._emr.describe_step(ClusterId=self.id, StepId=self.steps[-1])["Step"]["Status"]
        return str(status.get("FailureDetails", {}).get("Message", ""))

    @property
    def bootstrap_stderr(self) -> str:
        node = self._emulator.data / "clusters" / self.id / "node"
        return "".join(path.read_text() for path in node.glob("*/bootstrap-actions/1/stderr"))


def _described(step: Step) -> dict[str, Any]:
    jar = {"Jar": step.jar, "Args": list(step.args)}
    if step.main_class:
        jar["MainClass"] = step.main_class
    return {"Name": "step", "ActionOnFailure": "CONTINUE", "HadoopJarStep": jar}


def _texts(folder: Path, key: str) -> str:
    path = folder / key
    parts = (
        [path] if path.is_file() else [one for one in path.glob("*") if not one.name.startswith(("_", "."))]
    )
    return "".join(one.read_text() for one in sorted(parts))


@pytest.mark.timeout(400)
@pytest.mark.parametrize("typical", [*TYPICAL, *BOOTSTRAP_ACTIONS], ids=lambda typical: typical.number)
def test_a_typical_step_does_what_the_table_says(emulator: Emulator, typical: Typical) -> None:
    if why := missing(typical):
        pytest.skip(why)

    run = Run(emulator, typical)

    if typical.here == "fails":
        assert run.states[-1] in {"FAILED", "CANCELLED"}
        assert typical.how in f"{run.failure}\n{run.wrote('stderr')}\n{run.bootstrap_stderr}"
        return
    told = f"{run.failure}\n{run.wrote('stderr')}\n{run.bootstrap_stderr}"
    assert run.states == ["COMPLETED"] * len(run.states), told
    assert typical.said in run.wrote("stdout")
    for key, text in typical.output.items():
        if "waitAppCompletion=false" in typical.shape:
            emulator_has(emulator, key)
        assert text in _texts(emulator.root / "b", key)


def emulator_has(emulator: Emulator, key: str) -> None:
    """Wait until an application that nobody waits for has written its output."""
    from tests.waiting import wait_until

    success = emulator.root / "b" / key.split("/")[0] / "_SUCCESS"
    wait_until(success.exists, f"no {success}", _DEADLINE_SECONDS)


def test_of_the_forty_typical_steps_thirty_four_run() -> None:
    assert [one.number for one in TYPICAL] == [str(number) for number in range(1, 41)]
    assert len([one for one in TYPICAL if one.here != "fails"]) == 34
