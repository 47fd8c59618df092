"""CancelSteps."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.api.fleets import RELEASE
from tests.support.calls import Caller
from tests.support.engines import command_step, long_step
from tests.support.refusals import (
    unknown_cluster_is_refused,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]


def states(cluster: Cluster) -> list[str]:
    return [step.state.value for step in cluster.steps.values()]


def cancel(emr: Caller, cluster: Cluster, *step_ids: str, **options: str) -> list[dict[str, str]]:
    answer = emr.call("CancelSteps", ClusterId=cluster.id, StepIds=list(step_ids), **options)
    return list(answer["CancelStepsInfoList"])


def test_pending_step_is_cancelled_and_the_running_one_goes_on(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE, Steps=[long_step(), command_step("true")]), "RUNNING")
    _, pending = cluster.steps

    assert cancel(emr, cluster, pending) == [{"StepId": pending, "Status": "SUBMITTED"}]

    assert states(cluster) == ["RUNNING", "CANCELLED"]


@pytest.mark.parametrize("option", ["SEND_INTERRUPT", "TERMINATE_PROCESS"])
def test_running_step_is_stopped_and_the_next_one_runs(emr: Caller, reach: Reach, option: str) -> None:
    steps = [long_step(on_failure="TERMINATE_CLUSTER"), command_step("true")]
    cluster = reach(emr.run(ReleaseLabel=RELEASE, Steps=steps), "RUNNING")
    running, _ = cluster.steps

    assert cancel(emr, cluster, running, StepCancellationOption=option) == [
        {"StepId": running, "Status": "SUBMITTED"}
    ]

    wait_until(lambda: states(cluster) == ["CANCELLED", "COMPLETED"])
    reach(cluster.id, "WAITING")


def test_step_that_ignores_the_signal_is_killed_at_once_if_told_so(emr: Caller, reach: Reach) -> None:
    stubborn = command_step("sh", "-c", "trap '' TERM; echo up; while :; do sleep 600; done")
    cluster = reach(emr.run(ReleaseLabel=RELEASE, Steps=[stubborn]), "RUNNING")
    (running,) = cluster.steps

    cancel(emr, cluster, running, StepCancellationOption="TERMINATE_PROCESS")

    wait_until(lambda: states(cluster) == ["CANCELLED"], patience=4)


def test_cancelling_again_changes_nothing_more(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE, Steps=[long_step(), command_step("true")]), "RUNNING")
    _running, pending = cluster.steps
    cancel(emr, cluster, pending)

    (again,) = cancel(emr, cluster, pending)

    assert again == {"StepId": pending, "Status": "FAILED", "Reason": "The step is CANCELLED."}


def test_each_step_is_answered_for_itself(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE, Steps=[command_step("true")]), "WAITING")
    (done,) = cluster.steps

    assert cancel(emr, cluster, done, "s-NONE") == [
        {"StepId": done, "Status": "FAILED", "Reason": "The step is COMPLETED."},
        {"StepId": "s-NONE", "Status": "FAILED", "Reason": "Step id 's-NONE' is not valid."},
    ]


@pytest.mark.parametrize("label", ["emr-4.7.0", "emr-5.0.0", "emr-5.27.0"])
def test_older_releases_do_not_cancel_running_steps(emr: Caller, reach: Reach, label: str) -> None:
    cluster = reach(emr.run(ReleaseLabel=label, Steps=[long_step()]), "RUNNING")
    (running,) = cluster.steps

    (answer,) = cancel(emr, cluster, running)

    assert (answer["Status"], states(cluster)) == ("FAILED", ["RUNNING"])


def test_unknown_cluster_is_refused(emrsim: Emulator, emr: Caller) -> None:
    params = {"StepIds": ["s-1"]}

    unknown_cluster_is_refused(emrsim, emr, "CancelSteps", **params)
