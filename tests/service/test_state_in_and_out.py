"""State in and out: seeds, exports, resets and snapshots, seen by real boto 2 and boto3."""

from __future__ import annotations

import io
import json
import os
import tarfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from emrsim import Emulator
from emrsim.boto2 import emr_connection
from emrsim.core.plain import PlainError
from tests.support.calls import Caller
from tests.support.clusters import RELEASE, fleet, group, run_with_fleets, run_with_groups
from tests.support.engines import CommandEngine, command_step, long_step
from tests.waiting import wait_until

KEYS = {"aws_access_key_id": "any", "aws_secret_access_key": "any", "region_name": "us-east-1"}
STATES = {
    "STARTING": "STARTING",
    "BOOTSTRAPPING": "BOOTSTRAPPING",
    "RUNNING": "RUNNING",
    "WAITING": "WAITING",
    "SHUTTING_DOWN": "TERMINATING",
    "COMPLETED": "TERMINATED",
    "TERMINATED": "TERMINATED",
    "FAILED": "TERMINATED_WITH_ERRORS",
}

KIND = {"instance_type": "m1.small"}

pytestmark = pytest.mark.emrsim(settle_seconds=0, engines=[CommandEngine()])


@pytest.fixture
def emr(emrsim: Emulator) -> Any:
    return boto3.client("emr", endpoint_url=emrsim.url, **KEYS)


@pytest.fixture
def s3(emrsim: Emulator) -> Any:
    config = Config(s3={"addressing_style": "path"})
    return boto3.client("s3", endpoint_url=emrsim.url, config=config, **KEYS)


def clusters(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"clusters": list(entries)}


def state_of(emr: Any, cluster_id: str) -> str:
    return str(emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["State"])


def everything(emrsim: Emulator) -> dict[str, Any]:
    """What clients can see of all clusters."""
    emr = Caller(emrsim.port, "json")
    ids = [one["Id"] for one in emr.call("ListClusters")["Clusters"]]
    names = ("DescribeCluster", "ListSteps", "ListInstances", "ListBootstrapActions")
    seen = {one: {name: emr.call(name, ClusterId=one) for name in names} for one in ids}
    return {"clusters": seen, "job flows": emr.call("DescribeJobFlows")}


@pytest.mark.parametrize("state", STATES)
def test_cluster_is_in_any_state_for_both_interfaces(emrsim: Emulator, emr: Any, state: str) -> None:
    steps = [{"name": "count"}] if state == "RUNNING" else []

    (cluster_id,) = emrsim.seed(clusters({"state": state, "name": "seeded", "steps": steps}))

    assert state_of(emr, cluster_id) == STATES[state]
    connection = emr_connection(emrsim.host, emrsim.port)
    job_flow = connection.describe_jobflow(cluster_id)
    assert (job_flow.state, job_flow.name) == (state, "seeded")
    assert job_flow.laststatechangereason


def test_sixty_clusters_of_last_month_come_in_pages(emrsim: Emulator, emr: Any) -> None:
    entry = {"name": "nightly", "state": "TERMINATED", "created_at": "-P30D", "every": "PT12H", "repeat": 60}
    emrsim.seed(clusters(entry))
    young = emr.run_job_flow(Name="young", Instances={"InstanceCount": 1, "MasterInstanceType": "m1.small"})

    first = emr.list_clusters()
    second = emr.list_clusters(Marker=first["Marker"])

    listed = [*first["Clusters"], *second["Clusters"]]
    assert [len(first["Clusters"]), len(second["Clusters"]), "Marker" in second] == [50, 11, False]
    assert listed[0]["Id"] == young["JobFlowId"]
    times = [one["Status"]["Timeline"]["CreationDateTime"] for one in listed[1:]]
    assert {one - other for one, other in pairwise(times)} == {timedelta(hours=12)}
    assert timedelta(days=29) < datetime.now(UTC) - times[-1] < timedelta(days=31)


