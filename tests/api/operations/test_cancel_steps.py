"""CancelSteps: real processes are asked to end, or killed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import RELEASE
from tests.support.engines import command_step, long_step
from tests.support.refusals import INVALID_REQUEST, UNKNOWN_CLUSTER, refused_call_changes_nothing
from tests.waiting import wait_until

Reach = Callable[..., Cluster]
SOON_SECONDS = 2.0


def run(emr: Caller, reach: Reach, *steps: dict[str, Any], release: str = RELEASE, **params: Any) -> Cluster:
    """A cluster whose first step runs."""
    return reach(emr.run(Steps=list(steps), ReleaseLabel=release, **params), "RUNNING")


def states(cluster: Cluster) -> list[str]:
    return [step.state.value for step in cluster.steps.values()]


def cancel(emr: Caller, cluster: Cluster, *numbers: int, **option: str) -> list[dict[str, Any]]:
    """What CancelSteps says of the steps of those numbers."""
    ids = [list(cluster.steps)[number] for number in numbers]
    answer = emr.call("CancelSteps", ClusterId=cluster.id, StepIds=ids, **option)
    assert [info.pop("StepId") for info in answer["CancelStepsInfoList"]] == ids
    return list(answer["CancelStepsInfoList"])


def trapping(folder: Path, on_term: str) -> dict[str, Any]:
    """A step that writes down its process id and its child's, and does `on_term` when it is asked to end."""
    script = (
        f"trap '{on_term}' TERM; sleep 600 & echo $! >{folder}/child; echo $$ >{folder}/new; "
        f"mv {folder}/new {folder}/parent; while :; do wait; done"
    )
    return command_step("sh", "-c", script, on_failure="TERMINATE_CLUSTER")


def process_ids(folder: Path) -> list[int]:
    wait_until((folder / "parent").exists, "the step's processes")
    return [int((folder / name).read_text()) for name in ("parent", "child")]


def is_gone(process_id: int) -> bool:
    try:
        os.kill(process_id, 0)
    except ProcessLookupError:
        return True
    # A child of the step that nobody waits for any more.
    return Path(f"/proc/{process_id}/stat").read_text().rpartition(")")[2].split()[0] == "Z"


def test_pending_step_is_cancelled_and_never_runs(emr: Caller, reach: Reach) -> None:
    cluster = run(emr, reach, long_step(), command_step("true"))

    assert cancel(emr, cluster, 1) == [{"Status": "SUBMITTED"}]

    assert states(cluster) == ["RUNNING", "CANCELLED"]
    step = emr.call("DescribeStep", ClusterId=cluster.id, StepId=list(cluster.steps)[1])["Step"]
    assert set(step["Status"]["Timeline"]) == {"CreationDateTime"}


def test_interrupted_step_may_end_in_its_own_way(emr: Caller, reach: Reach, tmp_path: Path) -> None:
    cluster = run(
        emr, reach, trapping(tmp_path, f"echo asked >{tmp_path}/said; exit 7"), command_step("true")
    )
    processes = process_ids(tmp_path)

    began = time.monotonic()
    assert cancel(emr, cluster, 0, StepCancellationOption="SEND_INTERRUPT") == [{"Status": "SUBMITTED"}]
    reach(cluster.id, "WAITING")

    assert time.monotonic() - began < SOON_SECONDS
    assert (tmp_path / "said").read_text() == "asked\n"
    assert all(map(is_gone, processes))
    assert states(cluster) == ["CANCELLED", "COMPLETED"]  # and TERMINATE_CLUSTER was not acted on


def test_killed_step_is_not_asked(emr: Caller, reach: Reach, tmp_path: Path) -> None:
    cluster = run(emr, reach, trapping(tmp_path, f"echo asked >{tmp_path}/said"))
    processes = process_ids(tmp_path)

    began = time.monotonic()
    cancel(emr, cluster, 0, StepCancellationOption="TERMINATE_PROCESS")
    reach(cluster.id, "WAITING")

    assert time.monotonic() - began < SOON_SECONDS
    assert not (tmp_path / "said").exists()
    assert all(map(is_gone, processes))
    assert states(cluster) == ["CANCELLED"]


