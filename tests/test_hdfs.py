"""HDFS as a folder of the cluster's own."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.ports import StorageError
from emrsim.storage import DirectoryStorage
from tests.waiting import wait_for_job_flow

# isort: split
from boto.emr.step import StreamingStep


@pytest.fixture
def storage(tmp_path: Path) -> DirectoryStorage:
    (tmp_path / "s3" / "b").mkdir(parents=True)
    return DirectoryStorage(tmp_path / "s3", tmp_path / "hdfs")


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("hdfs:///tmp/x", "/tmp/x"),
        ("hdfs://ip-10-0-0-1.ec2.internal:8020/tmp/x", "/tmp/x"),
        ("hdfs://namenode", "/user/hadoop"),
        ("hdfs:///", "/"),
        ("hdfs:x", "/user/hadoop/x"),
        ("/tmp/x", "/tmp/x"),
        ("x", "/user/hadoop/x"),
        (".", "/user/hadoop"),
        ("a b%20c", "/user/hadoop/a b%20c"),
        ("hdfs:///../../etc/passwd", "/etc/passwd"),
        ("../../../etc/passwd", "/etc/passwd"),
        ("//double", "/double"),
    ],
)
def test_name_in_hdfs_is_a_path_below_its_folder(
    storage: DirectoryStorage, tmp_path: Path, uri: str, name: str
) -> None:
    assert storage.path(uri) == tmp_path / "hdfs" / name.lstrip("/")
    assert storage.writable_path(uri) == storage.path(uri)
    assert storage.qualify(uri) == f"hdfs://{name}"


def test_other_schemes_are_not_in_hdfs(storage: DirectoryStorage, tmp_path: Path) -> None:
    assert storage.path("file:///etc/hosts") == Path("/etc/hosts")
    assert storage.qualify("file:///etc/hosts") == "file:/etc/hosts"
    assert storage.path("s3://b/k") == tmp_path / "s3" / "b" / "k"
    with pytest.raises(StorageError, match="No FileSystem for scheme: ftp"):
        storage.path("ftp://host/x")


def test_shipped_files_are_the_machines_own(storage: DirectoryStorage, tmp_path: Path) -> None:
    assert storage.shipped_path("/etc/hosts") == Path("/etc/hosts")
    assert storage.shipped_path("hdfs:///x") == tmp_path / "hdfs" / "x"
    assert storage.shipped_path("s3://b/k") == tmp_path / "s3" / "b" / "k"


def test_without_hdfs_plain_paths_are_the_machines_own(tmp_path: Path) -> None:
    storage = DirectoryStorage(tmp_path)

    assert storage.path("/etc/hosts") == Path("/etc/hosts")
    assert storage.qualify("/etc/hosts") == "file:/etc/hosts"
    with pytest.raises(StorageError, match="No FileSystem for scheme: hdfs"):
        storage.path("hdfs:///x")


def copy(source: str, target: str, **others: Any) -> StreamingStep:
    return StreamingStep("copy", mapper="cat", input=source, output=target, **others)


@pytest.fixture
def bucket(emrsim: Emulator) -> Path:
    path = emrsim.root / "b"
    path.mkdir()
    (path / "in").write_text("k\tv\n")
    return path


def run(connection: Any, *steps: StreamingStep) -> Any:
    job_flow_id = connection.run_jobflow("n", steps=list(steps), keep_alive=True)
    return wait_for_job_flow(connection, job_flow_id, "WAITING", "FAILED")


def test_steps_of_a_cluster_share_its_hdfs(emr_connection: Any, emrsim: Emulator, bucket: Path) -> None:
    job_flow = run(
        emr_connection,
        copy("s3://b/in", "hdfs:///between"),
        copy("/between", "one"),
        copy("hdfs://ip-10-0-0-1.ec2.internal/user/hadoop/on*", "s3://b/out"),
    )

    assert [step.state for step in job_flow.steps] == ["COMPLETED"] * 3
    assert "k\tv\n" in [part.read_text() for part in (bucket / "out").glob("part-*")]
    assert (emrsim.data / "clusters" / job_flow.jobflowid / "hdfs" / "between" / "_SUCCESS").exists()


def test_plain_input_path_of_a_step_is_not_the_machines(emr_connection: Any, bucket: Path) -> None:
    step = copy(str(bucket / "in"), "s3://b/out", action_on_failure="CONTINUE")
    local = copy(f"file://{bucket}/in", "s3://b/local")

    job_flow = run(emr_connection, step, local)

    assert [step.state for step in job_flow.steps] == ["FAILED", "COMPLETED"]
    assert f"Input path does not exist: hdfs://{bucket}/in" in job_flow.steps[0].laststatechangereason


def test_hdfs_is_gone_with_its_cluster(emr_connection: Any, emrsim: Emulator, bucket: Path) -> None:
    job_flow = run(emr_connection, copy("s3://b/in", "hdfs:///kept"))

    emr_connection.terminate_jobflow(job_flow.jobflowid)
    wait_for_job_flow(emr_connection, job_flow.jobflowid)

    assert not (emrsim.data / "clusters" / job_flow.jobflowid / "hdfs").exists()