def test_what_is_left_out_is_made_up_and_goes_together(emrsim: Emulator, emr: Any) -> None:
    steps = [{"name": "a", "state": "COMPLETED"}, {"name": "b", "state": "FAILED"}, {"state": "CANCELLED"}]

    (cluster_id,) = emrsim.seed(clusters({"state": "FAILED", "steps": steps, "release_label": RELEASE}))

    cluster = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]
    assert cluster["Status"]["StateChangeReason"]["Message"] == "Shut down as step failed"
    assert cluster["Applications"] == [{"Name": "Hadoop", "Version": "2.10.1"}]
    third, second, first = emr.list_steps(ClusterId=cluster_id)["Steps"]
    assert first["Status"]["Timeline"]["EndDateTime"] == second["Status"]["Timeline"]["StartDateTime"]
    assert "StartDateTime" not in third["Status"]["Timeline"]
    assert second["Status"]["Timeline"]["EndDateTime"] <= cluster["Status"]["Timeline"]["EndDateTime"]
    (instance,) = emr.list_instances(ClusterId=cluster_id)["Instances"]
    assert instance["Status"]["StateChangeReason"]["Code"] == "CLUSTER_TERMINATED"


def test_times_that_are_made_up_are_not_in_the_future(emrsim: Emulator, emr: Any) -> None:
    (cluster_id,) = emrsim.seed(clusters({"state": "COMPLETED", "created_at": "-PT30S", "steps": [{}, {}]}))

    times = emr.describe_cluster(ClusterId=cluster_id)["Cluster"]["Status"]["Timeline"]

    assert times["CreationDateTime"] <= times["ReadyDateTime"] <= times["EndDateTime"]
    assert times["EndDateTime"] <= datetime.now(UTC)


def test_seeded_cluster_that_waits_runs_steps(emrsim: Emulator, emr: Any) -> None:
    """With a home and an HDFS, which it has not had before."""
    (emrsim.root / "b").mkdir()
    (emrsim.root / "b" / "in").write_text("to be\n")
    (cluster_id,) = emrsim.seed(clusters({"state": "WAITING", "release_label": RELEASE}))
    folders = [("s3://b/in", "hdfs:///between"), ("hdfs:///between", "s3://b/out")]
    programs = ["-mapper", "cat", "-reducer", "cat"]
    steps = [
        {
            "Name": "copy",
            "HadoopJarStep": {
                "Jar": "command-runner.jar",
                "Args": ["hadoop-streaming", "-input", source, "-output", target, *programs],
            },
        }
        for source, target in folders
    ]

    emr.add_job_flow_steps(JobFlowId=cluster_id, Steps=steps)

    def states() -> list[str]:
        return [step["Status"]["State"] for step in emr.list_steps(ClusterId=cluster_id)["Steps"]]

    wait_until(lambda: states() == ["COMPLETED", "COMPLETED"])
    assert (emrsim.root / "b" / "out" / "part-00000").read_text().split() == ["to", "be"]


@pytest.mark.parametrize("state", ["STARTING", "BOOTSTRAPPING", "RUNNING", "WAITING"])
def test_seeded_cluster_can_be_terminated(emrsim: Emulator, emr: Any, state: str) -> None:
    steps = [{"state": "RUNNING"}, {"state": "PENDING"}] if state == "RUNNING" else []
    (cluster_id,) = emrsim.seed(clusters({"state": state, "steps": steps}))

    emr.terminate_job_flows(JobFlowIds=[cluster_id])

    wait_until(lambda: state_of(emr, cluster_id) == "TERMINATED")
    told = [step["Status"]["State"] for step in emr.list_steps(ClusterId=cluster_id)["Steps"]]
    assert told == (["CANCELLED", "INTERRUPTED"] if steps else [])


def test_seeded_step_that_runs_can_be_cancelled_and_the_next_really_runs(emrsim: Emulator, emr: Any) -> None:
    jar = command_step("true")["HadoopJarStep"]
    pending = {"state": "PENDING", "jar": jar["Jar"], "args": jar["Args"]}
    (cluster_id,) = emrsim.seed(
        clusters({"state": "RUNNING", "release_label": RELEASE, "steps": [{"state": "RUNNING"}, pending]})
    )
    first = emr.list_steps(ClusterId=cluster_id)["Steps"][1]

    emr.cancel_steps(ClusterId=cluster_id, StepIds=[first["Id"]])

    wait_until(lambda: state_of(emr, cluster_id) == "WAITING")
    told = [step["Status"]["State"] for step in emr.list_steps(ClusterId=cluster_id)["Steps"]]
    assert told == ["COMPLETED", "CANCELLED"]


