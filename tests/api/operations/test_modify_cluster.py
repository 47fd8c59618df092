"""ModifyCluster: steps run side by side up to the level, in real processes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import RELEASE
from tests.support.engines import command_step
from tests.support.refusals import (
    ENDING,
    INVALID_REQUEST,
    UNKNOWN_CLUSTER,
    VALIDATION,
    refused_call_changes_nothing,
)
from tests.waiting import wait_until

Reach = Callable[..., Cluster]


def meeting(folder: Path, number: int) -> dict[str, Any]:
    """A step that says it is there and stays until its door is opened."""
    script = f"touch {folder}/here-{number}; until [ -e {folder}/door-{number} ]; do sleep 0.05; done"
    return command_step("sh", "-c", script)


def present(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("here-*")}


def test_steps_run_truly_side_by_side_up_to_the_level(emr: Caller, reach: Reach, tmp_path: Path) -> None:
    cluster = reach(
        emr.run(Steps=[meeting(tmp_path, number) for number in range(4)], ReleaseLabel=RELEASE), "RUNNING"
    )
    wait_until(lambda: present(tmp_path) == {"here-0"})

    answer = emr.call("ModifyCluster", ClusterId=cluster.id, StepConcurrencyLevel=3)
    assert answer == {"StepConcurrencyLevel": 3}
    wait_until(lambda: present(tmp_path) == {"here-0", "here-1", "here-2"})

    emr.call("ModifyCluster", ClusterId=cluster.id, StepConcurrencyLevel=2)
    (tmp_path / "door-1").touch()
    wait_until(lambda: list(cluster.steps.values())[1].state.value == "COMPLETED")
    assert [step.state.value for step in cluster.steps.values()] == [
        "RUNNING",
        "COMPLETED",
        "RUNNING",
        "PENDING",
    ]
    assert "here-3" not in present(tmp_path)

    for number in (0, 2, 3):
        (tmp_path / f"door-{number}").touch()
    reach(cluster.id, "WAITING")
    assert [step.state.value for step in cluster.steps.values()] == ["COMPLETED"] * 4


def test_change_is_answered_and_shown(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE), "WAITING")

    answer = emr.call("ModifyCluster", ClusterId=cluster.id, StepConcurrencyLevel=256, ExtendedSupport=True)

    assert answer == {"StepConcurrencyLevel": 256, "ExtendedSupport": True}
    shown = emr.call("DescribeCluster", ClusterId=cluster.id)["Cluster"]
    assert {name: shown[name] for name in answer} == answer


def test_call_without_a_change_changes_nothing(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel=RELEASE, StepConcurrencyLevel=4), "WAITING")

    assert emr.call("ModifyCluster", ClusterId=cluster.id) == {}
    assert cluster.step_concurrency == 4


LEVELS = "Invalid step concurrency level. Allowed level is from 1 to 256"
OLD = "Step concurrency above 1 is available in releases 5.28.0 and later."


@pytest.mark.parametrize(
    ("release", "codes", "level", "message"),
    [
        (RELEASE, VALIDATION, 0, LEVELS),
        (RELEASE, VALIDATION, 257, LEVELS),
        ("emr-5.27.0", VALIDATION, 2, OLD),
        ("emr-4.0.0", VALIDATION, 256, OLD),
    ],
)
def test_refused_change_changes_nothing(
    emrsim: Emulator,
    emr: Caller,
    reach: Reach,
    release: str,
    codes: dict[str, str],
    level: int,
    message: str,
) -> None:
    cluster = reach(emr.run(ReleaseLabel=release), "WAITING")
    params = {"ClusterId": cluster.id, "StepConcurrencyLevel": level, "ExtendedSupport": True}

    refused_call_changes_nothing(emrsim, emr, codes, message, "ModifyCluster", **params)


def test_old_release_may_have_the_level_it_has(emr: Caller, reach: Reach) -> None:
    cluster = reach(emr.run(ReleaseLabel="emr-4.0.0"), "WAITING")

    assert emr.call("ModifyCluster", ClusterId=cluster.id, StepConcurrencyLevel=1) == {
        "StepConcurrencyLevel": 1
    }


def test_unknown_and_ended_clusters_are_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    ended = reach(emr.run(Instances={"InstanceCount": 1}, ReleaseLabel=RELEASE), "COMPLETED").id

    for cluster_id, message in (("j-NONE", UNKNOWN_CLUSTER), (ended, ENDING)):
        refused_call_changes_nothing(
            emrsim,
            emr,
            INVALID_REQUEST,
            message,
            "ModifyCluster",
            ClusterId=cluster_id,
            StepConcurrencyLevel=2,
        )
