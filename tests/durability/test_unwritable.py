"""A state that cannot be written, or read: calls are rejected whole, and go on when there is room again."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.durability.test_restarts import wait_for_state
from tests.support.servers import Server, running, start_cluster, step, step_states
from tests.waiting import wait_until

NEEDS_ROOT = "mounts a small file system: run as root"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A data folder with room for little more than the state."""
    folder = tmp_path / "data"
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=3m,mode=700", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, check=False, capture_output=True).returncode:
        pytest.skip(NEEDS_ROOT)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "s3" / "bucket").mkdir(parents=True)
    return tmp_path / "s3"


def fill(folder: Path) -> Path:
    """Fill a small disk to its last block; what to remove for room."""
    filler = folder / "filler"
    with open(filler, "wb", buffering=0) as file:
        for size in (1 << 16, 1 << 12, 1):
            try:
                while True:
                    file.write(b"\0" * size)
            except OSError:
                continue
    return filler


def call_until_rejected(emr: Any, cluster_id: str) -> Any:
    """Tag a cluster until a call is rejected; the error."""
    for number in range(5_000):
        try:
            emr.add_tags(ResourceId=cluster_id, Tags=[{"Key": "k", "Value": f"{number}-{'x' * 200}"}])
        except emr.exceptions.ClientError as error:
            return error
    raise AssertionError("the disk is not full")


def test_full_disk_rejects_changes_and_goes_on_when_there_is_room(root: Path, small_disk: Path) -> None:
    with running(root, "--data", str(small_disk)) as server:
        emr = server.client("emr")
        cluster_id = start_cluster(emr)
        wait_for_state(emr, cluster_id, "WAITING")
        filler = fill(small_disk)
        error = call_until_rejected(emr, cluster_id)

        assert error.response["ResponseMetadata"]["HTTPStatusCode"] == 507
        assert "cannot write its state" in str(error)
        before = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
        with pytest.raises(emr.exceptions.ClientError, match="cannot write its state"):
            start_cluster(emr)
        with pytest.raises(emr.exceptions.ClientError, match="cannot write its state"):
            emr.create_security_configuration(Name="sc", SecurityConfiguration="{}" + " " * 5_000)
        assert [one["Id"] for one in emr.list_clusters()["Clusters"]] == [cluster_id]
        assert emr.list_security_configurations()["SecurityConfigurations"] == []
        assert emr.describe_cluster(ClusterId=cluster_id)["Cluster"] == before

        filler.unlink()
        emr.add_tags(ResourceId=cluster_id, Tags=[{"Key": "after", "Value": "v"}])
        tags = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Tags"]
        server.kill()

    with running(root, "--data", str(small_disk)) as server:
        emr = server.client("emr")
        assert emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Tags"] == tags


def test_step_that_ends_while_the_disk_is_full_is_not_lost(root: Path, small_disk: Path) -> None:
    go = root.parent / "go"
    with running(root, "--data", str(small_disk)) as server:
        emr = server.client("emr")
        script = f"touch {go}.started; until [ -e {go} ]; do sleep 0.02; done; touch {go}.seen"
        waits = step("one", "bash", "-c", script)
        cluster_id = start_cluster(emr, waits, step("two", "true"))
        wait_until(Path(f"{go}.started").exists)
        filler = fill(small_disk)
        call_until_rejected(emr, cluster_id)
        go.touch()
        wait_until(Path(f"{go}.seen").exists)
        assert step_states(emr, cluster_id)["one"] == "RUNNING"

        filler.unlink()

        wait_until(lambda: step_states(emr, cluster_id)["one"] != "RUNNING")
        wait_until(lambda: step_states(emr, cluster_id)["two"] in {"COMPLETED", "FAILED"})


def rejected(root: Path, *options: str) -> str:
    """What `emrsim serve` says on stderr when it exits with 2."""
    command = ["emrsim", "serve", "--port", "0", "--root", str(root), *options]
    path = f"{Path(os.sys.executable).parent}:{os.environ['PATH']}"  # type: ignore[attr-defined]
    ended = subprocess.run(
        command, capture_output=True, text=True, timeout=60, check=False, env={**os.environ, "PATH": path}
    )
    assert ended.returncode == 2, ended.stderr
    return ended.stderr


def with_state(root: Path) -> Path:
    """The file of the state of a server that had a cluster, and is stopped."""
    with running(root) as server:
        start_cluster(server.client("emr"))
        server.stop()
    return root / ".emrsim" / "state.sqlite"


def test_read_only_data_folder_is_rejected_by_its_name(root: Path, small_disk: Path) -> None:
    (small_disk / "slots").mkdir()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)

    said = rejected(root, "--data", str(small_disk))

    assert str(small_disk) in said
    assert "Read-only file system" in said


def test_second_server_on_the_data_folder_names_the_first(root: Path) -> None:
    with running(root) as first:
        said = rejected(root)

        assert str(first.process.pid) in said
        assert first.url in said


