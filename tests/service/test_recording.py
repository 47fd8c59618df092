"""A recorded session, run against a fresh emulator, does the same again."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from boto.emr.step import StreamingStep

from emrsim import Emulator
from emrsim.service.recording import Recording
from emrsim.testing import emr_client, emr_connection, s3_client
from tests.support.control import control


@pytest.fixture
def recorded(emrsim: Emulator, tmp_path: Path) -> Callable[[], Path]:
    """Begins to record; `recorded()` ends it and gives the program."""
    path = tmp_path / "session.py"
    running = emrsim.running
    recording = Recording(path, running.journal, running.state, emrsim.root)

    def finish() -> Path:
        recording.close()
        return path

    return finish


def replay(program: Path, emulator: Emulator) -> None:
    command = [sys.executable, "-W", "error", str(program), emulator.url]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stderr}\n{program.read_text()}"


def replayed_operations(emulator: Emulator) -> list[str]:
    return [
        call.operation for call in emulator.calls() if not call.operation.startswith(("Describe", "List"))
    ]


def test_word_count_of_boto_2_counts_again(emrsim: Emulator, recorded: Callable[[], Path]) -> None:
    s3, emr = s3_client(emrsim), emr_connection(emrsim)
    s3.create_bucket(Bucket="bucket")
    s3.put_object(
        Bucket="bucket", Key="in", Body=b"to be or not to be\n", Metadata={"a_b": "ü".encode().hex()}
    )
    step = StreamingStep("count", mapper="tr ' ' '\\n'", reducer="uniq -c",
                         input="s3n://bucket/in", output="s3n://bucket/out")  # fmt: skip
    job_flow_id = emr.run_jobflow("a job flow", log_uri="s3://bucket/logs", steps=[step])
    emrsim.wait(job_flow_id)
    assert emr.describe_jobflow(job_flow_id).state == "COMPLETED"

    program = recorded()

    with Emulator() as fresh:
        replay(program, fresh)
        assert fresh.read("s3://bucket/out") == emrsim.read("s3://bucket/out")
        assert s3_client(fresh).head_object(Bucket="bucket", Key="in")["Metadata"] == {"a_b": "c3bc"}
        again = next(iter(fresh.running.state.clusters.values()))
        assert again.request.name == "a job flow"
        assert job_flow_id not in program.read_text()


def test_ids_are_variables_and_what_was_waited_for_is_waited_for(
    emrsim: Emulator, recorded: Callable[[], Path]
) -> None:
    emr = emr_client(emrsim)
    instances = {"InstanceCount": 2, "MasterInstanceType": "m4.large", "KeepJobFlowAliveWhenNoSteps": True}
    no_jar = {"Name": "none", "ActionOnFailure": "CONTINUE", "HadoopJarStep": {"Jar": "none.jar"}}
    made = emr.run_job_flow(Name="a", ReleaseLabel="emr-5.36.0", Instances=instances, Steps=[no_jar])[
        "JobFlowId"
    ]
    emrsim.wait(made, "WAITING")
    first = emr.list_steps(ClusterId=made)["Steps"][0]["Id"]
    emr.describe_step(ClusterId=made, StepId=first)
    added = emr.add_job_flow_steps(JobFlowId=made, Steps=[no_jar, no_jar])["StepIds"]
    groups = emr.list_instance_groups(ClusterId=made)["InstanceGroups"]
    core = next(one["Id"] for one in groups if one["InstanceGroupType"] == "CORE")
    emr.modify_instance_groups(InstanceGroups=[{"InstanceGroupId": core, "InstanceCount": 3}])
    emr.cancel_steps(ClusterId=made, StepIds=[first, added[1]])
    emr.add_tags(ResourceId=made, Tags=[{"Key": "of", "Value": f"the cluster {made}, {made}"}])
    emr.terminate_job_flows(JobFlowIds=[made])
    emrsim.wait(made)
    emr.describe_cluster(ClusterId=made)

    program = recorded()

    text = program.read_text()
    assert [one for one in (made, first, core, *added) if one in text] == []
    assert "wait('WAITING', 'cluster', ClusterId=cluster_1)" in text
    assert text.rstrip().endswith("wait('TERMINATED', 'cluster', ClusterId=cluster_1)")
    with Emulator() as fresh:
        replay(program, fresh)
        again = next(iter(fresh.running.state.clusters.values()))
        assert again.tags == {"of": f"the cluster {again.id}, {again.id}"}
        assert len(again.steps) == 3
        assert replayed_operations(fresh) == replayed_operations(emrsim)


def test_large_uploads_are_files_beside_the_program(emrsim: Emulator, recorded: Callable[[], Path]) -> None:
    s3 = s3_client(emrsim)
    large = bytes(range(256)) * 1000
    s3.create_bucket(Bucket="bucket")
    s3.put_object(Bucket="bucket", Key="large", Body=large, ContentType="text/x-large")
    s3.copy_object(Bucket="bucket", Key="copy", CopySource="bucket/large")

    program = recorded()

    assert len(program.read_text()) < 10_000
    with Emulator() as fresh:
        replay(program, fresh)
        assert fresh.read_bytes("s3://bucket/copy") == large
        assert s3_client(fresh).head_object(Bucket="bucket", Key="large")["ContentType"] == "text/x-large"


def test_parts_of_an_upload_are_one_object(emrsim: Emulator, recorded: Callable[[], Path]) -> None:
    s3 = s3_client(emrsim)
    s3.create_bucket(Bucket="bucket")
    to = {"Bucket": "bucket", "Key": "key"}
    upload = s3.create_multipart_upload(**to)["UploadId"]
    part = s3.upload_part(**to, UploadId=upload, PartNumber=1, Body=b"text")
    parts = {"Parts": [{"PartNumber": 1, "ETag": part["ETag"]}]}
    s3.complete_multipart_upload(**to, UploadId=upload, MultipartUpload=parts)

    program = recorded()

    with Emulator() as fresh:
        replay(program, fresh)
        assert fresh.read("s3://bucket/key") == "text"
        assert [call.operation for call in fresh.calls()] == ["CreateBucket", "PutObject"]


def test_deletions_are_done_again(emrsim: Emulator, recorded: Callable[[], Path]) -> None:
    s3 = s3_client(emrsim)
    s3.create_bucket(Bucket="bucket")
    for key in ("a", "b", "c & d", "kept"):
        s3.put_object(Bucket="bucket", Key=key, Body=b"")
    s3.delete_object(Bucket="bucket", Key="a")
    s3.delete_objects(Bucket="bucket", Delete={"Objects": [{"Key": "b"}, {"Key": "c & d"}]})

    program = recorded()

    with Emulator() as fresh:
        replay(program, fresh)
        assert [path.name for path in (fresh.root / "bucket").iterdir()] == ["kept"]


def test_refused_calls_are_remarks(emrsim: Emulator, recorded: Callable[[], Path]) -> None:
    with pytest.raises(Exception, match="not valid"):
        emr_client(emrsim).terminate_job_flows(JobFlowIds=["j-NONE"])

    program = recorded()

    assert "# TerminateJobFlows(JobFlowIds=['j-NONE']) -> ValidationException\n" in program.read_text()
    with Emulator() as fresh:
        replay(program, fresh)
        assert fresh.calls() == []


def test_calls_of_the_control_interface_are_made_again(
    emrsim: Emulator, recorded: Callable[[], Path]
) -> None:
    emr = emr_client(emrsim)
    control(emrsim, "POST", "clock", {"mode": "manual"})
    (seeded,) = control(emrsim, "POST", "seed", {"clusters": [{"name": "s", "state": "WAITING"}]})["clusters"]
    fail = {"match": {"cluster": seeded, "step": "x"}, "then": {"fail": {"exit_code": 3}}}
    rule = control(emrsim, "POST", "rules", fail)["id"]
    control(emrsim, "DELETE", f"rules/{rule}")
    control(emrsim, "POST", "faults", {"fault": "throttling", "operation": "ListStudios"})
    control(emrsim, "POST", "clock", {"advance": "PT1H"})
    emr.add_tags(ResourceId=seeded, Tags=[{"Key": "a", "Value": "b"}])
    control(emrsim, "GET", "state")

    program = recorded()

    assert seeded not in program.read_text()
    with Emulator() as fresh:
        replay(program, fresh)
        (again,) = fresh.running.state.clusters.values()
        assert (again.request.name, again.tags) == ("s", {"a": "b"})
        assert [one["operation"] for one in fresh.faults.list()] == ["ListStudios"]
        assert fresh.rules.all() == []
        assert fresh.clock.pace.name == "manual"


def test_reset_seed_in_yaml_and_streaming_are_made_again(
    emrsim: Emulator, recorded: Callable[[], Path]
) -> None:
    request = Request(
        f"{emrsim.url}/_emrsim/seed", b"clusters: [{name: gone, state: WAITING}]", method="POST"
    )
    request.add_header("Content-Type", "application/yaml")
    urlopen(request).close()
    control(emrsim, "POST", "reset")
    made = control(emrsim, "POST", "streaming", {"mapper": "cat", "input": "x\n"})["cluster_id"]
    emr_client(emrsim).terminate_job_flows(JobFlowIds=[made])  # which has ended by itself, or is about to

    program = recorded()

    assert made not in program.read_text()
    with Emulator() as fresh:
        replay(program, fresh)
        (again,) = fresh.running.state.clusters.values()
        assert (again.request.name, again.is_ending) == ("run_streaming", True)


def test_groups_that_are_added_leave_the_cluster_its_name(
    emrsim: Emulator, recorded: Callable[[], Path]
) -> None:
    emr = emr_client(emrsim)
    instances = {"InstanceCount": 1, "MasterInstanceType": "m4.large", "KeepJobFlowAliveWhenNoSteps": True}
    made = emr.run_job_flow(Name="a", Instances=instances)["JobFlowId"]
    group = {"InstanceRole": "TASK", "InstanceType": "m4.large", "InstanceCount": 1}
    emr.add_instance_groups(JobFlowId=made, InstanceGroups=[group])
    other = emr.run_job_flow(Name="b", Instances=instances)["JobFlowId"]
    emr.add_tags(ResourceId=other, Tags=[{"Key": "a", "Value": "b"}])

    program = recorded()

    assert "add_tags(ResourceId=cluster_2," in program.read_text()
    with Emulator() as fresh:
        replay(program, fresh)
        clusters = fresh.running.state.clusters.values()
        assert {one.request.name: one.tags for one in clusters} == {"a": {}, "b": {"a": "b"}}


def test_what_ends_otherwise_is_told(emrsim: Emulator, recorded: Callable[[], Path]) -> None:
    emr = emr_client(emrsim)
    emrsim.put("s3://bucket/in", "by hand, and so not recorded")
    emrsim.put("s3://bucket/none", "")
    step = {"Jar": "command-runner.jar", "Args": ["hadoop-streaming", "-mapper", "cat", "-input", "s3://bucket/in",
                                                  "-output", "s3://bucket/out"]}  # fmt: skip
    made = emr.run_job_flow(
        Name="a", Instances={"InstanceCount": 1}, Steps=[{"Name": "a", "HadoopJarStep": step}]
    )["JobFlowId"]
    emrsim.wait(made)
    emr.describe_cluster(ClusterId=made)

    program = recorded()

    with Emulator() as fresh:
        done = subprocess.run([sys.executable, str(program), fresh.url], capture_output=True, text=True)
    assert done.returncode == 1
    assert "is FAILED, not COMPLETED as in the recorded session" in done.stderr