def test_seeded_idle_cluster_is_ended_by_the_clock(emrsim: Emulator, emr: Any) -> None:
    entry = {"state": "WAITING", "release_label": RELEASE, "idle_timeout": "PT1H", "idle_since": "-PT30M"}
    (cluster_id,) = emrsim.seed(clusters(entry))

    emrsim.clock.advance("PT29M")
    assert state_of(emr, cluster_id) == "WAITING"
    emrsim.clock.advance("PT1M")

    wait_until(lambda: state_of(emr, cluster_id) == "TERMINATED")


def test_export_is_a_seed_of_the_same_clusters(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    policy = {
        "ComputeLimits": {"UnitType": "Instances", "MinimumCapacityUnits": 1, "MaximumCapacityUnits": 5}
    }
    run_with_fleets(emr, fleet("CORE", 2, spot=3), AutoTerminationPolicy={"IdleTimeout": 600})
    grouped = run_with_groups(emr, group("CORE", 2), group("TASK", 1, Market="SPOT", BidPrice="0.1"))
    emr.call("PutManagedScalingPolicy", ClusterId=grouped, ManagedScalingPolicy=policy)
    emr.call("AddTags", ResourceId=grouped, Tags=[{"Key": "k", "Value": "v"}])
    action = {"Name": "setup", "ScriptBootstrapAction": {"Path": "s3://none/setup.sh", "Args": ["a"]}}
    failed = emr.run(BootstrapActions=[action], LogUri="s3://none/logs", Steps=[command_step("true")])
    steps = [
        command_step("true"),
        command_step("false"),
        {**command_step("true"), "ActionOnFailure": "CONTINUE"},
    ]
    ended = emr.run(Steps=steps, Instances={"InstanceCount": 1, "MasterInstanceType": "m1.small"})
    states = emrsim.running.state.clusters
    wait_until(lambda: states[failed].state == "FAILED" and states[ended].state == "COMPLETED")
    wait_until(lambda: states[grouped].state == "WAITING")
    before, exported = everything(emrsim), json.loads(json.dumps(emrsim.export()))

    emrsim.reset()
    assert everything(emrsim)["clusters"] == {}
    emrsim.seed(exported)

    assert emrsim.export() == exported
    assert everything(emrsim) == before


@pytest.mark.parametrize(
    ("seed", "words"),
    [
        ([], "[] is not an object with clusters"),
        ({"clusters": {}}, "clusters: {} is not a list"),
        ({"clusters": [], "more": 1}, "unknown field 'more': expected one of accounts, clusters"),
        (clusters({}), "clusters[0].state: required: expected one of"),
        (clusters({"state": "DONE"}), "clusters[0].state: unknown state 'DONE': expected one of"),
        (clusters({"state": "NEW"}), "clusters[0].state: no client ever sees a cluster that is NEW"),
        (
            clusters({"state": "WAITING", "nam": "x"}),
            "clusters[0]: unknown field 'nam': did you mean",
        ),
        (
            clusters({"state": "WAITING", "keep_alive": False}),
            "clusters[0].keep_alive: a cluster that is",
        ),
        (clusters({"state": "RUNNING"}), "clusters[0].steps: none is RUNNING in a cluster that is"),
        (
            clusters({"state": "WAITING"}, {"state": "WAITING", "steps": [{}, {"state": "RUNNING"}]}),
            "clusters[1].steps[1].state: RUNNING in a cluster that is WAITING: COMPLETED, CANCELLED, FAILED",
        ),
        (
            clusters({"state": "STARTING", "steps": [{"state": "COMPLETED"}]}),
            "clusters[0].steps[0].state: COMPLETED in a cluster that is STARTING: PENDING, CANCELLED",
        ),
        (
            clusters({"state": "TERMINATED", "created_at": "-PT1H", "ended_at": "-PT2H"}),
            "clusters[0].ended_at: ",
        ),
        (clusters({"state": "WAITING", "ended_at": "-PT1M"}), "clusters[0].ended_at: there is one, and"),
        (clusters({"state": "TERMINATED", "exact": True}), "clusters[0].groups: 0 of them are the MASTER's"),
        (
            clusters({"state": "WAITING", "repeat": 0}),
            "clusters[0].repeat: 0 is out of range",
        ),
        (clusters({"state": "WAITING", "repeat": 100, "every": "P1000D"}), "clusters[0].every: 100 of them"),
        (clusters({"state": "WAITING", "repeat": 2, "id": "j-1"}), "clusters[0].repeat: must be 1"),
        (
            clusters({"state": "WAITING", "id": "j-1"}, {"state": "WAITING", "id": "j-1"}),
            "clusters[1].id: j-1 is there already",
        ),
        (
            clusters({"state": "WAITING", "release_label": "5.36"}),
            "clusters[0]: The supplied release",
        ),
        (clusters({"state": "WAITING", "extra": {"Instances": 5}}), "clusters[0].extra: "),
        (clusters({"state": "WAITING", "extra": {"Tags": object()}}), "clusters[0].extra: it cannot be"),
        (
            clusters({"state": "WAITING", "managed_scaling": {"ComputeLimits": 5}}),
            "clusters[0].managed_scaling: ",
        ),
        (
            clusters(
                {"state": "WAITING", "groups": [{"role": "MASTER", "extra": {"EbsConfiguration": 5}, **KIND}]}
            ),
            "clusters[0].groups[0].extra: ",
        ),
        (clusters({"state": "WAITING", "step_concurrency": 0}), "clusters[0].step_concurrency: 0 is less"),
        (clusters({"state": "WAITING", "idle_timeout": "-PT1H"}), "clusters[0].idle_timeout: it is less"),
        (
            clusters({"state": "WAITING", "created_at": "2999-01-01"}),
            "clusters[0].created_at: 2999-01-01T00:00:00+00:00 is in the future",
        ),
        (
            clusters({"state": "WAITING", "groups": [{"role": "MASTER", "count": -1, **KIND}]}),
            "clusters[0].groups[0].count: -1 is less than 0",
        ),
        (
            clusters({"state": "WAITING", "groups": [{"role": "HEAD", "instance_type": "m1.small"}]}),
            "clusters[0].groups[0].role: unknown role 'HEAD': expected one of CORE, MASTER, TASK",
        ),
        (
            clusters({"state": "WAITING", "groups": [{"role": "CORE", "instance_type": "m1.small"}]}),
            "clusters[0].groups: 0 of them are the MASTER's, of which there has to be one",
        ),
    ],
)
def test_malformed_seed_is_refused_naming_the_place(emrsim: Emulator, seed: Any, words: str) -> None:
    emrsim.seed(clusters({"state": "WAITING", "id": "j-0"}))
    before = emrsim.export()

    with pytest.raises(PlainError) as refused:
        emrsim.seed(seed)

    assert str(refused.value)[: len(words)] == words
    assert emrsim.export() == before


@pytest.mark.parametrize("told", ["../../victim", "..", "/victim", "-a", "a/b", "a.b", "a\n", "x" * 101])
@pytest.mark.parametrize(
    ("place", "entry"),
    [
        ("id", lambda told: {"id": told}),
        ("steps[1].id", lambda told: {"steps": [{}, {"id": told}]}),
        ("groups[0].id", lambda told: {"groups": [{"role": "MASTER", "id": told, **KIND}]}),
        ("groups[0].instances[0].id", lambda told: with_instance(id=told)),
        ("groups[0].instances[0].ec2_id", lambda told: with_instance(ec2_id=told)),
    ],
)
def test_id_that_could_name_another_folder_is_refused(
    emrsim: Emulator, place: str, entry: Callable[[str], dict[str, Any]], told: str
) -> None:
    with pytest.raises(PlainError) as refused:
        emrsim.seed(clusters({"state": "WAITING", **entry(told)}))

    assert str(refused.value).startswith(f"clusters[0].{place}: {told!r} is no id")
    assert emrsim.export() == {"clusters": []}


def with_instance(**told: str) -> dict[str, Any]:
    return {"groups": [{"role": "MASTER", **KIND, "instances": [{"kind": KIND, **told}]}]}


def test_reset_removes_nothing_beside_the_data_folder(tmp_path: Path) -> None:
    (tmp_path / "victim").mkdir()
    content = {"state.json": json.dumps(clusters({"state": "TERMINATED", "id": "../../victim"}))}
    (tmp_path / "kept.tar.gz").write_bytes(archive_of({**content, "s3.json": NO_METADATA}))

    with Emulator(tmp_path / "s3", data=tmp_path / "data") as emulator:
        with pytest.raises(PlainError, match=r"clusters\[0\]\.id: '\.\./\.\./victim' is no id"):
            emulator.restore(tmp_path / "kept.tar.gz")
        emulator.reset()

    assert (tmp_path / "victim").is_dir()


def test_two_steps_of_one_id_are_refused(emrsim: Emulator) -> None:
    with pytest.raises(PlainError, match=r"^clusters\[0\]\.steps\[1\]\.id: s-1 is there already$"):
        emrsim.seed(clusters({"state": "WAITING", "steps": [{"id": "s-1"}, {"id": "s-1"}]}))


def test_id_that_is_there_is_refused(emrsim: Emulator) -> None:
    emrsim.seed(clusters({"state": "WAITING", "id": "j-0"}))

    with pytest.raises(PlainError, match=r"^clusters\[1\]\.id: j-0 is there already$"):
        emrsim.seed(clusters({"state": "WAITING"}, {"state": "WAITING", "id": "j-0"}))

    assert len(emrsim.export()["clusters"]) == 1


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("seed.json", '{"clusters": [{"state": "WAITING", "created_at": "-P1D"}]}'),
        ("seed.yaml", "clusters:\n- state: WAITING\n  created_at: -P1D\n"),
        ("seed.yml", "clusters:\n- {state: WAITING, created_at: 2021-08-30T12:00:00Z}\n"),
    ],
)
def test_seed_is_there_from_the_beginning_and_after_a_reset(tmp_path: Path, name: str, text: str) -> None:
    (tmp_path / name).write_text(text)

    with Emulator(tmp_path / "s3", seed=tmp_path / name) as emulator:
        emr = Caller(emulator.port, "json")
        assert [one["Status"]["State"] for one in emr.call("ListClusters")["Clusters"]] == ["WAITING"]
        emr.run()
        emulator.reset()
        assert len(emr.call("ListClusters")["Clusters"]) == 1


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("s.json", "{", "s.json: not JSON"),
        ("s.yaml", "a: [", "s.yaml: not YAML"),
        ("s.json", "3", "3 is not an object with clusters"),
    ],
)
def test_bad_seed_file_starts_nothing(tmp_path: Path, name: str, text: str, words: str) -> None:
    (tmp_path / name).write_text(text)

    with pytest.raises(PlainError, match=words):
        Emulator(tmp_path / "s3", seed=tmp_path / name).start()


