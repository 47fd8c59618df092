"""CloudWatch's metrics of clusters, by the emulator's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.service.clock import StillUnderWay
from tests.events.pipes import Pipes
from tests.support.clusters import RELEASE, group
from tests.support.engines import long_step

pytest.importorskip("moto", reason="CloudWatch needs moto: pip install 'emrsim[aws]'")
pytestmark = pytest.mark.emrsim(clock="manual")


@pytest.fixture
def pipes(emrsim: Emulator) -> Pipes:
    return Pipes(emrsim)


def start(pipes: Pipes) -> str:
    groups = [group("MASTER"), group("CORE", 2)]
    instances = {"InstanceGroups": groups, "KeepJobFlowAliveWhenNoSteps": True}
    answer = pipes.client("emr").run_job_flow(Name="n", ReleaseLabel=RELEASE, Instances=instances)
    pipes.emulator.clock.advance("PT10M")
    pipes.emulator.wait(answer["JobFlowId"], "WAITING")
    return str(answer["JobFlowId"])


def values(pipes: Pipes, cluster_id: str, name: str, **more: Any) -> list[float]:
    """The averages of each five minutes until now, oldest first."""
    now: datetime = pipes.emulator.clock.now()
    answer = pipes.client("cloudwatch").get_metric_statistics(
        Namespace="AWS/ElasticMapReduce",
        MetricName=name,
        Dimensions=[{"Name": "JobFlowId", "Value": cluster_id}],
        StartTime=now - timedelta(days=2),
        EndTime=now + timedelta(seconds=1),
        Period=300,
        Statistics=["Average"],
        **more,
    )
    points = sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])
    return [point["Average"] for point in points]


def test_idle_cluster_is_idle_for_every_five_minutes(pipes: Pipes) -> None:
    cluster_id = start(pipes)
    before = len(values(pipes, cluster_id, "IsIdle"))

    pipes.emulator.clock.advance("PT1H")

    found = values(pipes, cluster_id, "IsIdle")
    assert set(found) == {1.0}
    assert len(found) - before == 12


def test_cluster_is_not_idle_while_a_step_runs_and_was_before(pipes: Pipes) -> None:
    cluster_id = start(pipes)
    pipes.emulator.clock.advance("PT30M")
    added = pipes.client("emr").add_job_flow_steps(JobFlowId=cluster_id, Steps=[long_step()])
    pipes.emulator.wait(added["StepIds"][0], "RUNNING")
    with pytest.warns(StillUnderWay):
        pipes.emulator.clock.advance("PT30M", patience_seconds=0)

    found = values(pipes, cluster_id, "IsIdle")

    assert found == sorted(found, reverse=True)
    assert found.count(1.0) >= 6
    assert found.count(0.0) >= 6


def test_nodes_are_those_of_the_groups_that_there_are(pipes: Pipes) -> None:
    cluster_id = start(pipes)

    assert values(pipes, cluster_id, "CoreNodesRunning", Unit="Count")[-1] == 2
    assert values(pipes, cluster_id, "MRActiveNodes")[-1] == 2
    assert values(pipes, cluster_id, "MRLostNodes")[-1] == 0
    assert values(pipes, cluster_id, "TaskNodesRunning") == []


def test_metrics_are_listed_by_cluster(pipes: Pipes) -> None:
    cluster_id = start(pipes)

    found = pipes.client("cloudwatch").list_metrics(Namespace="AWS/ElasticMapReduce", MetricName="IsIdle")

    assert [one["Dimensions"] for one in found["Metrics"]] == [[{"Name": "JobFlowId", "Value": cluster_id}]]


def test_reset_forgets_the_metrics_of_clusters(pipes: Pipes) -> None:
    start(pipes)

    pipes.emulator.reset()

    assert pipes.client("cloudwatch").list_metrics(Namespace="AWS/ElasticMapReduce")["Metrics"] == []
