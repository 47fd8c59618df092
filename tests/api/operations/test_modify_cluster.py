"""ModifyCluster."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import RELEASE
from tests.support.calls import Caller
from tests.support.engines import command_step, long_step
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    VALIDATION,
    refused_call_changes_nothing,
    unknown_cluster_is_refused,
)

Reach = Callable[..., Cluster]


def test_level_is_answered_and_pending_steps_start(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE, Steps=[long_step() for _ in range(3)]), "RUNNING")

    answer = emr.call("ModifyCluster", ClusterId=cluster.id, StepConcurrencyLevel=2)

    assert answer == {"StepConcurrencyLevel": 2}
    assert [step.state.value for step in cluster.steps.values()] == ["RUNNING", "RUNNING", "PENDING"]
    described = emr.call("DescribeCluster", ClusterId=cluster.id)["Cluster"]
    assert described["StepConcurrencyLevel"] == 2


def test_lowered_level_stops_nothing(emr: Caller, reach: Reach) -> None:
    steps = [long_step(), long_step(), command_step("true")]
    cluster = reach(emr.run(ReleaseLabel=RELEASE, StepConcurrencyLevel=2, Steps=steps), "RUNNING")

    emr.call("ModifyCluster", ClusterId=cluster.id, StepConcurrencyLevel=1)

    assert [step.state.value for step in cluster.steps.values()] == ["RUNNING", "RUNNING", "PENDING"]


@pytest.mark.parametrize("level", [0, 257])
def test_level_out_of_range_is_refused(emrsim: Emulator, emr: Caller, reach: Reach, level: int) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE), "WAITING")
    message = "Invalid step concurrency level. Allowed level is from 1 to 256"
    params = {"ClusterId": cluster.id, "StepConcurrencyLevel": level}

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "ModifyCluster", **params)


def test_ended_cluster_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE, Instances={"InstanceCount": 1}), "COMPLETED")
    params = {"ClusterId": cluster.id, "StepConcurrencyLevel": 2}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, ENDING, "ModifyCluster", **params)


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"StepConcurrencyLevel": 2}

    unknown_cluster_is_refused(emrsim, emr, "ModifyCluster", **params)