def test_reset_ends_what_runs_and_forgets_all_but_the_files(emrsim: Emulator, emr: Any) -> None:
    cluster_id = Caller(emrsim.port, "json").run(Steps=[long_step()])
    (emrsim.root / "b").mkdir()
    emr.create_security_configuration(Name="secure", SecurityConfiguration="{}")
    emrsim.clock.set_pace("60x")
    wait_until(lambda: emrsim.running.state.work.is_under_way(cluster_id))
    emrsim.rules.add({"match": {"step": "never"}, "then": {"hang": True}})

    emrsim.reset()

    assert emr.list_clusters()["Clusters"] == []
    assert emr.list_security_configurations()["SecurityConfigurations"] == []
    assert (emrsim.rules.all(), emrsim.clock.pace.name) == ([], "real")
    assert not emrsim.running.state.work.is_under_way(cluster_id)
    assert list((emrsim.data / "clusters").iterdir()) == []
    assert (emrsim.root / "b").is_dir()


def test_account_is_as_old_as_the_clock_that_begins_anew(emrsim: Emulator, emr: Any) -> None:
    emrsim.clock.advance("P400D")

    emrsim.reset()

    found = emr.get_block_public_access_configuration()["BlockPublicAccessConfigurationMetadata"]
    assert found["CreationDateTime"] <= datetime.now(UTC)