def test_state_of_a_newer_version_is_rejected_with_that_version(root: Path) -> None:
    file = with_state(root)
    with sqlite3.connect(file) as db:
        db.execute("UPDATE meta SET value = '99' WHERE key = 'version'")
        db.execute("UPDATE meta SET value = '7.7.7' WHERE key = 'written_by'")
    db.close()
    before = file.read_bytes()

    said = rejected(root)

    assert "emrsim 7.7.7" in said
    assert "--fresh" in said
    assert file.read_bytes() == before


@pytest.mark.parametrize("damage", ["no database", "half"])
def test_damaged_state_is_rejected_with_what_to_do(root: Path, damage: str) -> None:
    file = with_state(root)
    content = file.read_bytes()
    file.write_bytes(b"no database" * 1000 if damage == "no database" else content[: len(content) // 2])

    said = rejected(root)

    assert str(file) in said
    assert "--fresh" in said


def test_log_that_was_cut_loses_its_end_only(root: Path) -> None:
    with running(root) as server:
        emr = server.client("emr")
        cluster_id = start_cluster(emr)
        wait_for_state(emr, cluster_id, "WAITING")
        for number in range(20):
            emr.add_tags(ResourceId=cluster_id, Tags=[{"Key": f"k{number}", "Value": "v"}])
        server.kill()
    log = root / ".emrsim" / "state.sqlite-wal"
    os.truncate(log, log.stat().st_size - 1000)

    with running(root) as server:
        emr = server.client("emr")
        tags = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Tags"]
        assert [one["Key"] for one in tags] == [f"k{number}" for number in range(len(tags))]
        emr.add_tags(ResourceId=cluster_id, Tags=[{"Key": "after", "Value": "v"}])


def test_state_of_the_first_version_is_read(root: Path) -> None:
    """The file was written by 0.2.0; it is read by all later versions."""
    data = root / ".emrsim"
    data.mkdir()
    shutil.copy(Path(__file__).parent / "state-v1.sqlite", data / "state.sqlite")

    with running(root) as server:
        emr = server.client("emr")
        listed = {one["Name"]: one["Status"]["State"] for one in emr.list_clusters()["Clusters"]}
        assert listed == {"ended": "TERMINATED", "failed": "TERMINATED_WITH_ERRORS", "waiting": "WAITING"}
        waiting = next(one for one in emr.list_clusters()["Clusters"] if one["Name"] == "waiting")
        assert step_states(emr, waiting["Id"]) == {"one": "COMPLETED", "two": "FAILED"}
        assert emr.describe_cluster(ClusterId=waiting["Id"])["Cluster"]["Tags"] == [
            {"Key": "k", "Value": "v"}
        ]
        assert emr.list_studios()["Studios"][0]["Name"] == "studio"
        assert len(server.control("rules")["rules"]) == 1
        assert len(server.control("faults")["faults"]) == 1
        assert server.control("requests?operation=RunJobFlow")["requests"]


def _write_first_version(server: Server) -> None:
    """How state-v1.sqlite was made: `python -m tests.durability.test_unwritable ROOT`."""
    emr = server.client("emr")
    for name, steps in (("ended", [step("one", "true")]), ("failed", [])):
        on_failure = step("two", "false", on_failure="TERMINATE_CLUSTER")
        more = [on_failure] if name == "failed" else []
        instances = {"InstanceCount": 1, "MasterInstanceType": "m4.large"}
        emr.run_job_flow(Name=name, Instances=instances, ReleaseLabel="emr-5.36.0", Steps=[*steps, *more])
    instances = {"InstanceCount": 3, "MasterInstanceType": "m4.large", "SlaveInstanceType": "m4.large"}
    waiting = emr.run_job_flow(
        Name="waiting",
        Instances={**instances, "KeepJobFlowAliveWhenNoSteps": True},
        ReleaseLabel="emr-6.15.0",
        Applications=[{"Name": "Spark"}],
        Tags=[{"Key": "k", "Value": "v"}],
        Steps=[step("one", "true"), step("two", "false")],
    )["JobFlowId"]
    emr.create_studio(
        Name="studio", AuthMode="IAM", VpcId="vpc-1", SubnetIds=["subnet-1"], ServiceRole="role",
        WorkspaceSecurityGroupId="sg-1", EngineSecurityGroupId="sg-2", DefaultS3Location="s3://bucket/",
    )  # fmt: skip
    server.control("rules", {"match": {"step": "never"}, "then": {"fail": True}})
    server.control("faults", {"fault": "throttling", "operation": "ListInstances", "count": 1})
    wait_for_state(emr, waiting, "WAITING")
    wait_until(
        lambda: (
            all(
                one["Status"]["State"].startswith(("TERM", "WAIT")) for one in emr.list_clusters()["Clusters"]
            )
            and not any(one["Status"]["State"] == "TERMINATING" for one in emr.list_clusters()["Clusters"])
        )
    )


if __name__ == "__main__":
    import sys

    with running(Path(sys.argv[1])) as started:
        _write_first_version(started)
        started.kill()
