"""Outcomes on demand, as clients see them: real boto 2 and boto3 over a real port."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Thread
from typing import Any

import boto3
import pytest

from emrsim import Emulator
from emrsim.boto2 import emr_connection
from emrsim.core.ports import Job
from emrsim.core.rule_form import RuleError
from emrsim.service.outcomes import NoSuchRule, UnusedRules
from tests.support.calls import Caller
from tests.support.clusters import RELEASE, fleet, group
from tests.support.engines import CommandEngine, command_step, long_step
from tests.waiting import wait_until

# A manual clock that lets nothing wait, and plain commands as steps.
pytestmark = pytest.mark.emrsim(
    clock="manual",
    boot_seconds=0,
    step_seconds=0,
    shutdown_seconds=0,
    settle_seconds=0,
    engines=[CommandEngine()],
)

KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
STAYS = {"InstanceCount": 1, "MasterInstanceType": "m1.small", "KeepJobFlowAliveWhenNoSteps": True}


@pytest.fixture
def emr(emrsim: Emulator) -> Any:
    return boto3.client("emr", endpoint_url=emrsim.url, **KEYS)


def run(emr: Any, *steps: dict[str, Any], **params: Any) -> str:
    params = {"Name": "a cluster", "ReleaseLabel": RELEASE, "Instances": STAYS, **params}
    return str(emr.run_job_flow(Steps=list(steps), **params)["JobFlowId"])


def settled(emrsim: Emulator) -> None:
    """All that needs no time has happened."""
    emrsim.clock.advance(0)


def steps_of(emr: Any, cluster_id: str) -> list[dict[str, Any]]:
    return list(reversed(emr.list_steps(ClusterId=cluster_id)["Steps"]))


def states(emr: Any, cluster_id: str) -> list[str]:
    cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    return [cluster["Status"]["State"], *(step["Status"]["State"] for step in steps_of(emr, cluster_id))]


def log_of(emrsim: Emulator, cluster_id: str, step_id: str, name: str) -> str:
    return (emrsim.data / "clusters" / cluster_id / "steps" / step_id / name).read_text()


def test_step_fails_with_the_exit_code_and_stderr_of_its_rule(emrsim: Emulator, emr: Any) -> None:
    rule = {"match": {"step": "wc*"}, "then": {"fail": {"exit_code": 3, "stderr": "disk full\n"}}}
    emrsim.rules.add(rule)
    touch = command_step("touch", str(emrsim.root / "ran"), name="wc of today")

    cluster_id = run(emr, touch, command_step("true"))
    settled(emrsim)

    assert states(emr, cluster_id) == ["WAITING", "FAILED", "COMPLETED"]
    failed = steps_of(emr, cluster_id)[0]
    assert failed["Status"]["FailureDetails"]["Message"] == "disk full"
    assert log_of(emrsim, cluster_id, failed["Id"], "stderr") == "disk full\n"
    controller = log_of(emrsim, cluster_id, failed["Id"], "controller")
    assert "not run: fail, as rule r-1 of emrsim says" in controller
    assert "exit code 3" in controller
    assert not (emrsim.root / "ran").exists()


def test_step_completes_without_running_and_says_so(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {"jar": "s3://tests/*"}, "then": {"complete": True}})

    cluster_id = run(emr, command_step("touch", str(emrsim.root / "ran")))
    settled(emrsim)

    (step,) = steps_of(emr, cluster_id)
    words = "Completed without running, as rule r-1 of emrsim says"
    assert step["Status"]["State"] == "COMPLETED"
    assert step["Status"]["StateChangeReason"] == {"Message": words}
    assert "not run: complete, as rule r-1" in log_of(emrsim, cluster_id, step["Id"], "controller")
    (job_flow,) = emr_connection(emrsim.host, emrsim.port).describe_jobflows(jobflow_ids=[cluster_id])
    assert job_flow.steps[0].laststatechangereason == words
    assert not (emrsim.root / "ran").exists()


def test_failed_step_ends_the_cluster_as_its_action_says(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {"step": "second"}, "then": {"fail": True}})
    names = ("first", "second", "third")
    steps = [command_step("true", name=name, on_failure="TERMINATE_CLUSTER") for name in names]

    cluster_id = run(emr, *steps)
    settled(emrsim)

    assert states(emr, cluster_id) == ["TERMINATED_WITH_ERRORS", "COMPLETED", "FAILED", "CANCELLED"]


def test_only_the_nth_step_that_fits_is_meant(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {"argument": "tr*", "nth": 2}, "then": {"fail": True}})

    first = run(emr, command_step("true"), command_step("echo", "no"))
    settled(emrsim)
    second = run(emr, command_step("true"), command_step("true"))
    settled(emrsim)

    assert states(emr, first) == ["WAITING", "COMPLETED", "COMPLETED"]
    assert states(emr, second) == ["WAITING", "FAILED", "COMPLETED"]


def test_first_rule_that_fits_counts_and_the_other_is_told_unused(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {"step": "*"}, "then": {"complete": True}})
    unused = emrsim.rules.add({"match": {"step": "a*"}, "then": {"fail": True}})

    cluster_id = run(emr, command_step("true"))
    settled(emrsim)

    assert states(emr, cluster_id) == ["WAITING", "COMPLETED"]
    assert [rule["id"] for rule in emrsim.rules.unused()] == [unused]
    emrsim.rules.clear()


def test_step_takes_its_time_by_the_clock_and_then_really_runs(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {"step": "slow"}, "then": {"take": "PT2H"}})
    cluster_id = run(emr, command_step("touch", str(emrsim.root / "ran"), name="slow"))

    emrsim.clock.advance("PT1H59M")
    assert states(emr, cluster_id) == ["RUNNING", "RUNNING"]
    assert not (emrsim.root / "ran").exists()
    emrsim.clock.advance("PT1M")

    assert states(emr, cluster_id) == ["WAITING", "COMPLETED"]
    assert (emrsim.root / "ran").exists()


def test_step_fails_after_the_time_it_takes(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"then": {"take": 60, "fail": True}})
    cluster_id = run(emr, command_step("true"))

    emrsim.clock.advance(59)
    assert states(emr, cluster_id) == ["RUNNING", "RUNNING"]
    emrsim.clock.advance(1)
    assert states(emr, cluster_id) == ["WAITING", "FAILED"]


def test_step_hangs_until_it_is_told_to_go_on(emrsim: Emulator, emr: Any) -> None:
    rule_id = emrsim.rules.add({"match": {"step": "stuck"}, "then": {"hang": True}})
    cluster_id = run(emr, command_step("true", name="stuck"))
    emrsim.clock.advance("P30D")
    assert states(emr, cluster_id) == ["RUNNING", "RUNNING"]

    assert emrsim.rules.release(rule_id) == 1
    settled(emrsim)

    assert states(emr, cluster_id) == ["WAITING", "COMPLETED"]
    assert emrsim.rules.release(rule_id) == 0


def test_what_hangs_can_be_told_to_fail(emrsim: Emulator, emr: Any) -> None:
    rule_id = emrsim.rules.add({"then": {"hang": True}})
    cluster_id = run(emr, command_step("true"))
    settled(emrsim)

    emrsim.rules.release(rule_id, {"fail": {"stderr": "gave up"}})
    settled(emrsim)

    (step,) = steps_of(emr, cluster_id)
    assert (step["Status"]["State"], step["Status"]["FailureDetails"]["Message"]) == ("FAILED", "gave up")


def test_what_hangs_runs_when_its_rule_is_removed(emrsim: Emulator, emr: Any) -> None:
    rule_id = emrsim.rules.add({"then": {"hang": True}})
    cluster_id = run(emr, command_step("true"))
    settled(emrsim)

    emrsim.rules.remove(rule_id)
    settled(emrsim)

    assert states(emr, cluster_id) == ["WAITING", "COMPLETED"]
    assert emrsim.rules.all() == []


def test_what_hangs_can_be_cancelled_and_terminated(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"then": {"hang": True}})
    cluster_id = run(emr, command_step("true"), command_step("true"))
    settled(emrsim)
    first, _ = steps_of(emr, cluster_id)

    emr.cancel_steps(ClusterId=cluster_id, StepIds=[first["Id"]])
    settled(emrsim)
    assert states(emr, cluster_id) == ["RUNNING", "CANCELLED", "RUNNING"]
    emr.terminate_job_flows(JobFlowIds=[cluster_id])
    settled(emrsim)

    assert states(emr, cluster_id) == ["TERMINATED", "CANCELLED", "INTERRUPTED"]


def test_step_is_cancelled_and_says_why(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {"step": "first"}, "then": {"cancel": True}})

    cluster_id = run(
        emr, command_step("true", name="first", on_failure="TERMINATE_CLUSTER"), command_step("true")
    )
    settled(emrsim)

    assert states(emr, cluster_id) == ["WAITING", "CANCELLED", "COMPLETED"]
    reason = steps_of(emr, cluster_id)[0]["Status"]["StateChangeReason"]
    assert reason == {"Message": "Cancelled, as rule r-1 of emrsim says"}


@pytest.mark.parametrize(
    ("then", "code", "message"),
    [
        (
            {"fail_provisioning": True},
            "VALIDATION_ERROR",
            "EMR service role arn:aws:iam::123456789012:role/EMR_DefaultRole is invalid",
        ),
        ({"fail_provisioning": {"message": "The subnet is gone"}}, "VALIDATION_ERROR", "The subnet is gone"),
        (
            {"fail_bootstrap": True},
            "BOOTSTRAP_FAILURE",
            "On the master instance (i-*), bootstrap action 1 returned a non-zero return code",
        ),
        ({"internal_error": True}, "INTERNAL_ERROR", "An internal error occurred."),
        ({"lose_instance": {"role": "MASTER"}}, "INSTANCE_FAILURE", "The master node was terminated"),
    ],
)
def test_cluster_fails_as_the_rule_says(
    emrsim: Emulator, emr: Any, then: dict[str, Any], code: str, message: str
) -> None:
    emrsim.rules.add({"match": {"cluster": "doomed"}, "then": then})

    spared, doomed = run(emr), run(emr, long_step(), command_step("true"), Name="doomed")
    settled(emrsim)

    assert states(emr, spared) == ["WAITING"]
    assert states(emr, doomed) == ["TERMINATED_WITH_ERRORS", "CANCELLED", "CANCELLED"]
    cluster = emr.describe_cluster(ClusterId=doomed)["Cluster"]
    (job_flow,) = emr_connection(emrsim.host, emrsim.port).describe_jobflows(jobflow_ids=[doomed])
    assert job_flow.state == "FAILED"
    reason = cluster["Status"]["StateChangeReason"]
    master = job_flow.masterinstanceid if hasattr(job_flow, "masterinstanceid") else "?"
    assert (reason["Code"], reason["Message"]) == (code, message.replace("i-*", master))
    assert ("ReadyDateTime" in cluster["Status"]["Timeline"]) == (not code.startswith(("VAL", "BOOT")))


def test_cluster_is_killed_after_a_time_by_the_clock(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {}, "then": {"internal_error": True, "after": "PT3H"}})
    cluster_id = run(emr)

    emrsim.clock.advance("PT2H59M")
    assert states(emr, cluster_id) == ["WAITING"]
    emrsim.clock.advance("PT1M")
    assert states(emr, cluster_id) == ["TERMINATED_WITH_ERRORS"]


def test_rule_that_is_added_later_meets_a_cluster_that_is_ready(emrsim: Emulator, emr: Any) -> None:
    cluster_id = run(emr)
    settled(emrsim)

    emrsim.rules.add({"match": {"cluster": cluster_id}, "then": {"internal_error": True}})
    settled(emrsim)

    assert states(emr, cluster_id) == ["TERMINATED_WITH_ERRORS"]


def test_lost_instance_of_the_core_group_is_replaced(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {"step": "unlucky"}, "then": {"lose_instance": {"role": "CORE"}}})
    instances = {
        "InstanceGroups": [group("MASTER"), group("CORE", 3)],
        "KeepJobFlowAliveWhenNoSteps": True,
    }

    cluster_id = run(emr, command_step("true", name="unlucky"), Instances=instances)
    settled(emrsim)

    assert states(emr, cluster_id) == ["WAITING", "COMPLETED"]
    core = emr.list_instances(ClusterId=cluster_id, InstanceGroupTypes=["CORE"])["Instances"]
    told = sorted((one["Status"]["State"], one["Status"]["StateChangeReason"].get("Code")) for one in core)
    assert told == [("RUNNING", None)] * 3 + [("TERMINATED", "INSTANCE_FAILURE")]


def test_spot_instances_are_taken_back_and_no_others(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {"cluster": "*"}, "then": {"interrupt_spot": True, "after": "PT10M"}})
    fleets = [fleet("MASTER"), fleet("CORE", on_demand=2, spot=3)]
    cluster_id = run(emr, Instances={"InstanceFleets": fleets, "KeepJobFlowAliveWhenNoSteps": True})

    emrsim.clock.advance("PT10M")

    found = emr.list_instances(ClusterId=cluster_id)["Instances"]
    assert sorted((one["Market"], one["Status"]["State"]) for one in found) == [
        *[("ON_DEMAND", "RUNNING")] * 3,
        *[("SPOT", "TERMINATED")] * 3,
    ]
    core = emr.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"][1]
    assert (core["ProvisionedOnDemandCapacity"], core["ProvisionedSpotCapacity"]) == (2, 0)
    assert states(emr, cluster_id) == ["WAITING"]


def test_cluster_without_such_instances_is_no_match(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"then": {"interrupt_spot": True}})

    run(emr)
    settled(emrsim)

    assert [rule["used"] for rule in emrsim.rules.unused()] == [0]
    emrsim.rules.clear()


def test_rule_that_could_never_be_reached_is_refused(emrsim: Emulator) -> None:
    rule = {"match": {"step": "a"}, "then": {"hang": True}}
    emrsim.rules.add(rule)

    with pytest.raises(
        RuleError,
        match=r"^match: rule r-1 has the same and takes precedence$",
    ):
        emrsim.rules.add({**rule, "then": {"fail": True}})

    assert len(emrsim.rules.all()) == 1
    emrsim.rules.clear()


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("fail_provisioning", "fail_provisioning"),
        ("fail_bootstrap", "fail_provisioning"),
        ("internal_error", "internal_error"),
    ],
)
def test_cluster_cannot_fail_in_two_ways(emrsim: Emulator, first: str, second: str) -> None:
    emrsim.rules.add({"match": {"cluster": "a"}, "then": {first: True}})

    with pytest.raises(
        RuleError,
        match=r"^match: rule r-1 has the same and takes precedence$",
    ):
        emrsim.rules.add({"match": {"cluster": "a"}, "then": {second: True}})

    emrsim.rules.add({"match": {"cluster": "b"}, "then": {second: True}})
    assert len(emrsim.rules.all()) == 2
    emrsim.rules.clear()


def test_instances_can_be_lost_twice_before_the_cluster_fails(emrsim: Emulator) -> None:
    match = {"cluster": "a"}
    emrsim.rules.add({"match": match, "then": {"lose_instance": True, "after": "PT1M"}})
    emrsim.rules.add({"match": match, "then": {"lose_instance": True, "after": "PT2M"}})
    emrsim.rules.add({"match": match, "then": {"internal_error": True, "after": "PT3M"}})

    assert len(emrsim.rules.all()) == 3
    emrsim.rules.clear()


def test_rule_that_is_forgotten_while_its_step_starts_is_no_bug(
    emrsim: Emulator, emr: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    accepts = emrsim.rules.accepts

    def accepts_and_is_forgotten(job: Job) -> bool:
        found = accepts(job)
        emrsim.rules.reset()
        return found

    monkeypatch.setattr(emrsim.rules, "accepts", accepts_and_is_forgotten)
    emrsim.rules.add({"then": {"complete": True}})

    cluster_id = run(emr, command_step("true"))
    settled(emrsim)

    assert states(emr, cluster_id) == ["WAITING", "FAILED"]
    (step,) = steps_of(emr, cluster_id)
    assert "A reset has removed the rule" in step["Status"]["FailureDetails"]["Message"]


def test_rule_that_is_refused_leaves_nothing_behind(emrsim: Emulator) -> None:
    with pytest.raises(RuleError):
        emrsim.rules.add({"then": {"internal_error": True, "after": "P3000000D"}})
    with pytest.raises(RuleError):
        emrsim.rules.add({"then": {"fail": {"exit_code": 0}}})

    assert emrsim.rules.all() == []


def test_unknown_rule_is_told(emrsim: Emulator) -> None:
    with pytest.raises(NoSuchRule, match="unknown rule 'r-9'"):
        emrsim.rules.remove("r-9")
    with pytest.raises(NoSuchRule):
        emrsim.rules.release("r-9")


@pytest.mark.parametrize("then", [{"hang": True}, {"internal_error": True}])
def test_release_is_to_something_that_a_step_can_do(emrsim: Emulator, then: dict[str, Any]) -> None:
    rule_id = emrsim.rules.add({"then": {"hang": True}})

    with pytest.raises(RuleError, match=r"^then: invalid outcome of a release"):
        emrsim.rules.release(rule_id, then)

    emrsim.rules.clear()


def test_rules_of_no_use_are_warned_of_in_the_end(tmp_path: Path) -> None:
    emulator = Emulator(tmp_path / "s3").start()
    emulator.rules.add({"match": {"step": "never*"}, "then": {"fail": True}})

    with pytest.warns(UnusedRules, match=r"r-1 \(\{'step': 'never\*'\}\)"):
        emulator.close()


def test_failure_of_the_block_counts_more_than_rules_of_no_use(tmp_path: Path) -> None:
    def fail() -> None:
        with Emulator(tmp_path / "s3") as emulator:
            emulator.rules.add({"then": {"fail": True}})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()


def test_emulator_that_is_closed_lets_go_what_hangs(tmp_path: Path) -> None:
    with Emulator(tmp_path / "s3", engines=[CommandEngine()]) as emulator:
        emulator.rules.add({"then": {"hang": True}})
        emr = Caller(emulator.port, "json")
        cluster_id = emr.run(Steps=[command_step("touch", str(tmp_path / "ran"))])
        cluster = emulator.running.state.clusters[cluster_id]
        wait_until(lambda: emulator.rules.all()[0]["used"])

    assert [step.state.value for step in cluster.steps.values()] != ["COMPLETED"]
    assert not (tmp_path / "ran").exists()


def test_a_step_that_begins_while_its_rule_is_removed_does_not_hang(
    emrsim: Emulator, emr: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_id = emrsim.rules.add({"match": {"step": "*"}, "then": {"hang": True}})
    cluster_id = run(emr, command_step("true"))
    settled(emrsim)
    release, threads = emrsim.rules.release, []

    def release_while_another_begins(*arguments: Any) -> int:
        released = release(*arguments)
        add = {"JobFlowId": cluster_id, "Steps": [command_step("true"), command_step("true")]}
        threads.append(Thread(target=emr.add_job_flow_steps, kwargs=add))
        threads[-1].start()
        threads[-1].join(0.5)
        return released

    monkeypatch.setattr(emrsim.rules, "release", release_while_another_begins)
    emrsim.rules.remove(rule_id)
    threads[0].join()
    settled(emrsim)

    assert states(emr, cluster_id) == ["WAITING", "COMPLETED", "COMPLETED", "COMPLETED"]


def test_a_rule_that_is_removed_by_many_at_once_is_removed_once(emrsim: Emulator) -> None:
    for _ in range(20):
        rule_id = emrsim.rules.add({"match": {"step": "*"}, "then": {"hang": True}})
        with ThreadPoolExecutor(4) as pool:
            removed = [pool.submit(emrsim.rules.remove, rule_id) for _ in range(4)]

        assert [type(one.exception()) for one in removed].count(NoSuchRule) == 3


ACTIONS = [
    {"Name": name, "ScriptBootstrapAction": {"Path": f"s3://not-there/{name}.sh"}}
    for name in ("install", "tune")
]


def logs_of_actions(emrsim: Emulator, cluster_id: str) -> list[str]:
    folder = emrsim.data / "clusters" / cluster_id
    return [path.read_text() for path in sorted(folder.glob("node/*/bootstrap-actions/*/controller"))]


@pytest.mark.parametrize("then", [True, "*", "s3://not-there/*"])
def test_bootstrap_actions_that_are_skipped_do_not_run(emrsim: Emulator, emr: Any, then: Any) -> None:
    rule = emrsim.rules.add({"then": {"skip_bootstrap": then}})

    cluster_id = run(emr, BootstrapActions=ACTIONS)

    emrsim.wait(cluster_id, "WAITING")
    logs = logs_of_actions(emrsim, cluster_id)
    assert len(logs) == 2
    assert all(f"as rule {rule} of emrsim says" in text for text in logs)
    assert emrsim.rules.all()[0]["used"] == 1


def test_single_bootstrap_action_is_skipped_and_the_others_run(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"match": {"cluster": "a *"}, "then": {"skip_bootstrap": "tune"}})
    emrsim.put("s3://here/install.sh", "#!/bin/sh\necho installed\n")
    there = {"Name": "install", "ScriptBootstrapAction": {"Path": "s3://here/install.sh"}}

    cluster_id = run(emr, BootstrapActions=[there, ACTIONS[1]])
    other_id = run(emr, BootstrapActions=[ACTIONS[1]], Name="other")

    emrsim.wait(cluster_id, "WAITING")
    emrsim.wait(other_id, "TERMINATED_WITH_ERRORS")


def test_rule_that_skips_nothing_stays_unused(emrsim: Emulator, emr: Any) -> None:
    emrsim.rules.add({"then": {"skip_bootstrap": "tune"}})

    emrsim.wait(run(emr), "WAITING")

    assert [rule["used"] for rule in emrsim.rules.unused()] == [0]
    emrsim.rules.clear()


@pytest.mark.parametrize(
    ("then", "states"),
    [
        ({"suspend_group": True}, {"MASTER": "RUNNING", "CORE": "SUSPENDED", "TASK": "SUSPENDED"}),
        (
            {"arrest_group": {"role": "TASK", "message": "bad luck"}},
            {"MASTER": "RUNNING", "CORE": "RUNNING", "TASK": "ARRESTED"},
        ),
    ],
)
def test_group_stops_until_it_is_resized(
    emrsim: Emulator, emr_client: Any, then: dict[str, Any], states: dict[str, str]
) -> None:
    emrsim.rules.add({"then": then})
    groups = [{"InstanceRole": role, "InstanceType": "m5.xlarge", "InstanceCount": 1} for role in states]
    instances = {"InstanceGroups": groups, "KeepJobFlowAliveWhenNoSteps": True}
    cluster_id = emr_client.run_job_flow(Name="n", Instances=instances)["JobFlowId"]

    def shown() -> dict[str, Any]:
        found = emr_client.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
        return {one["InstanceGroupType"]: one for one in found}

    wait_until(lambda: {role: one["Status"]["State"] for role, one in shown().items()} == states)
    task = shown()["TASK"]
    assert task["Status"]["StateChangeReason"]["Code"] == "INSTANCE_FAILURE"
    if "arrest_group" in then:
        assert task["Status"]["StateChangeReason"]["Message"] == "bad luck"

    emr_client.modify_instance_groups(InstanceGroups=[{"InstanceGroupId": task["Id"], "InstanceCount": 2}])
    wait_until(lambda: shown()["TASK"]["Status"]["State"] == "RUNNING")
    assert shown()["TASK"]["Status"]["StateChangeReason"] == {"Message": ""}


def test_fleet_is_never_arrested(emrsim: Emulator, emr_client: Any) -> None:
    emrsim.rules.add({"then": {"arrest_group": True}})
    types = [{"InstanceType": "m5.xlarge"}]
    fleets = [
        {"InstanceFleetType": role, "TargetOnDemandCapacity": 1, "InstanceTypeConfigs": types}
        for role in ("MASTER", "CORE")
    ]
    instances = {"InstanceFleets": fleets, "KeepJobFlowAliveWhenNoSteps": True}
    cluster_id = emr_client.run_job_flow(Name="n", Instances=instances)["JobFlowId"]
    emrsim.wait(cluster_id, "WAITING")

    shown = emr_client.list_instance_fleets(ClusterId=cluster_id)["InstanceFleets"]
    assert [one["Status"]["State"] for one in shown] == ["RUNNING", "RUNNING"]
    with pytest.warns(UnusedRules):
        emrsim.warn_of_unused_rules()
    emrsim.rules.clear()