def test_emulator_goes_on_after_a_reset(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    for _ in range(3):
        cluster_id = emr.run(Steps=[command_step("true")])
        cluster = emrsim.running.state.clusters[cluster_id]
        emrsim.wait(cluster_id, "WAITING")
        assert not cluster.active_steps
        emr.run(Steps=[long_step()])
        emrsim.reset()

    assert emr.call("ListClusters")["Clusters"] == []


def test_reset_in_full_swing_is_clean(emrsim: Emulator) -> None:
    """Events and effects of what is forgotten come late and mean nothing; a bug would fail the end."""
    emr = Caller(emrsim.port, "json")
    for _ in range(5):
        for _ in range(5):
            emr.run(Steps=[command_step("true"), long_step()], StepConcurrencyLevel=1)
        emrsim.reset()

    assert emr.call("ListClusters")["Clusters"] == []


@pytest.mark.parametrize("empty", [True, False])
def test_reset_empties_the_root_when_it_is_told_to(emrsim: Emulator, s3: Any, empty: bool) -> None:
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a/b", Body=b"text", Metadata={"k": "v"})

    emrsim.reset(empty_root=empty)

    assert [one["Name"] for one in s3.list_buckets()["Buckets"]] == (
        ["elasticmapreduce"] if empty else ["bucket", "elasticmapreduce"]
    )
    assert emrsim.data.is_dir()
    if empty:
        s3.create_bucket(Bucket="bucket")
        assert s3.list_objects_v2(Bucket="bucket")["KeyCount"] == 0


def test_root_of_emrsims_own_is_emptied_by_a_reset() -> None:
    with Emulator() as emulator:
        (emulator.root / "bucket").mkdir()

        emulator.reset()

        assert not (emulator.root / "bucket").exists()


def test_snapshot_brings_back_clusters_files_and_metadata(emrsim: Emulator, s3: Any, tmp_path: Path) -> None:
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="a/b", Body=b"text", Metadata={"k": "v"}, ContentType="text/x")
    s3.put_bucket_tagging(Bucket="bucket", Tagging={"TagSet": [{"Key": "t", "Value": "u"}]})
    (emrsim.root / "bucket" / "by-hand").write_text("dropped")
    emr = Caller(emrsim.port, "json")
    cluster = emrsim.running.state.clusters[emr.run(Steps=[command_step("true")])]
    wait_until(lambda: cluster.state == "WAITING" and not cluster.active_steps)
    before = everything(emrsim)

    emrsim.snapshot(tmp_path / "kept.tar.gz")
    s3.put_object(Bucket="bucket", Key="a/b", Body=b"other")
    s3.put_object(Bucket="bucket", Key="new", Body=b"new")
    emr.call("TerminateJobFlows", JobFlowIds=[cluster.id])
    ids = emrsim.restore(tmp_path / "kept.tar.gz")

    assert ids == [cluster.id]
    assert everything(emrsim) == before
    keys = [one["Key"] for one in s3.list_objects_v2(Bucket="bucket")["Contents"]]
    assert keys == ["a/b", "by-hand"]
    found = s3.get_object(Bucket="bucket", Key="a/b")
    assert (found["Body"].read(), found["Metadata"], found["ContentType"]) == (b"text", {"k": "v"}, "text/x")
    assert s3.get_bucket_tagging(Bucket="bucket")["TagSet"] == [{"Key": "t", "Value": "u"}]


