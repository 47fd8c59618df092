"""A step that is stopped when its work is done: its state and what its output looks like agree."""

from __future__ import annotations

from pathlib import Path

import pytest

from emrsim import Emulator
from emrsim.service.program_run import ProgramRun
from tests.support.calls import Caller
from tests.support.clusters import RELEASE


@pytest.fixture(autouse=True)
def _stopped_at_the_last_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every program counts as stopped before its end, as one does that the signal reaches after its work."""
    monkeypatch.setattr(ProgramRun, "was_stopped", property(lambda run: True))


def ended(emrsim: Emulator, jar: str, *args: str) -> str:
    step = {
        "Name": "n",
        "ActionOnFailure": "CONTINUE",
        "HadoopJarStep": {"Jar": jar, "Args": list(args)},
    }
    emr = Caller(emrsim.port, "json")
    cluster_id = emr.run(ReleaseLabel=RELEASE, Steps=[step])
    (step_id,) = [one["Id"] for one in emr.call("ListSteps", ClusterId=cluster_id)["Steps"]]
    return emrsim.wait(step_id)


@pytest.mark.parametrize(
    ("jar", "first"),
    [
        ("command-runner.jar", ["hadoop-streaming"]),
        ("/home/hadoop/contrib/streaming/hadoop-streaming.jar", []),
    ],
)
def test_a_streaming_job_that_says_0_is_completed(emrsim: Emulator, jar: str, first: list[str]) -> None:
    emrsim.put("s3://b/in", "x\n")
    words = ["-input", "s3://b/in", "-output", "s3://b/out", "-mapper", "cat", "-numReduceTasks", "0"]

    state = ended(emrsim, jar, *first, *words)

    assert (state, (emrsim.root / "b" / "out" / "_SUCCESS").exists()) == ("COMPLETED", True)


def test_a_program_that_says_0_when_it_is_stopped_is_not_completed(emrsim: Emulator, tmp_path: Path) -> None:
    assert ended(emrsim, "command-runner.jar", "sh", "-c", "exit 0") != "COMPLETED"