def test_step_that_does_not_end_when_asked_can_be_killed(emr: Caller, reach: Reach, tmp_path: Path) -> None:
    cluster = run(emr, reach, trapping(tmp_path, f"echo asked >{tmp_path}/said"))
    processes = process_ids(tmp_path)

    cancel(emr, cluster, 0)
    wait_until((tmp_path / "said").exists)
    assert states(cluster) == ["CANCEL_PENDING"]

    began = time.monotonic()
    cancel(emr, cluster, 0, StepCancellationOption="TERMINATE_PROCESS")
    reach(cluster.id, "WAITING")

    assert time.monotonic() - began < SOON_SECONDS
    assert all(map(is_gone, processes))


def test_answer_tells_for_each_step_why_it_cannot_be_cancelled(emr: Caller, reach: Reach) -> None:
    cluster = run(emr, reach, command_step("true"), long_step(), long_step())
    wait_until(lambda: states(cluster) == ["COMPLETED", "RUNNING", "PENDING"])
    ids = [*cluster.steps, "s-NONE"]

    answer = emr.call("CancelSteps", ClusterId=cluster.id, StepIds=ids)["CancelStepsInfoList"]

    assert [(one["StepId"], one["Status"], one.get("Reason")) for one in answer] == [
        (ids[0], "FAILED", "The step is COMPLETED."),
        (ids[1], "SUBMITTED", None),
        (ids[2], "SUBMITTED", None),
        ("s-NONE", "FAILED", "Step id 's-NONE' is not valid."),
    ]
    reach(cluster.id, "WAITING")
    assert states(cluster) == ["COMPLETED", "CANCELLED", "CANCELLED"]


OLD = "Steps can be cancelled in releases 4.8.0 and later, except 5.0.0."
PENDING_ONLY = "Running steps can be cancelled in releases 5.28.0 and later."


@pytest.mark.parametrize(
    ("release", "running", "pending"),
    [
        ("emr-4.7.2", OLD, OLD),
        ("emr-5.0.0", OLD, OLD),
        ("", None, None),  # of no age
        ("emr-4.8.0", PENDING_ONLY, None),
        ("emr-5.27.1", PENDING_ONLY, None),
        ("emr-5.28.0", None, None),
    ],
)
def test_release_decides_what_can_be_cancelled(
    emr: Caller, reach: Reach, release: str, running: str | None, pending: str | None
) -> None:
    cluster = run(emr, reach, long_step(), long_step(), release=release)

    told = cancel(emr, cluster, 0, 1)

    assert [one.get("Reason") for one in told] == [running, pending]


def test_step_of_an_ended_cluster_cannot_be_cancelled(emr: Caller, reach: Reach) -> None:
    cluster = run(emr, reach, long_step())
    emr.call("TerminateJobFlows", JobFlowIds=[cluster.id])
    reach(cluster.id, "TERMINATED")

    assert cancel(emr, cluster, 0) == [{"Status": "FAILED", "Reason": "The step is INTERRUPTED."}]


@pytest.mark.parametrize(
    ("cluster_id", "count", "message"),
    [("j-NONE", 1, UNKNOWN_CLUSTER), (None, 257, "StepIds must have at most 256 members.")],
)
def test_refused_call_cancels_nothing(
    emrsim: Emulator, emr: Caller, reach: Reach, cluster_id: str | None, count: int, message: str
) -> None:
    cluster = run(emr, reach, long_step())
    params = {"ClusterId": cluster_id or cluster.id, "StepIds": list(cluster.steps) * count}

    refused_call_changes_nothing(emrsim, emr, INVALID_REQUEST, message, "CancelSteps", **params)
