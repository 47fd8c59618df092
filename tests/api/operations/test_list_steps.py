"""ListSteps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.limits import PAGE_SIZE
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.engines import command_step, long_step
from tests.support.refusals import INVALID_REQUEST, UNKNOWN_CLUSTER, refused_call_changes_nothing
from tests.waiting import wait_until

Reach = Callable[..., Cluster]


def names(emr: Caller, cluster_id: str, **filters: Any) -> list[str]:
    return [step["Name"] for step in emr.call("ListSteps", ClusterId=cluster_id, **filters)["Steps"]]


@pytest.fixture
def running(emr: Caller, reach: Reach) -> Cluster:
    """A cluster with a completed, a failed, a running and a pending step, named after their states."""
    steps = [
        command_step("true", name="completed"),
        command_step("false", name="failed"),
        long_step(name="running"),
        command_step("true", name="pending"),
    ]
    cluster = reach(emr.run(Steps=steps), "RUNNING")
    wait_until(lambda: [step.request.name for step in cluster.occupying_steps] == ["running"])
    return cluster


def test_steps_are_newest_first(emr: Caller, running: Cluster) -> None:
    assert names(emr, running.id) == ["pending", "running", "failed", "completed"]


def test_steps_are_filtered_by_state(emr: Caller, running: Cluster) -> None:
    assert names(emr, running.id, StepStates=["FAILED"]) == ["failed"]
    assert names(emr, running.id, StepStates=["COMPLETED", "PENDING"]) == ["pending", "completed"]
    assert names(emr, running.id, StepStates=["CANCELLED"]) == []


def test_steps_are_filtered_by_id(emr: Caller, running: Cluster) -> None:
    first, second, *_ = running.steps

    assert names(emr, running.id, StepIds=[second, first]) == ["failed", "completed"]


def test_pages_stay_right_while_steps_are_added(slow_emr: Caller) -> None:
    steps = [command_step("true", name=str(number)) for number in range(PAGE_SIZE + 2)]
    cluster_id = slow_emr.run(Steps=steps)

    first = slow_emr.call("ListSteps", ClusterId=cluster_id)
    slow_emr.call("AddJobFlowSteps", JobFlowId=cluster_id, Steps=[command_step("true", name="new")])
    second = slow_emr.call("ListSteps", ClusterId=cluster_id, Marker=first["Marker"])

    assert [step["Name"] for step in first["Steps"] + second["Steps"]] == [
        str(number) for number in reversed(range(PAGE_SIZE + 2))
    ]


def test_both_filters_at_once_are_refused(emrsim: Emulator, emr: Caller, running: Cluster) -> None:
    filters = {"StepStates": ["FAILED"], "StepIds": ["s-1"]}
    message = "Cannot specify both StepIds and StepStates."

    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, message, "ListSteps", ClusterId=running.id, **filters
    )


def test_more_than_ten_ids_are_refused(emrsim: Emulator, emr: Caller, running: Cluster) -> None:
    ids = [f"s-{number}" for number in range(11)]
    message = "StepIds must have at most 10 members."

    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, message, "ListSteps", ClusterId=running.id, StepIds=ids
    )


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    refused_call_changes_nothing(
        emrsim, emr, INVALID_REQUEST, UNKNOWN_CLUSTER, "ListSteps", ClusterId="j-NONE"
    )
