"""`/_emrsim/wait`, `/_emrsim/output` and `/_emrsim/streaming`: the helpers for other languages."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import pytest

from emrsim import Emulator
from tests.support.calls import Caller
from tests.support.control import control, refused
from tests.support.engines import command_step
from tests.waiting import wait_until


def test_state_is_waited_for(emrsim: Emulator) -> None:
    made = Caller(emrsim.port, "json").run(Steps=[command_step("true")])

    assert control(emrsim, "GET", f"wait?id={made}&state=WAITING") == {"id": made, "state": "WAITING"}


def test_end_is_waited_for_if_no_state_is_named(emrsim: Emulator) -> None:
    emr = Caller(emrsim.port, "json")
    made = emr.run(Steps=[command_step("false")])
    step = emr.call("ListSteps", ClusterId=made)["Steps"][0]["Id"]

    assert control(emrsim, "GET", f"wait?id={step}")["state"] == "FAILED"


def test_state_that_is_not_reached_is_told_with_the_story(emrsim: Emulator) -> None:
    made = Caller(emrsim.port, "json").run()

    status, message = refused(emrsim, "GET", f"wait?id={made}&state=RUNNING,COMPLETED&timeout=0.05")

    assert status == 409
    assert "not COMPLETED or RUNNING, after 0.05 seconds" in message
    assert "ClusterRequested()" in message


@pytest.mark.parametrize(
    ("path", "status", "message"),
    [
        ("wait", 400, "id: required"),
        ("wait?id=j-NONE", 404, "id: unknown cluster 'j-NONE'"),
        ("wait?id={made}&state=DONE", 400, "state: unknown state 'DONE'"),
        ("wait?id={made}&timeout=long", 400, "timeout: invalid value 'long': expected a number of seconds"),
        ("wait?id={made}&timeout=301", 400, "timeout: '301' is out of range: expected 0 to 300 seconds"),
        ("wait?id={made}&until=DONE", 400, "until: unknown field 'until'"),
        ("output?uri=s3://bucket/missing", 404, "uri: Input path does not exist"),
        ("output", 400, "uri: "),
    ],
)
def test_bad_question_is_refused(emrsim: Emulator, path: str, status: int, message: str) -> None:
    made = Caller(emrsim.port, "json").run()

    found, said = refused(emrsim, "GET", path.format(made=made))

    assert found == status
    assert message in said


def test_output_is_read_as_one_file(emrsim: Emulator) -> None:
    emrsim.put("s3://bucket/out/part-00000", "a\n")
    emrsim.put("s3://bucket/out/part-00001.gz", gzip.compress(b"b\xff\n"))
    emrsim.put("s3://bucket/out/_SUCCESS", "")

    with urlopen(f"{emrsim.url}/_emrsim/output?uri=s3://bucket/out/") as answer:
        assert answer.read() == b"a\nb\xff\n"


def test_output_leaves_out_links_that_lead_out_and_names_them(emrsim: Emulator, tmp_path: Path) -> None:
    emrsim.put("s3://bucket/out/part-00000", "a\n")
    (tmp_path / "secret").write_text("TOPSECRET")
    (emrsim.root / "bucket/out/évil").symlink_to(tmp_path / "secret")

    with urlopen(f"{emrsim.url}/_emrsim/output?uri=s3://bucket/out/") as answer:
        assert answer.read() == b"a\n"
        assert "key 'out/%C3%A9vil': it would leave the root" in answer.headers["X-Emrsim-Left-Out"]
    with pytest.warns(UserWarning, match="out/évil': it would leave the root") as warned:
        assert emrsim.read("s3://bucket/out/") == "a\n"
    assert warned[0].filename == __file__
    assert emrsim.list("s3://bucket/out/") == ["s3://bucket/out/part-00000"]


def test_streaming_job_is_run_and_its_result_answered(emrsim: Emulator) -> None:
    job = {"mapper": "tr ' ' '\\n'", "reducer": "uniq -c", "input": "to be to\n"}

    result = control(emrsim, "POST", "streaming", job)

    assert result["state"] == "COMPLETED"
    assert result["output"].split() == ["1", "be", "2", "to"]
    assert result["counters"]["Map-Reduce Framework"]["Map input records"] == 1


def test_streaming_job_that_fails_is_a_result_too(emrsim: Emulator) -> None:
    result = control(
        emrsim, "POST", "streaming", {"mapper": "sh -c 'echo oh no >&2; exit 1'", "input": ["x"]}
    )

    assert result["state"] == "FAILED"
    assert "oh no" in result["stderr"]


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ({"input": "x"}, "mapper: required"),
        ({"mapper": "cat"}, "input: required"),
        ({"mapper": ["cat"], "input": "x"}, "mapper: expected a command"),
        ({"mapper": "cat", "input": 1}, "input: expected a text or a list of texts"),
        ({"mapper": "cat", "input": "x", "arguments": "-D a=b"}, "arguments: expected a list of texts"),
        ({"mapper": "cat", "input": "x", "output": 5}, "output: expected a URI of S3"),
        ({"mapper": "cat", "input": "x", "output": "/out"}, "output: invalid URI '/out'"),
        ({"mapper": "c" * 20_000, "input": "x"}, "the job: "),
        ({"mapper": "cat", "input": "\ud800"}, "'utf-8' codec can't encode"),
        (
            {"mapper": "cat", "input": "x", "reduce": "cat"},
            "reduce: unknown field 'reduce': did you mean",
        ),
    ],
)
def test_malformed_streaming_job_is_refused(emrsim: Emulator, job: dict[str, Any], message: str) -> None:
    status, said = refused(emrsim, "POST", "streaming", job)

    assert status == 400
    assert said.startswith(message)
    assert emrsim.running.state.clusters == {}
    assert list(emrsim.root.glob("*/run-*")) == []


def test_progress_of_a_running_step_is_told_and_its_counters_at_the_end(emrsim: Emulator) -> None:
    emrsim.put("s3://b/in/1", "x\n")
    emrsim.put("s3://b/in/2", "y\n")
    gate = emrsim.root / "gate"
    mapper = f"sh -c 'cat; while [ $mapreduce_task_partition = 1 ] && [ ! -e {gate} ]; do sleep 0.05; done'"
    words = ["-input", "s3://b/in", "-output", "s3://b/out", "-mapper", mapper, "-reducer", "cat"]
    jar = {"Jar": "command-runner.jar", "Args": ["hadoop-streaming", *words]}
    emr = Caller(emrsim.port, "json")
    made = emr.run(Steps=[{"Name": "s", "HadoopJarStep": jar}], ReleaseLabel="emr-5.36.0")
    step = emr.call("ListSteps", ClusterId=made)["Steps"][0]["Id"]

    def half_done() -> bool:
        jobs = control(emrsim, "GET", f"steps/{step}/progress")["jobs"]
        return [(job["map_percent"], job["outcome"]) for job in jobs] == [(50, "")]

    wait_until(half_done)
    gate.touch()
    emrsim.wait(step, "COMPLETED")

    (job,) = control(emrsim, "GET", f"steps/{step}/progress")["jobs"]
    assert (job["map_percent"], job["reduce_percent"], job["outcome"]) == (100, 100, "succeeded")
    assert job["counters"]["Map-Reduce Framework"]["Map input records"] == 2
    assert refused(emrsim, "GET", "steps/s-NONE/progress")[0] == 404
