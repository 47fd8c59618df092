"""EMR's events, of clusters that really run, in AWS's form."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import pytest

from emrsim import Emulator
from tests.support.clusters import RELEASE, fleet, group
from tests.support.engines import command_step, long_step
from tests.support.policies import auto_scaling

CLUSTER, STEP = "EMR Cluster State Change", "EMR Step Status Change"
GROUP, FLEET = "EMR Instance Group State Change", "EMR Instance Fleet State Change"
POLICY = "EMR Auto Scaling Policy State Change"
MINUTE = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"


def start(emr: Any, steps: Sequence[Any] = (), keep_alive: bool = False, **more: Any) -> str:
    groups = {"InstanceGroups": [group("MASTER"), group("CORE", 2)]}
    instances = {"KeepJobFlowAliveWhenNoSteps": keep_alive, **more.pop("Instances", groups)}
    answer = emr.run_job_flow(Name="Nightly", ReleaseLabel=RELEASE, Instances=instances, Steps=steps, **more)
    return str(answer["JobFlowId"])


def states(events: Sequence[Any]) -> list[str]:
    return [event["detail"]["state"] for event in events]


def messages(events: Sequence[Any]) -> list[str]:
    """Their messages with T for each time."""
    return [re.sub(MINUTE, "T", event["detail"]["message"]) for event in events]


def test_cluster_that_succeeds_tells_of_each_state_that_aws_tells_of(
    emrsim: Emulator, emr_client: Any
) -> None:
    cluster_id = start(emr_client, [command_step("true")])
    emrsim.wait(cluster_id, "TERMINATED")

    events = emrsim.events(CLUSTER)

    assert states(events) == ["STARTING", "RUNNING", "TERMINATED"]
    assert messages(events) == [
        f"Amazon EMR cluster {cluster_id} (Nightly) was requested at T and is being created.",
        f"Amazon EMR cluster {cluster_id} (Nightly) began running steps at T.",
        f"Amazon EMR Cluster {cluster_id} (Nightly) has terminated at T with a reason of "
        "ALL_STEPS_COMPLETED.",
    ]
    assert [event["detail"]["severity"] for event in events] == ["INFO"] * 3
    assert [event["detail"]["stateChangeReason"] for event in events] == [
        '{"code":""}',
        '{"code":""}',
        '{"code":"ALL_STEPS_COMPLETED","message":"Steps completed"}',
    ]


def test_event_has_the_envelope_of_eventbridge(emrsim: Emulator, emr_client: Any) -> None:
    cluster_id = start(emr_client, keep_alive=True)
    emrsim.wait(cluster_id, "WAITING")

    events = emrsim.events()

    assert len({event["id"] for event in events}) == len(events)
    first = events[0]
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", first.pop("time"))
    assert re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first.pop("id"))
    assert first.pop("detail")["clusterId"] == cluster_id
    assert first == {
        "version": "0",
        "detail-type": CLUSTER,
        "source": "aws.emr",
        "account": "123456789012",
        "region": "us-east-1",
        "resources": [],
    }


def test_failed_step_ends_its_cluster_with_errors(emrsim: Emulator, emr_client: Any) -> None:
    cluster_id = start(
        emr_client, [command_step("false", on_failure="TERMINATE_CLUSTER"), command_step("true")]
    )
    emrsim.wait(cluster_id, "TERMINATED_WITH_ERRORS")

    (end,) = emrsim.assert_event(CLUSTER, state="TERMINATED_WITH_ERRORS")
    assert end["detail"]["severity"] == "CRITICAL"
    assert (
        end["detail"]["stateChangeReason"] == '{"code":"STEP_FAILURE","message":"Shut down as step failed"}'
    )
    (failed,) = emrsim.assert_event(STEP, state="FAILED")
    assert (failed["detail"]["severity"], failed["detail"]["actionOnFailure"]) == (
        "ERROR",
        "TERMINATE_CLUSTER",
    )
    (dropped,) = emrsim.assert_event(STEP, state="CANCELLED")
    assert dropped["detail"]["severity"] == "WARN"


def test_step_tells_of_its_way_with_a_long_name_cut_in_messages_only(
    emrsim: Emulator, emr_client: Any
) -> None:
    name = "s3://datalake-stage/sap/ge2/and/more"
    cluster_id = start(emr_client, keep_alive=True)
    emrsim.wait(cluster_id, "WAITING")
    (step_id,) = emr_client.add_job_flow_steps(JobFlowId=cluster_id, Steps=[command_step("true", name=name)])[
        "StepIds"
    ]
    emrsim.wait(step_id, "COMPLETED")

    events = emrsim.events(STEP)

    who, where = f"{step_id} (s3://datalake-stage/sap/ge2...)", f"Amazon EMR cluster {cluster_id} (Nightly)"
    assert messages(events) == [
        f"Step {who} was added to {where} at T and is pending execution.",
        f"Step {who} in {where} started running at T.",
        f"Step {who} in {where} completed execution at T. The step started running at T and took "
        "0 minutes to complete.",
    ]
    assert {event["detail"]["name"] for event in events} == {name}


@pytest.mark.parametrize(("length", "shown"), [(30, "x" * 30), (31, "x" * 27 + "...")])
def test_name_of_thirty_characters_is_not_cut(
    emrsim: Emulator, emr_client: Any, length: int, shown: str
) -> None:
    emrsim.wait(start(emr_client, [command_step("true", name="x" * length)]), "TERMINATED")

    assert f"({shown})" in emrsim.events(STEP)[0]["detail"]["message"]


@pytest.mark.emrsim(clock="manual")
def test_minutes_are_those_of_the_emulators_clock(emrsim: Emulator, emr_client: Any) -> None:
    cluster_id = start(emr_client, keep_alive=True)
    emrsim.clock.advance("PT1H")
    emrsim.wait(cluster_id, "WAITING")
    core = emr_client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"][1]
    emr_client.modify_instance_groups(InstanceGroups=[{"InstanceGroupId": core["Id"], "InstanceCount": 5}])
    emrsim.clock.advance("PT1H")

    done = emrsim.wait_for_event(GROUP, state="RUNNING", runningInstanceCount=5)

    assert "now has an instance count of 5." in done["detail"]["message"]
    assert re.search(r"and took [1-9]\d* minutes to complete\.$", done["detail"]["message"])
    assert done["time"] > emrsim.events(CLUSTER)[0]["time"]


def test_waiting_cluster_is_ready_first_and_has_finished_its_steps_later(
    emrsim: Emulator, emr_client: Any
) -> None:
    cluster_id = start(emr_client, keep_alive=True)
    emrsim.wait(cluster_id, "WAITING")
    steps = emr_client.add_job_flow_steps(JobFlowId=cluster_id, Steps=[command_step("true")])["StepIds"]
    emrsim.wait(steps[0], "COMPLETED")

    ready, finished = messages(emrsim.assert_event(CLUSTER, state="WAITING", count=2))

    assert ready.endswith("was created at T and is ready for use.")
    assert finished.endswith("finished running all pending steps at T.")


def test_cancelled_step_tells_that_it_is_and_then_that_it_was(emrsim: Emulator, emr_client: Any) -> None:
    cluster_id = start(emr_client, [long_step()], keep_alive=True)
    step_id = emr_client.list_steps(ClusterId=cluster_id)["Steps"][0]["Id"]
    emrsim.wait(step_id, "RUNNING")
    emr_client.cancel_steps(
        ClusterId=cluster_id, StepIds=[step_id], StepCancellationOption="TERMINATE_PROCESS"
    )
    emrsim.wait(step_id, "CANCELLED")

    assert states(emrsim.events(STEP)) == ["PENDING", "RUNNING", "CANCEL_PENDING", "CANCELLED"]
    assert "was cancelled at T and is pending cancellation." in messages(emrsim.events(STEP))[2]


def test_user_request_is_no_failure(emrsim: Emulator, emr_client: Any) -> None:
    cluster_id = start(emr_client, keep_alive=True)
    emrsim.wait(cluster_id, "WAITING")
    emr_client.terminate_job_flows(JobFlowIds=[cluster_id])
    emrsim.wait(cluster_id, "TERMINATED")

    (end,) = emrsim.assert_event(CLUSTER, state="TERMINATED", severity="INFO")
    assert json.loads(end["detail"]["stateChangeReason"])["code"] == "USER_REQUEST"


def test_resize_of_a_group_is_asked_for_begins_and_ends(emrsim: Emulator, emr_client: Any) -> None:
    cluster_id = start(emr_client, keep_alive=True)
    emrsim.wait(cluster_id, "WAITING")
    core = emr_client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"][1]["Id"]
    emr_client.modify_instance_groups(InstanceGroups=[{"InstanceGroupId": core, "InstanceCount": 3}])
    emrsim.wait_for_event(GROUP, state="RUNNING", runningInstanceCount=3)

    events = emrsim.events(GROUP)

    who = f"for instance group {core} in Amazon EMR cluster {cluster_id} (Nightly)"
    assert messages(events) == [
        f"A resize {who} was initiated by user at T.",
        f"A resize {who} started at T. It is resizing from an instance count of 2 to 3.",
        f"The resizing operation {who} is complete. It now has an instance count of 3. The resize started "
        "at T and took 0 minutes to complete.",
    ]
    assert states(events) == ["RUNNING", "RESIZING", "RUNNING"]
    detail = events[1]["detail"]
    assert (detail["requestedInstanceCount"], detail["runningInstanceCount"]) == (3, 2)
    assert (detail["instanceGroupType"], detail["market"]) == ("CORE", "ON_DEMAND")


def test_reconfiguration_tells_of_its_versions(emrsim: Emulator, emr_client: Any) -> None:
    cluster_id = start(emr_client, keep_alive=True)
    emrsim.wait(cluster_id, "WAITING")
    core = emr_client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"][1]["Id"]
    new = [{"Classification": "core-site", "Properties": {"a": "b"}}]
    emr_client.modify_instance_groups(
        ClusterId=cluster_id, InstanceGroups=[{"InstanceGroupId": core, "Configurations": new}]
    )
    done = emrsim.wait_for_event(GROUP, state="RUNNING", severity="INFO", message=_Ends("version is 1."))

    assert "is complete. The reconfiguration started at" in done["detail"]["message"]
    assert "from version number 0 to version number 1." in messages(emrsim.events(GROUP))[1]


def test_fleet_tells_of_its_capacities(emrsim: Emulator, emr_client: Any) -> None:
    fleets = {"InstanceFleets": [fleet("MASTER"), fleet("CORE", on_demand=1, spot=2)]}
    cluster_id = start(emr_client, keep_alive=True, Instances=fleets)
    emrsim.wait(cluster_id, "WAITING")
    core = emr_client.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"][1]["Id"]
    change = {"InstanceFleetId": core, "TargetOnDemandCapacity": 2, "TargetSpotCapacity": 1}
    emr_client.modify_instance_fleet(ClusterId=cluster_id, InstanceFleet=change)
    emrsim.wait_for_event(FLEET, instanceFleetId=core, provisionedOnDemandCapacity=2, state="WAITING")

    events = [one for one in emrsim.events(FLEET) if one["detail"]["instanceFleetId"] == core]

    assert states(events) == ["WAITING", "WAITING", "RESIZING", "WAITING"]
    assert messages(events)[0].endswith(
        "is complete. Provisioning started at T and took 0 minutes. The instance fleet now has On-Demand "
        "capacity of 1 and Spot capacity of 2. Target On-Demand capacity was 1, and target Spot capacity "
        "was 2."
    )
    assert messages(events)[2].endswith(
        "The instance fleet is resizing from an On-Demand capacity of 1 to a target of 2, and from a Spot "
        "capacity of 2 to a target of 1."
    )


def test_group_that_was_arrested_says_why(emrsim: Emulator, emr_client: Any) -> None:
    emrsim.rules.add({"then": {"arrest_group": {"role": "CORE", "message": "bad luck"}}})
    start(emr_client, keep_alive=True)

    event = emrsim.wait_for_event(GROUP, state="ARRESTED")

    assert event["detail"]["severity"] == "ERROR"
    assert messages([event])[0].endswith("was arrested at T for the following reason: bad luck.")


def test_policy_is_pending_attached_updated_and_detached(emrsim: Emulator, emr_client: Any) -> None:
    cluster_id = start(emr_client, keep_alive=True, AutoScalingRole="role")
    emrsim.wait(cluster_id, "WAITING")
    core = emr_client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"][1]["Id"]
    which = {"ClusterId": cluster_id, "InstanceGroupId": core}
    emr_client.put_auto_scaling_policy(**which, AutoScalingPolicy=auto_scaling())
    emr_client.put_auto_scaling_policy(**which, AutoScalingPolicy=auto_scaling(1, 4))
    emr_client.remove_auto_scaling_policy(**which)

    events = emrsim.events(POLICY, resourceId=core)

    assert states(events) == ["PENDING", "ATTACHED", "PENDING", "ATTACHED", "DETACHED"]
    assert messages(events)[0].startswith(f"An Auto Scaling policy was added to instance group {core} in")
    assert "was updated at T. The policy is pending attachment." in messages(events)[2]


def test_seeded_cluster_tells_of_what_happens_to_it_and_not_of_what_was_before(
    emrsim: Emulator, emr_client: Any
) -> None:
    (cluster_id,) = emrsim.seed({"clusters": [{"state": "WAITING"}]})
    assert emrsim.events() == []

    emr_client.terminate_job_flows(JobFlowIds=[cluster_id])
    emrsim.wait(cluster_id, "TERMINATED")

    assert states(emrsim.events(CLUSTER)) == ["TERMINATED"]


def test_reset_forgets_events(emrsim: Emulator, emr_client: Any) -> None:
    emrsim.wait(start(emr_client, keep_alive=True), "WAITING")

    emrsim.reset()

    assert emrsim.events() == []


class _Ends:
    """Equal to all texts with that end."""

    def __init__(self, end: str) -> None:
        self.end = end

    def __eq__(self, other: object) -> bool:
        return isinstance(other, str) and other.endswith(self.end)

    def __hash__(self) -> int:
        return hash(self.end)
