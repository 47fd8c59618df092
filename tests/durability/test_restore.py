"""Snapshots hold everything, and a restore that is interrupted is finished by the next start."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import pytest

from emrsim import Emulator
from tests.support.servers import start_cluster, step
from tests.waiting import wait_until


def client(emulator: Emulator, service: str) -> Any:
    keys = {"aws_access_key_id": "key", "aws_secret_access_key": "secret", "region_name": "us-east-1"}
    return boto3.client(service, endpoint_url=emulator.url, **keys)


def durable(root: Path) -> Emulator:
    return Emulator(root, durable=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "s3" / "bucket").mkdir(parents=True)
    return tmp_path / "s3"


@pytest.fixture
def snapshot(tmp_path: Path) -> Path:
    """A snapshot with a cluster `kept`, an account, a rule, HDFS, and objects."""
    archive = tmp_path / "kept.tar.gz"
    with Emulator(tmp_path / "other") as emulator:
        for number in range(3):
            emulator.put(f"s3://bucket-{number}/object", f"new {number}\n")
        emr = client(emulator, "emr")
        cluster_id = start_cluster(emr, step("put", "bash", "-c", "echo in HDFS | hadoop fs -put - /file"))
        emulator.wait(cluster_id, "WAITING")
        emr.create_security_configuration(Name="kept", SecurityConfiguration="{}")
        emulator.rules.add({"match": {"step": "none"}, "then": {"fail": True}})
        emulator.snapshot(archive)
        emulator.rules.clear()
    return archive


def check_restored(emulator: Emulator) -> None:
    """All of the snapshot is there, and nothing else."""
    emr = client(emulator, "emr")
    (listed,) = emr.list_clusters()["Clusters"]
    assert listed["Status"]["State"] == "WAITING"
    assert [one["Name"] for one in emr.list_security_configurations()["SecurityConfigurations"]] == ["kept"]
    assert [one["match"] for one in emulator.rules.all()] == [{"step": "none"}]
    assert sorted(path.name for path in emulator.root.iterdir() if not path.name.startswith(".")) == [
        "bucket-0",
        "bucket-1",
        "bucket-2",
    ]
    assert emulator.read("s3://bucket-1/object") == "new 1\n"
    emr.add_job_flow_steps(JobFlowId=listed["Id"], Steps=[step("cat", "hadoop", "fs", "-cat", "/file")])
    emulator.wait(listed["Id"], "WAITING")
    steps = emulator.data / "clusters" / listed["Id"] / "steps"
    wait_until(lambda: any(path.read_text() == "in HDFS\n" for path in steps.glob("*/stdout")))
    emulator.rules.clear()


def test_snapshot_brings_back_accounts_rules_and_hdfs(root: Path, snapshot: Path) -> None:
    (root / "bucket" / "old").write_text("old")
    with Emulator(root) as emulator:
        start_cluster(client(emulator, "emr"))

        emulator.restore(snapshot)

        check_restored(emulator)


class Interrupted(BaseException):
    """As a kill, but for the process."""


def interrupt_rename(number: int, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Let the rename of that number, counted from 1, not happen; what is returned ends that."""
    done = 0
    rename = os.rename

    def broken(source: Any, target: Any, **more: Any) -> None:
        nonlocal done
        if ".fake_s3-restore" in f"{source}{target}":
            done += 1
            if done >= number:
                raise Interrupted
        rename(source, target, **more)

    monkeypatch.setattr(os, "rename", broken)
    return monkeypatch.undo


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_interrupted_restore_is_finished_by_the_next_start(
    root: Path, snapshot: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    (root / "bucket" / "old").write_text("old")
    (root / "bucket-1").mkdir()
    (root / "bucket-1" / "object").write_text("old")
    with durable(root) as emulator:
        start_cluster(client(emulator, "emr"))
        repair = interrupt_rename(number, monkeypatch)
        with pytest.raises(Interrupted):
            emulator.restore(snapshot)
        repair()

    with durable(root) as emulator:
        check_restored(emulator)
    assert not (root / ".fake_s3-restore").exists()


def test_restore_that_cannot_be_unpacked_leaves_all_as_it_was(root: Path, snapshot: Path) -> None:
    (root / "bucket" / "old").write_text("old")
    content = snapshot.read_bytes()
    snapshot.write_bytes(content[: len(content) // 2])
    with durable(root) as emulator:
        cluster_id = start_cluster(client(emulator, "emr"))

        with pytest.raises(ValueError, match="snapshot: it cannot be unpacked"):
            emulator.restore(snapshot)

        assert [one["Id"] for one in client(emulator, "emr").list_clusters()["Clusters"]] == [cluster_id]
    assert (root / "bucket" / "old").read_text() == "old"
    assert not (root / ".fake_s3-restore").exists()
