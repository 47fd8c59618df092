"""TerminateJobFlows."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.core import events as ev
from emrsim.core.model import Cluster
from tests.support.calls import Caller, Refused
from tests.support.engines import command_step, long_step
from tests.support.refusals import UNKNOWN_JOB_FLOW, VALIDATION, refused_call_changes_nothing
from tests.support.snapshots import snapshot
from tests.waiting import wait_until

Reach = Callable[..., Cluster]
PROTECTED = "Could not shut down one or more job flows since they are termination protected."
ONE_MACHINE = {"InstanceCount": 1, "KeepJobFlowAliveWhenNoSteps": True}


def test_waiting_cluster_is_terminated(emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run()
    reach(cluster_id, "WAITING")

    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    reason = reach(cluster_id, "TERMINATED").reason
    assert (reason.code, reason.message) == ("USER_REQUEST", "Terminated by user request")


@pytest.mark.parametrize("events", [[], [ev.Provisioned()]], ids=["STARTING", "BOOTSTRAPPING"])
def test_launching_cluster_is_terminated(
    slow_emr: Caller, slow_emrsim: Emulator, events: list[ev.Event]
) -> None:
    cluster_id = slow_emr.run(Steps=[long_step()])
    state = slow_emrsim.running.state
    for event in events:
        state.post(cluster_id, event)

    slow_emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    cluster = state.clusters[cluster_id]
    wait_until(lambda: cluster.state.value == "TERMINATED")
    assert [step.state.value for step in cluster.steps.values()] == ["CANCELLED"]


def test_running_step_dies_with_all_it_has_started(emr: Caller, tmp_path: Path, reach: Reach) -> None:
    pids = tmp_path / "pids"
    both = f"sleep 600 & echo $! > {pids}.part; echo $$ >> {pids}.part; mv {pids}.part {pids}; wait"
    cluster_id = emr.run(Steps=[command_step("sh", "-c", both), command_step("true")])
    wait_until(pids.exists)
    processes = [int(line) for line in pids.read_text().split()]

    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    cluster = reach(cluster_id, "TERMINATED")
    assert [step.state.value for step in cluster.steps.values()] == ["INTERRUPTED", "CANCELLED"]
    wait_until(lambda: not any(is_running(pid) for pid in processes))


def is_running(pid: int) -> bool:
    """Whether there is such a process; one that only waits to be reaped does not count."""
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_ended_cluster_stays_as_it_is(emr: Caller, emrsim: Emulator, reach: Reach) -> None:
    cluster_id = emr.run(Instances={"InstanceCount": 1})
    reach(cluster_id, "COMPLETED")
    before = snapshot(emrsim)

    emr.call("TerminateJobFlows", JobFlowIds=[cluster_id])

    assert snapshot(emrsim) == before


def test_protected_cluster_is_spared_and_the_others_are_not(emr: Caller, reach: Reach) -> None:
    protected = emr.run(Instances={**ONE_MACHINE, "TerminationProtected": True})
    other = emr.run()
    reach(protected, "WAITING")

    with pytest.raises(Refused, match=PROTECTED):
        emr.call("TerminateJobFlows", JobFlowIds=[protected, other])

    reach(other, "TERMINATED")
    assert reach(protected, "WAITING")


def test_one_unknown_cluster_spares_all(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run()
    reach(cluster_id, "WAITING")

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, UNKNOWN_JOB_FLOW, "TerminateJobFlows", JobFlowIds=[cluster_id, "j-NONE"]
    )


def test_repeated_cluster_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run()
    reach(cluster_id, "WAITING")
    message = "Specified job flow ID does not exist."

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, message, "TerminateJobFlows", JobFlowIds=[cluster_id, cluster_id]
    )


def test_empty_list_is_refused(emrsim: Emulator, emr: Caller) -> None:
    message = "The JobFlowId list cannot be empty"

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "TerminateJobFlows", JobFlowIds=[])


def test_more_than_ten_clusters_are_refused(emrsim: Emulator, emr: Caller) -> None:
    ids = [f"j-{number}" for number in range(11)]
    message = "Size of an input parameter exceeded."

    refused_call_changes_nothing(emrsim, emr, VALIDATION, message, "TerminateJobFlows", JobFlowIds=ids)