def archive_of(files: dict[str, str]) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w:gz") as tar:
        for name, text in files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(text)
            tar.addfile(entry, io.BytesIO(text.encode()))
    return stream.getvalue()


NO_METADATA = '{"objects": [], "settings": []}'
OUTSIDE = {"../outside": "x", "state.json": '{"clusters": []}', "s3.json": NO_METADATA}


@pytest.mark.parametrize(
    ("content", "words"),
    [  # bytes, or files in an archive
        (b"", "snapshot: it cannot be unpacked"),
        (b"no archive", "snapshot: it cannot be unpacked"),
        ({}, "snapshot: state.json is missing"),
        ({"state.json": "{", "s3.json": "{}"}, "snapshot: state.json: not JSON"),
        ({"state.json": "{}", "s3.json": "{}"}, "snapshot: s3.json: it has not the lists"),
        ({"state.json": "{}", "s3.json": NO_METADATA}, "clusters: required"),
        (
            {"state.json": '{"clusters": [{}]}', "s3.json": NO_METADATA},
            r"clusters\[0\]\.state: required",
        ),
        (OUTSIDE, "snapshot: it cannot be unpacked: .*outside"),
    ],
)
def test_what_is_no_snapshot_changes_nothing(
    emrsim: Emulator, tmp_path: Path, content: bytes | dict[str, str], words: str
) -> None:
    emrsim.seed(clusters({"state": "WAITING"}))
    (emrsim.root / "bucket").mkdir()
    archive = content if isinstance(content, bytes) else archive_of(content)
    (tmp_path / "bad.tar.gz").write_bytes(archive)
    before = emrsim.export()

    with pytest.raises(PlainError, match=words):
        emrsim.restore(tmp_path / "bad.tar.gz")

    assert emrsim.export() == before
    assert (emrsim.root / "bucket").is_dir()
    assert sorted(path.name for path in emrsim.data.iterdir()) == ["lock", "slots"]


