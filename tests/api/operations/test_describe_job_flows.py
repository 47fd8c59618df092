"""DescribeJobFlows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.core.model import Cluster
from tests.support.calls import Caller
from tests.support.clusters import fleet, run_with_fleets
from tests.support.engines import command_step, long_step
from tests.support.refusals import UNKNOWN_JOB_FLOW, VALIDATION, refused_call_changes_nothing

Reach = Callable[..., Cluster]
ENDING = {"InstanceCount": 1}
LONG_AGO = datetime(2009, 4, 1, tzinfo=UTC)
FAR_AHEAD = datetime(2100, 1, 1, tzinfo=UTC)


def described(emr: Caller, **params: Any) -> list[dict[str, Any]]:
    return list(emr.call("DescribeJobFlows", **params)["JobFlows"])


def ids(emr: Caller, **params: Any) -> list[str]:
    return [job_flow["JobFlowId"] for job_flow in described(emr, **params)]


def test_job_flow_is_described_in_the_old_words(emr: Caller, reach: Reach) -> None:
    steps = [
        command_step("true", name="one"),
        command_step("false", name="two", on_failure="CANCEL_AND_WAIT"),
    ]
    cluster_id = emr.run(Name="n", Steps=steps, AmiVersion="2.4.2", LogUri="s3n://logs/")
    reach(cluster_id, "WAITING")

    (job_flow,) = described(emr, JobFlowIds=[cluster_id])

    detail = job_flow["ExecutionStatusDetail"]
    assert (job_flow["Name"], job_flow["AmiVersion"], job_flow["LogUri"]) == ("n", "2.4.2", "s3n://logs/")
    assert (detail["State"], detail["LastStateChangeReason"]) == ("WAITING", "Waiting after step failed")
    assert detail["StartDateTime"] == detail["ReadyDateTime"]
    assert [one["StepConfig"]["Name"] for one in job_flow["Steps"]] == ["one", "two"]
    assert [one["ExecutionStatusDetail"]["State"] for one in job_flow["Steps"]] == ["COMPLETED", "FAILED"]


def test_instances_are_described_by_group(emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run(
        Instances={
            "InstanceCount": 3,
            "MasterInstanceType": "m1.large",
            "SlaveInstanceType": "c1.medium",
            "KeepJobFlowAliveWhenNoSteps": True,
        }
    )
    reach(cluster_id, "WAITING")

    (job_flow,) = described(emr, JobFlowIds=[cluster_id])

    instances = job_flow["Instances"]
    master, core = instances["InstanceGroups"]
    assert (instances["MasterInstanceType"], instances["SlaveInstanceType"]) == ("m1.large", "c1.medium")
    assert (instances["InstanceCount"], instances["NormalizedInstanceHours"]) == (3, 0)
    assert (master["InstanceRole"], core["InstanceRole"]) == ("MASTER", "CORE")
    assert (core["State"], core["InstanceRequestCount"], core["InstanceRunningCount"]) == ("RUNNING", 2, 2)
    assert instances["KeepJobFlowAliveWhenNoSteps"] is True


def test_groups_of_an_ended_job_flow_have_ended(emr: Caller, reach: Reach) -> None:
    cluster_id = emr.run(Instances=ENDING)
    reach(cluster_id, "COMPLETED")

    (job_flow,) = described(emr, JobFlowIds=[cluster_id])

    (group,) = job_flow["Instances"]["InstanceGroups"]
    assert (group["State"], group["LastStateChangeReason"]) == ("ENDED", "Job flow terminated")
    assert (group["InstanceRequestCount"], group["InstanceRunningCount"]) == (1, 0)


def test_job_flows_are_newest_first(emr: Caller) -> None:
    made = [emr.run() for _ in range(3)]

    assert ids(emr) == made[::-1]


def test_job_flows_are_filtered_by_state(emr: Caller, reach: Reach) -> None:
    waiting, running, ended = emr.run(), emr.run(Steps=[long_step()]), emr.run(Instances=ENDING)
    reach(waiting, "WAITING")
    reach(running, "RUNNING")
    reach(ended, "COMPLETED")

    assert ids(emr, JobFlowStates=["WAITING"]) == [waiting]
    assert ids(emr, JobFlowStates=["COMPLETED", "RUNNING"]) == [ended, running]


def test_job_flows_are_filtered_by_date(emr: Caller) -> None:
    cluster_id = emr.run()

    assert ids(emr, CreatedAfter=LONG_AGO) == ids(emr, CreatedBefore=FAR_AHEAD) == [cluster_id]
    assert ids(emr, CreatedBefore=LONG_AGO) == ids(emr, CreatedAfter=FAR_AHEAD) == []


def test_filters_are_combined(emr: Caller, reach: Reach) -> None:
    one, other = emr.run(), emr.run()
    reach(one, "WAITING")
    reach(other, "WAITING")

    assert ids(emr, JobFlowIds=[one], JobFlowStates=["WAITING"], CreatedAfter=LONG_AGO) == [one]
    assert ids(emr, JobFlowIds=[one], JobFlowStates=["RUNNING"]) == []


def test_empty_filter_counts_as_none(emr: Caller) -> None:
    cluster_id = emr.run()

    assert ids(emr, JobFlowIds=[], JobFlowStates=[]) == [cluster_id]


@pytest.mark.parametrize(
    ("days", "shows_ended", "shows_living", "shows_ended_by_state"),
    [(13, True, True, True), (15, False, True, True), (62, False, False, False)],
)
def test_old_job_flows_are_not_shown(
    emr: Caller,
    emrsim: Emulator,
    reach: Reach,
    days: int,
    shows_ended: bool,
    shows_living: bool,
    shows_ended_by_state: bool,
) -> None:
    ended, living = emr.run(Instances=ENDING), emr.run()
    reach(ended, "COMPLETED")
    reach(living, "WAITING")

    emrsim.clock.advance(timedelta(days=days))

    assert (ended in ids(emr), living in ids(emr)) == (shows_ended, shows_living)
    assert (ended in ids(emr, JobFlowStates=["COMPLETED"])) == shows_ended_by_state


def test_unknown_job_flow_is_refused(emrsim: Emulator, emr: Caller, reach: Reach) -> None:
    known = emr.run()
    reach(known, "WAITING")

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, UNKNOWN_JOB_FLOW, "DescribeJobFlows", JobFlowIds=[known, "j-NONE"]
    )


def test_unknown_state_is_refused(emrsim: Emulator, emr: Caller) -> None:
    message = (
        "1 validation error detected: Value 'ASLEEP' at 'jobFlowStates.1.member' failed to satisfy "
        "constraint: Member must satisfy enum value set: [STARTING, BOOTSTRAPPING, RUNNING, WAITING, "
        "SHUTTING_DOWN, TERMINATED, COMPLETED, FAILED]"
    )

    refused_call_changes_nothing(
        emrsim, emr, VALIDATION, message, "DescribeJobFlows", JobFlowStates=["ASLEEP"]
    )


def test_job_flow_of_fleets_has_no_groups_but_its_types_and_count(emr: Caller, reach: Reach) -> None:
    cluster = reach(run_with_fleets(emr, fleet("CORE", 3)), "WAITING")

    (job_flow,) = emr.call("DescribeJobFlows", JobFlowIds=[cluster.id])["JobFlows"]

    instances = job_flow["Instances"]
    assert instances.get("InstanceGroups", []) == []
    assert (instances["MasterInstanceType"], instances["SlaveInstanceType"]) == ("m4.large", "m4.large")
    assert instances["InstanceCount"] == 4
    assert instances["MasterInstanceId"] == next(iter(cluster.instances.values())).ec2_id
