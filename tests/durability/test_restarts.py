"""What a restart finds: each state of a cluster and a step, after SIGKILL and after a stop in order."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.servers import Server, cluster_state, running, start_cluster, step, step_states
from tests.waiting import wait_until

SLOW = ("--boot-seconds", "7200")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "s3" / "bucket").mkdir(parents=True)
    return tmp_path / "s3"


@pytest.fixture(params=["kill", "stop"])
def end(request: pytest.FixtureRequest) -> str:
    """How the first server ends."""
    return str(request.param)


def wait_for_state(emr: Any, cluster_id: str, state: str) -> None:
    wait_until(lambda: cluster_state(emr, cluster_id) == state, f"{cluster_id} {state}")


def wait_for_steps(emr: Any, cluster_id: str, **states: str) -> None:
    wait_until(lambda: step_states(emr, cluster_id) == states, f"{cluster_id} {states}")


@pytest.fixture
def first(root: Path) -> Iterator[Server]:
    with running(root) as server:
        yield server


def processes_with(word: str) -> list[str]:
    found = subprocess.run(["pgrep", "-f", word], capture_output=True, text=True, check=False)
    return found.stdout.split()


def test_waiting_cluster_waits_and_runs_steps(root: Path, first: Server, end: str) -> None:
    emr = first.client("emr")
    cluster_id = start_cluster(emr, step("one", "true"), Tags=[{"Key": "k", "Value": "v"}])
    wait_for_state(emr, cluster_id, "WAITING")
    before = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    getattr(first, end)()

    with running(root) as second:
        emr = second.client("emr")
        assert emr.describe_cluster(ClusterId=cluster_id)["Cluster"] == before
        emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step("two", "true")])
        wait_for_steps(emr, cluster_id, one="COMPLETED", two="COMPLETED")


def test_running_step_is_failed_and_the_next_ones_run(root: Path, first: Server, end: str) -> None:
    emr = first.client("emr")
    cluster_id = start_cluster(emr, step("one", "sleep", "3601.5"), step("two", "true"))
    wait_until(lambda: processes_with("sleep 3601.5"))
    getattr(first, end)()

    with running(root) as second:
        emr = second.client("emr")
        wait_for_steps(emr, cluster_id, one="FAILED", two="COMPLETED")
        failed = emr.list_steps(ClusterId=cluster_id)["Steps"][1]["Status"]
        assert "emrsim was stopped while the step ran" in failed["FailureDetails"]["Message"]
        assert not processes_with("sleep 3601.5")


@pytest.mark.parametrize(
    ("action", "states", "cluster"),
    [
        ("CANCEL_AND_WAIT", {"one": "FAILED", "two": "CANCELLED"}, "WAITING"),
        ("TERMINATE_CLUSTER", {"one": "FAILED", "two": "CANCELLED"}, "TERMINATED_WITH_ERRORS"),
    ],
)
def test_action_on_failure_of_a_step_that_was_running_is_obeyed(
    root: Path, first: Server, action: str, states: dict[str, str], cluster: str
) -> None:
    emr = first.client("emr")
    cluster_id = start_cluster(emr, step("one", "sleep", "3602.5", on_failure=action), step("two", "true"))
    wait_for_steps(emr, cluster_id, one="RUNNING", two="PENDING")
    first.kill()

    with running(root) as second:
        emr = second.client("emr")
        wait_for_steps(emr, cluster_id, **states)
        wait_for_state(emr, cluster_id, cluster)


def test_step_being_cancelled_is_cancelled(root: Path, first: Server) -> None:
    emr = first.client("emr")
    stubborn = step("one", "bash", "-c", "trap '' TERM; sleep 3603.5; sleep 3603.5")
    cluster_id = start_cluster(emr, stubborn, step("two", "true"))
    wait_until(lambda: processes_with("sleep 3603.5"))
    step_id = emr.list_steps(ClusterId=cluster_id)["Steps"][1]["Id"]
    emr.cancel_steps(ClusterId=cluster_id, StepIds=[step_id])
    first.kill()

    with running(root) as second:
        wait_for_steps(second.client("emr"), cluster_id, one="CANCELLED", two="COMPLETED")
        assert not processes_with("sleep 3603.5")


def test_starting_cluster_boots_on(root: Path, end: str) -> None:
    with running(root, *SLOW) as first:
        emr = first.client("emr")
        cluster_id = start_cluster(emr, step("one", "true"))
        assert cluster_state(emr, cluster_id) == "STARTING"
        getattr(first, end)()

    with running(root) as second:
        wait_for_steps(second.client("emr"), cluster_id, one="COMPLETED")


def test_bootstrap_actions_run_again_and_the_log_says_so(root: Path, first: Server, end: str) -> None:
    script = root / "bucket" / "boot.sh"
    script.write_text(f"#!/bin/sh\necho ran >> {root.parent}/ran\n[ -e {root.parent}/go ] || sleep 3604.5\n")
    actions = [{"Name": "boot", "ScriptBootstrapAction": {"Path": "s3://bucket/boot.sh"}}]
    emr = first.client("emr")
    cluster_id = start_cluster(emr, BootstrapActions=actions)
    wait_until(lambda: processes_with("sleep 3604.5"))
    assert cluster_state(emr, cluster_id) == "BOOTSTRAPPING"
    getattr(first, end)()
    (root.parent / "go").touch()

    with running(root) as second:
        wait_for_state(second.client("emr"), cluster_id, "WAITING")
        assert (root.parent / "ran").read_text() == "ran\nran\n"
        controller = next((root / ".emrsim" / "clusters" / cluster_id / "node").rglob("controller"))
        assert "runs again from its beginning" in controller.read_text()


def test_cluster_that_awaits_its_first_step_still_takes_it(root: Path) -> None:
    with running(root, "--first-step-seconds", "7200") as first:
        emr = first.client("emr")
        cluster_id = start_cluster(emr, keep_alive=False)
        wait_for_state(emr, cluster_id, "BOOTSTRAPPING")
        first.kill()

    with running(root, "--first-step-seconds", "7200") as second:
        emr = second.client("emr")
        assert cluster_state(emr, cluster_id) == "BOOTSTRAPPING"
        emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step("one", "true")])
        wait_for_state(emr, cluster_id, "TERMINATED")


def test_cluster_that_shuts_down_ends(root: Path, end: str) -> None:
    with running(root, "--shutdown-seconds", "7200") as first:
        emr = first.client("emr")
        cluster_id = start_cluster(emr)
        wait_for_state(emr, cluster_id, "WAITING")
        emr.terminate_job_flows(JobFlowIds=[cluster_id])
        wait_for_state(emr, cluster_id, "TERMINATING")
        getattr(first, end)()

    with running(root) as second:
        wait_for_state(second.client("emr"), cluster_id, "TERMINATED")


def test_ended_clusters_are_described_and_listed(root: Path, first: Server, end: str) -> None:
    emr = first.client("emr")
    ids = [start_cluster(emr, step("one", "true"), keep_alive=False) for _ in range(3)]
    for cluster_id in ids:
        wait_for_state(emr, cluster_id, "TERMINATED")
    before = [emr.describe_cluster(ClusterId=one)["Cluster"] for one in ids]
    getattr(first, end)()

    with running(root) as second:
        emr = second.client("emr")
        assert [emr.describe_cluster(ClusterId=one)["Cluster"] for one in ids] == before
        listed = emr.list_clusters(ClusterStates=["TERMINATED"])["Clusters"]
        assert [one["Id"] for one in listed] == list(reversed(ids))
        assert step_states(emr, ids[0]) == {"one": "COMPLETED"}


def test_idle_timeout_goes_on(root: Path) -> None:
    with running(root, "--clock", "manual") as first:
        emr = first.client("emr")
        cluster_id = start_cluster(emr, AutoTerminationPolicy={"IdleTimeout": 3600})
        first.control("clock", {"advance": "PT4M"})
        assert cluster_state(emr, cluster_id) == "WAITING"
        first.control("clock", {"advance": "PT30M"})
        first.kill()

    with running(root) as second:
        emr = second.client("emr")
        assert second.control("clock")["mode"] == "manual"
        second.control("clock", {"advance": "PT29M"})
        assert cluster_state(emr, cluster_id) == "WAITING"
        second.control("clock", {"advance": "PT1M"})
        assert cluster_state(emr, cluster_id) == "TERMINATING"


def test_clock_of_the_command_line_counts(root: Path) -> None:
    with running(root, "--clock", "manual") as first:
        first.control("clock", {"advance": "P30D"})
        shown = first.control("clock")["now"]
        first.kill()

    with running(root, "--clock", "real") as second:
        clock = second.control("clock")
        assert clock["mode"] == "real"
        assert clock["now"] >= shown


def test_rules_and_faults_go_on_counting(root: Path, first: Server, end: str) -> None:
    emr = first.client("emr")
    first.control("rules", {"match": {"step": "count*", "nth": 2}, "then": {"fail": {"exit_code": 3}}})
    first.control("faults", {"fault": "throttling", "operation": "ListClusters", "skip": 2, "count": 1})
    cluster_id = start_cluster(emr, step("count 1", "true"))
    wait_for_steps(emr, cluster_id, **{"count 1": "COMPLETED"})
    emr.list_clusters()
    getattr(first, end)()

    with running(root) as second:
        assert "1 rule and 1 fault" in "".join(second.greeting)
        emr = second.client("emr")
        emr.list_clusters()
        with pytest.raises(emr.exceptions.ClientError, match="Rate exceeded"):
            emr.list_clusters()
        emr.list_clusters()
        emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step("count 2", "true")])
        wait_for_steps(emr, cluster_id, **{"count 1": "COMPLETED", "count 2": "FAILED"})
        added = second.control("rules", {"match": {"step": "other"}, "then": {"fail": True}})
        assert added["id"] == "r-2"


def test_account_is_there(root: Path, first: Server, end: str) -> None:
    emr = first.client("emr")
    emr.create_security_configuration(Name="sc", SecurityConfiguration="{}")
    studio = emr.create_studio(
        Name="studio", AuthMode="IAM", VpcId="vpc-1", SubnetIds=["subnet-1"], ServiceRole="role",
        WorkspaceSecurityGroupId="sg-1", EngineSecurityGroupId="sg-2", DefaultS3Location="s3://bucket/",
    )["StudioId"]  # fmt: skip
    emr.put_block_public_access_configuration(
        BlockPublicAccessConfiguration={"BlockPublicSecurityGroupRules": False}
    )
    getattr(first, end)()

    with running(root) as second:
        emr = second.client("emr")
        assert emr.describe_security_configuration(Name="sc")["SecurityConfiguration"] == "{}"
        assert emr.describe_studio(StudioId=studio)["Studio"]["Name"] == "studio"
        access = emr.get_block_public_access_configuration()["BlockPublicAccessConfiguration"]
        assert access["BlockPublicSecurityGroupRules"] is False


def test_policies_groups_and_hdfs_of_a_living_cluster_are_there(root: Path, first: Server) -> None:
    emr = first.client("emr")
    cluster_id = start_cluster(emr, step("put", "bash", "-c", "echo hello | hadoop fs -put - /greeting"))
    wait_for_steps(emr, cluster_id, put="COMPLETED")
    limits = {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 3}
    emr.put_managed_scaling_policy(ClusterId=cluster_id, ManagedScalingPolicy={"ComputeLimits": limits})
    group = {"InstanceRole": "TASK", "InstanceType": "m4.large", "InstanceCount": 2}
    emr.add_instance_groups(JobFlowId=cluster_id, InstanceGroups=[group])
    first.kill()

    with running(root) as second:
        emr = second.client("emr")
        policy = emr.get_managed_scaling_policy(ClusterId=cluster_id)["ManagedScalingPolicy"]
        assert policy["ComputeLimits"]["MaximumCapacityUnits"] == 3
        wait_until(
            lambda: (
                [
                    (one["InstanceGroupType"], one["Status"]["State"])
                    for one in emr.list_instance_groups(ClusterId=cluster_id)["InstanceGroups"]
                ]
                == [("MASTER", "RUNNING"), ("TASK", "RUNNING")]
            )
        )
        emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step("cat", "hadoop", "fs", "-cat", "/greeting")])
        wait_for_steps(emr, cluster_id, put="COMPLETED", cat="COMPLETED")
        steps = root / ".emrsim" / "clusters" / cluster_id / "steps"
        assert any(path.read_text() == "hello\n" for path in steps.glob("*/stdout"))


def test_requeued_step_runs_again_from_its_beginning(root: Path) -> None:
    script = f"echo run >> {root.parent}/runs; [ -e {root.parent}/go ] || sleep 3605.5"
    with running(root, "--on-stop", "requeue") as first:
        emr = first.client("emr")
        cluster_id = start_cluster(emr, step("one", "bash", "-c", script), step("two", "true"))
        wait_until((root.parent / "runs").exists)
        first.stop()
    assert not processes_with("sleep 3605.5")
    (root.parent / "go").touch()

    with running(root, "--on-stop", "requeue") as second:
        emr = second.client("emr")
        wait_for_steps(emr, cluster_id, one="COMPLETED", two="COMPLETED")
        assert (root.parent / "runs").read_text() == "run\nrun\n"
        step_id = emr.list_steps(ClusterId=cluster_id)["Steps"][1]["Id"]
        controller = root / ".emrsim" / "clusters" / cluster_id / "steps" / step_id / "controller"
        assert "runs again from its beginning" in controller.read_text()


def test_requeued_streaming_step_finds_no_output_of_its_first_run(root: Path) -> None:
    (root / "bucket" / "in").write_text("a b\n")
    mapper = root.parent / "mapper.sh"
    mapper.write_text(f"#!/bin/sh\ntouch {root.parent}/ran\n[ -e {root.parent}/go ] || sleep 3606.5\ncat\n")
    mapper.chmod(0o755)
    words = ("hadoop-streaming", "-files", str(mapper), "-mapper", "mapper.sh",
             "-input", "s3://bucket/in", "-output", "s3://bucket/out")  # fmt: skip
    with running(root, "--on-stop", "requeue") as first:
        cluster_id = start_cluster(first.client("emr"), step("one", *words))
        wait_until((root.parent / "ran").exists)
        first.stop()
    (root.parent / "go").touch()

    with running(root) as second:
        wait_for_steps(second.client("emr"), cluster_id, one="COMPLETED")
        assert (root / "bucket" / "out" / "part-00000").read_text().strip() == "a b"


def test_killed_streaming_step_leaves_no_output_that_looks_finished(root: Path, first: Server) -> None:
    (root / "bucket" / "in").write_text("a b\n")
    words = ("hadoop-streaming", "-mapper", "sleep 3607.5", "-input", "s3://bucket/in",
             "-output", "s3://bucket/out")  # fmt: skip
    cluster_id = start_cluster(first.client("emr"), step("one", *words))
    wait_until(lambda: processes_with("sleep 3607.5"))
    first.kill()

    with running(root) as second:
        wait_for_steps(second.client("emr"), cluster_id, one="FAILED")
        out = root / "bucket" / "out"
        assert not list(out.glob("part-*"))
        assert not (out / "_SUCCESS").exists()


def test_seeded_clusters_stand_still(root: Path, first: Server, end: str) -> None:
    seed = {
        "clusters": [
            {"state": "STARTING", "name": "starting"},
            {"state": "RUNNING", "name": "running", "steps": [{"name": "one", "state": "RUNNING"}]},
        ]
    }
    first.control("seed", seed)
    getattr(first, end)()

    with running(root) as second:
        emr = second.client("emr")
        listed = emr.list_clusters()["Clusters"]
        assert sorted((one["Name"], one["Status"]["State"]) for one in listed) == [
            ("running", "RUNNING"),
            ("starting", "STARTING"),
        ]


def test_reset_and_fresh_begin_anew(root: Path, first: Server) -> None:
    start_cluster(first.client("emr"))
    first.control("reset", {})
    first.kill()
    with running(root) as second:
        assert second.client("emr").list_clusters()["Clusters"] == []
        start_cluster(second.client("emr"))
        second.stop()
    with running(root, "--fresh") as third:
        assert third.client("emr").list_clusters()["Clusters"] == []


def test_in_memory_keeps_nothing(root: Path) -> None:
    with running(root, "--in-memory") as first:
        start_cluster(first.client("emr"))
        assert first.control("health")["state"] == "in memory"
        first.stop()
    assert not (root / ".emrsim" / "state.sqlite").exists()


def test_health_tells_that_state_is_durable(first: Server) -> None:
    health = json.loads(json.dumps(first.control("health")))

    assert health["state"] == "durable"
    assert health["since"].startswith("20")


def test_unfinished_numbers_are_not_given_twice(root: Path, first: Server) -> None:
    start_cluster(first.client("emr"))
    calls = first.control("requests")["requests"]
    first.stop()

    with running(root) as second:
        second.client("emr").list_clusters()
        numbers = [call["number"] for call in second.control("requests")["requests"]]
        assert numbers[0] == calls[0]["number"]
        assert len(set(numbers)) == len(numbers) > len(calls)


def test_data_folder_is_for_its_user_alone(root: Path, first: Server) -> None:
    assert os.stat(root / ".emrsim" / "state.sqlite").st_mode & 0o077 == 0


def test_state_survives_that_the_data_folder_is_removed_while_it_serves(root: Path, first: Server) -> None:
    emr = first.client("emr")
    ended = start_cluster(emr, step("one", "true"), keep_alive=False)
    wait_for_state(emr, ended, "TERMINATED")
    cluster_id = start_cluster(emr)
    wait_for_state(emr, cluster_id, "WAITING")
    shutil.rmtree(root / ".emrsim")
    (root / "bucket" / "in").write_text("a\n")
    words = ("hadoop-streaming", "-mapper", "cat", "-input", "s3://bucket/in", "-output", "s3://bucket/out")

    emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=[step("two", *words)])

    wait_for_steps(emr, cluster_id, two="COMPLETED")
    first.kill()
    with running(root) as second:
        emr = second.client("emr")
        assert cluster_state(emr, ended) == "TERMINATED"
        assert step_states(emr, cluster_id) == {"two": "COMPLETED"}


@pytest.mark.skipif(os.geteuid() != 0, reason="sees the namespace of a cluster: run as root")
def test_daemon_that_has_cleared_its_environment_ends_with_its_cluster(root: Path, first: Server) -> None:
    emr = first.client("emr")
    daemon = f"setsid env -i /bin/sh -c 'echo $$ > {root}/bucket/pid; exec sleep 3611.5' & sleep 0.5"
    cluster_id = start_cluster(emr, step("one", "bash", "-c", daemon))
    wait_for_steps(emr, cluster_id, one="COMPLETED")
    pid = int((root / "bucket" / "pid").read_text())
    if os.stat(f"/proc/{pid}/ns/mnt").st_ino == os.stat("/proc/self/ns/mnt").st_ino:
        pytest.skip("the kernel allows no mounts of a cluster's own")

    emr.terminate_job_flows(JobFlowIds=[cluster_id])

    wait_for_state(emr, cluster_id, "TERMINATED")
    wait_until(lambda: not Path(f"/proc/{pid}").exists())