@pytest.mark.parametrize("part", ["text", "checksum", "end"])
def test_damaged_snapshot_changes_nothing(emrsim: Emulator, tmp_path: Path, part: str) -> None:
    (emrsim.root / "bucket").mkdir()
    (emrsim.root / "bucket" / "key").write_bytes(os.urandom(200_000))
    emrsim.snapshot(tmp_path / "kept.tar.gz")
    damaged = bytearray((tmp_path / "kept.tar.gz").read_bytes())
    if part == "end":
        del damaged[-4:]
    else:
        damaged[len(damaged) // 2 if part == "text" else -8] ^= 0xFF
    (tmp_path / "kept.tar.gz").write_bytes(damaged)
    before = (emrsim.root / "bucket" / "key").read_bytes()

    with pytest.raises(PlainError, match="snapshot: it cannot be unpacked"):
        emrsim.restore(tmp_path / "kept.tar.gz")

    assert (emrsim.root / "bucket" / "key").read_bytes() == before


def test_links_within_the_root_are_kept(emrsim: Emulator, tmp_path: Path) -> None:
    (emrsim.root / "bucket" / "a").mkdir(parents=True)
    (emrsim.root / "bucket" / "a" / "key").write_text("text")
    (emrsim.root / "bucket" / "absolute").symlink_to(emrsim.root / "bucket" / "a" / "key")
    (emrsim.root / "bucket" / "relative").symlink_to("a/key")

    emrsim.snapshot(tmp_path / "kept.tar.gz")
    with Emulator(tmp_path / "other") as other:
        other.restore(tmp_path / "kept.tar.gz")
        assert (other.root / "bucket" / "absolute").readlink() == Path("a/key")
        assert (other.root / "bucket" / "relative").read_text() == "text"


def test_what_could_not_be_brought_back_is_not_kept(emrsim: Emulator, tmp_path: Path) -> None:
    (emrsim.root / "bucket").mkdir()
    (emrsim.root / "bucket" / "out").symlink_to("../../elsewhere")

    with pytest.raises(PlainError, match=r"bucket/out is a link to ../../elsewhere, outside"):
        emrsim.snapshot(tmp_path / "kept.tar.gz")
    (emrsim.root / "bucket" / "out").unlink()
    os.mkfifo(emrsim.root / "bucket" / "pipe")
    with pytest.raises(PlainError, match="bucket/pipe is neither a file nor a folder"):
        emrsim.snapshot(tmp_path / "kept.tar.gz")

    assert list(tmp_path.glob("kept*")) == []
