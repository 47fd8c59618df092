"""Many callers at once: every call is whole, and the emulator ends clean."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.engines import CommandEngine, command_step, long_step
from tests.waiting import wait_until

CALLERS = 8


def test_callers_at_once_do_not_get_in_each_others_way(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", engines=[CommandEngine()]) as emulator:

        def live(number: int) -> str:
            emr = Caller(emulator.port, ("query", "json")[number % 2])
            cluster_id = emr.run(Name=str(number), Steps=[command_step("true")])
            emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[long_step(), command_step("true")])
            emr.call("AddTags", ResourceId=cluster_id, Tags=[{"Key": "number", "Value": str(number)}])
            emr.call("ListClusters")
            emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])
            return cluster_id

        with ThreadPoolExecutor(CALLERS) as pool:
            ids = list(pool.map(live, range(2 * CALLERS)))
        clusters = [emulator.running.state.clusters[cluster_id] for cluster_id in ids]
        wait_until(lambda: all(cluster.state.value == "TERMINATED" for cluster in clusters))

    assert [cluster.tags for cluster in clusters] == [{"number": str(n)} for n in range(2 * CALLERS)]
    assert all(len(cluster.steps) == 3 and not cluster.active_steps for cluster in clusters)


def test_emulator_that_is_closed_in_full_swing_leaves_nothing_running(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path / "s3", engines=[CommandEngine()]).start()
    clusters = emulator.running.state.clusters
    emr = Caller(emulator.port, "json")
    for _ in range(5):
        emr.run(Steps=[long_step(), long_step()], StepConcurrencyLevel=2)
    wait_until(lambda: any(cluster.occupying_steps for cluster in clusters.values()))

    emulator.close()

    assert not any(
        step.state.value == "COMPLETED" for one in clusters.values() for step in one.steps.values()
    )
