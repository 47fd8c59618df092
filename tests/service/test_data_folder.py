"""A data folder has one emulator at a time, and what a killed one left in it goes."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.service.data_lock import DataFolderInUse
from tests.cli.test_serve import refused, serving
from tests.clients.test_tutorial import is_alive
from tests.support.calls import Caller
from tests.support.engines import CommandEngine, command_step, long_step
from tests.waiting import wait_until

STAYS = {"InstanceCount": 1, "MasterInstanceType": "m1.small", "KeepJobFlowAliveWhenNoSteps": True}
GONE = ("work", "tmp", "home", "mnt", "conf", "jobs", "hdfs")


def start(root: Path, **options: Any) -> Emulator:
    return Emulator(root, **{"engines": [CommandEngine()], "first_step_seconds": 0, **options})


def test_a_second_server_is_told_who_holds_the_folder(tmp_path: Path) -> None:
    with serving("--root", str(tmp_path)) as (process, lines):
        url = lines[0].split()[-1]
        said = refused("--port", "0", "--root", str(tmp_path), cwd=tmp_path)

        assert f"process {process.pid}, serving at {url} holds it" in said
        assert "--data" in said

        with start(tmp_path, data=tmp_path / "other") as beside:
            assert beside.port


@pytest.mark.parametrize("way", ["the same", "a link", "relative"])
def test_a_second_emulator_ends_no_step_of_the_first(
    tmp_path: Path, way: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "link").symlink_to(tmp_path / "data", target_is_directory=True)
    data = {"the same": tmp_path / "data", "a link": tmp_path / "link", "relative": Path("data")}[way]
    with start(tmp_path / "s3", data=tmp_path / "data") as first:
        emr = Caller(first.port, "json")
        cluster_id = emr.run(Steps=[long_step()])
        first.wait(cluster_id, "RUNNING")

        with pytest.raises(DataFolderInUse, match=f"process {os.getpid()}"):
            start(tmp_path / "other", data=data).start()

        (step,) = emr.call("ListSteps", ClusterId=cluster_id)["Steps"]
        assert step["Status"]["State"] == "RUNNING"


def test_the_folder_is_free_once_its_emulator_has_ended_or_was_killed(tmp_path: Path) -> None:
    for _ in range(2):
        with start(tmp_path):
            pass
    with serving("--root", str(tmp_path)) as (process, _):
        process.kill()
        process.wait()
        with start(tmp_path):
            pass


def test_what_a_killed_server_left_is_removed_but_for_logs(tmp_path: Path) -> None:
    with serving("--root", str(tmp_path)) as (process, lines):
        emr = Caller(int(lines[0].rpartition(":")[2]), "json")
        script = f"env -u LANG setsid sh -c 'echo $$ > {tmp_path}/pid; exec sleep 600' & wait"
        args = {"Jar": "command-runner.jar", "Args": ["sh", "-c", script]}
        step = {"Name": "n", "ActionOnFailure": "CONTINUE", "HadoopJarStep": args}
        cluster_id = emr.run(Instances=STAYS, Steps=[step])
        wait_until(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().endswith("\n"))
        process.send_signal(signal.SIGKILL)
        process.wait()
    folder = tmp_path / ".emrsim" / "clusters" / cluster_id
    assert (folder / "home").is_dir()

    with start(tmp_path):
        wait_until(lambda: not any((folder / name).exists() for name in GONE))
        assert not is_alive(int((tmp_path / "pid").read_text()))
        assert (folder / "steps").is_dir()


def test_processes_that_a_server_and_its_guardian_left_are_ended_by_the_next(tmp_path: Path) -> None:
    mnt = tmp_path / ".emrsim" / "clusters" / "j-OFTHEN" / "mnt"
    mnt.mkdir(parents=True)
    left = subprocess.Popen(["sleep", "600"], env={"PATH": os.defpath, "EMRSIM_MNT": str(mnt)})
    try:
        with start(tmp_path):
            assert left.wait(timeout=60) == -signal.SIGKILL
            wait_until(lambda: not mnt.exists())
    finally:
        left.kill()


def test_kept_folders_of_earlier_clusters_stay(tmp_path: Path) -> None:
    with start(tmp_path, keep=True) as emulator:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run(Instances=STAYS, Steps=[command_step("true")])
        emulator.wait(cluster_id, "WAITING")
    home = tmp_path / ".emrsim" / "clusters" / cluster_id / "home"

    with start(tmp_path, keep=True) as emulator:
        emulator.running.keeper.reset()
        assert home.is_dir()


def test_folders_of_clusters_that_a_seed_brings_stay(tmp_path: Path) -> None:
    with start(tmp_path) as emulator:
        cluster_id = Caller(emulator.port, "json").run(Instances=STAYS, Steps=[command_step("true")])
        emulator.wait(cluster_id, "WAITING")
        seed = emulator.export()
        other_id = Caller(emulator.port, "json").run(Instances=STAYS, Steps=[command_step("true")])
        emulator.wait(other_id, "WAITING")
    clusters = tmp_path / ".emrsim" / "clusters"
    assert (clusters / cluster_id / "hdfs").is_dir()

    with start(tmp_path, seed=seed):
        wait_until(lambda: not (clusters / other_id / "hdfs").exists())
        assert (clusters / cluster_id / "hdfs").is_dir()
