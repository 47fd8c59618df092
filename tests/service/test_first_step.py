"""A cluster that ends with its last step, and is given its first in a call of its own, as mrjob does."""

from __future__ import annotations

import time
from pathlib import Path

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.engines import CommandEngine, command_step
from tests.waiting import wait_until

ENDS_BY_ITSELF = {"Name": "n", "Instances": {"InstanceCount": 1, "MasterInstanceType": "m1.small"}}


def state_of(emr: Caller, cluster_id: str) -> str:
    return str(emr.call("DescribeCluster", ClusterId=cluster_id)["Cluster"]["Status"]["State"])


def test_cluster_waits_for_its_first_step(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", engines=[CommandEngine()]) as emulator:
        emr = Caller(emulator.port, "json")
        cluster_id = emr.call("RunJobFlow", **ENDS_BY_ITSELF)["JobFlowId"]
        wait_until(lambda: state_of(emr, cluster_id) == "BOOTSTRAPPING")

        emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[command_step("true")])

        wait_until(lambda: state_of(emr, cluster_id) == "TERMINATED")
        steps = emr.call("ListSteps", ClusterId=cluster_id)["Steps"]
        assert [step["Status"]["State"] for step in steps] == ["COMPLETED"]


def test_cluster_without_a_step_ends_in_the_end(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", first_step_seconds=0.3) as emulator:
        emr = Caller(emulator.port, "json")
        started = time.monotonic()
        cluster_id = emr.call("RunJobFlow", **ENDS_BY_ITSELF)["JobFlowId"]

        wait_until(lambda: state_of(emr, cluster_id) == "TERMINATED")

        assert time.monotonic() - started >= 0.3


def test_cluster_that_stays_does_not_wait(tmp_path: Path) -> None:
    stays = {**ENDS_BY_ITSELF["Instances"], "KeepJobFlowAliveWhenNoSteps": True}  # type: ignore[dict-item]
    with Emulator(tmp_path / "s3") as emulator:
        emr = Caller(emulator.port, "json")
        started = time.monotonic()
        cluster_id = emr.call("RunJobFlow", Name="n", Instances=stays)["JobFlowId"]

        wait_until(lambda: state_of(emr, cluster_id) == "WAITING")

        assert time.monotonic() - started < 5
