"""Where the logs of tasks are under LogUri, in each era."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from tests.support.calls import Caller
from tests.waiting import wait_until

STEPS = [
    {
        "Name": name,
        "HadoopJarStep": {
            "Jar": "command-runner.jar",
            "Args": [
                "hadoop-streaming",
                *("-D", "mapred.reduce.tasks=1", "-input", "s3://b/in", "-output", f"s3://b/{name}"),
                *("-mapper", f"sh -c 'echo {name} >&2; cat'", "-reducer", "cat"),
            ],
        },
    }
    for name in ("one", "two")
]


def log_folder(emulator: Emulator, **version: str) -> Path:
    """The folder of logs of a cluster that has run two steps."""
    (emulator.root / "b").mkdir()
    (emulator.root / "b" / "in").write_text("x\n")
    emr = Caller(emulator.port, "json")
    instances: dict[str, Any] = {"InstanceCount": 1, "MasterInstanceType": "m1.large"}
    cluster_id = emr.call(
        "RunJobFlow", Name="n", LogUri="s3://b/logs/", Instances=instances, Steps=STEPS, **version
    )["JobFlowId"]
    cluster = emulator.running.state.clusters[cluster_id]
    wait_until(lambda: not cluster.active_steps)
    assert {step.state.value for step in cluster.steps.values()} == {"COMPLETED"}
    return Path(emulator.root, "b", "logs", cluster_id)


def shape(folder: Path) -> list[str]:
    """The names below `folder`, without the number of the job."""
    number = next(folder.rglob("*_0001*")).name.split("_")[1]
    return sorted(str(path.relative_to(folder)).replace(number, "N") for path in folder.rglob("stderr"))


def said(folder: Path) -> str:
    """All that is in the files `stderr.gz` below `folder`."""
    return "".join(gzip.decompress(path.read_bytes()).decode() for path in folder.rglob("stderr.gz"))


@pytest.mark.parametrize(
    ("version", "first"),
    [
        ({"AmiVersion": "2.4.2"}, "attempt_N_0001_m_000000_0"),
        ({"AmiVersion": "3.11.0"}, "application_N_0001/container_N_0001_01_000002"),
    ],
)
def test_attempts_of_ami_versions(emrsim: Emulator, version: dict[str, str], first: str) -> None:
    folder = log_folder(emrsim, **version)

    assert shape(folder / "task-attempts")[0] == f"{first}/stderr"
    assert any("one" in path.read_text() for path in folder.glob("task-attempts/**/stderr"))
    assert not (folder / "containers").exists()


def test_containers_of_release_labels_are_told_by_the_history(emrsim: Emulator) -> None:
    folder = log_folder(emrsim, ReleaseLabel="emr-5.36.0")

    first, second = sorted((folder / "containers").iterdir())
    assert first.name.startswith("application_")
    assert first.name.endswith("_0001")
    histories = sorted((folder / "hadoop-mapreduce" / "history").glob("*/*/*/000000/*.jhist"))
    assert len(histories) == 2
    for application, history in zip((first, second), histories, strict=True):
        head, _, *lines = history.read_text().splitlines()
        assert head == "Avro-Json"
        records = [json.loads(line) for line in lines]
        events = [event for record in records for event in record["event"].values()]
        started = [event for event in events if "containerId" in event]
        assert {event["containerId"] for event in started} == {path.name for path in application.iterdir()}
        assert {event["taskType"] for event in started} == {"MAP", "REDUCE"}
        assert records[-1]["type"] == "JOB_FINISHED"
        groups = {group["displayName"]: group["counts"] for group in events[-1]["totalCounters"]["groups"]}
        counts = {count["displayName"]: count["value"] for count in groups["Map-Reduce Framework"]}
        assert counts["Map input records"] == 1


def test_a_step_has_the_attempts_of_its_own_job_only(emrsim: Emulator) -> None:
    folder = log_folder(emrsim, ReleaseLabel="emr-5.36.0")

    first, second = sorted((folder / "containers").iterdir())

    assert "two" not in said(first)
    assert "two" in said(second)
