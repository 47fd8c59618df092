"""`yarn application` and `mapred job`: what they say of applications that run, and that have ended."""

from __future__ import annotations

import os
import signal
import subprocess
from pathlib import Path

import pytest

from tests.programs.cluster import DEADLINE_SECONDS, Master, write
from tests.waiting import wait_until


def job(mapper: str, output: str = "out") -> list[str]:
    return ["hadoop-streaming", "-input", "s3://b/in", "-output", f"s3://b/{output}", "-mapper", mapper]


@pytest.fixture
def with_input(master: Master, tmp_path: Path) -> Master:
    master.put("b/in/1", "x\n")
    master.put("b/in/2", "y\n")
    master.environment["EMRSIM_TASK_LOGS"] = str(tmp_path / "tasks")
    return master


def listed(master: Master) -> list[list[str]]:
    """State, final state and progress of all applications, oldest first."""
    out = master.run("yarn", "application", "-list", "-appStates", "ALL").stdout
    rows = [line.split() for line in out.splitlines() if line.startswith("application_")]
    return [row[5:8] for row in rows]


def jobs(master: Master) -> list[str]:
    """The states of all jobs, oldest first."""
    out = master.run("mapred", "job", "-list", "all").stdout
    return [line.split()[1] for line in out.splitlines() if line.startswith("job_")]


def run_until(master: Master, *words: str, marker: Path) -> subprocess.Popen[str]:
    """Start a program, and wait until what it runs has made a file."""
    process = master.start(*words)
    wait_until(marker.exists)
    return process


def test_jobs_that_ended_are_told_as_they_ended(with_input: Master, tmp_path: Path) -> None:
    master = with_input
    first = master.run(*job("cat"))
    second = master.run(*job("false", "other"))
    marker = tmp_path / "marker"
    third = run_until(master, *job(f"sh -c 'touch {marker}; sleep 60'", "third"), marker=marker)
    third.terminate()
    third.communicate(timeout=DEADLINE_SECONDS)
    marker.unlink()
    fourth = run_until(master, *job(f"sh -c 'touch {marker}; sleep 60'", "fourth"), marker=marker)
    os.killpg(fourth.pid, signal.SIGKILL)
    fourth.communicate(timeout=DEADLINE_SECONDS)

    assert (first.returncode, second.returncode) == (0, 1)
    assert listed(master) == [
        ["FINISHED", "SUCCEEDED", "100%"],
        ["FINISHED", "FAILED", "0%"],
        ["KILLED", "KILLED", "0%"],
        ["KILLED", "KILLED", "0%"],
    ]
    assert jobs(master) == ["SUCCEEDED", "FAILED", "KILLED", "KILLED"]


def test_status_tells_the_truth_of_a_job_that_failed(with_input: Master) -> None:
    with_input.run(*job("sh -c 'read line; [ $line = x ]'"))

    an_id = f"{with_input.counter.name}_0001"
    application = with_input.run("yarn", "application", "-status", f"application_{an_id}").stdout
    of_job = with_input.run("mapred", "job", "-status", f"job_{an_id}").stdout

    assert "\tState : FINISHED\n\tFinal-State : FAILED\n" in application
    assert "Job state: FAILED" in of_job
    assert "reduce() completion: 0.0" in of_job


def test_progress_of_a_running_job_is_that_of_its_tasks(with_input: Master, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    words = [*job("cat"), "-reducer", f"sh -c 'touch {marker}; sleep 60'"]

    running = run_until(with_input, *words, marker=marker)
    while_it_runs = listed(with_input)
    running.terminate()
    running.communicate(timeout=DEADLINE_SECONDS)

    assert while_it_runs == [["RUNNING", "UNDEFINED", "50%"]]
    assert listed(with_input) == [["KILLED", "KILLED", "50%"]]


@pytest.mark.parametrize(
    ("script", "code", "told"),
    [
        ("exit 0", 0, ["FINISHED", "SUCCEEDED", "100%"]),
        ("exit 3", 3, ["FINISHED", "FAILED", "0%"]),
        ("kill -KILL $$", -signal.SIGKILL, ["KILLED", "KILLED", "0%"]),
        ("kill -SEGV $$", -signal.SIGSEGV, ["FAILED", "FAILED", "0%"]),
        ("exit 143", 143, ["KILLED", "KILLED", "0%"]),
    ],
)
def test_a_spark_application_is_told_by_its_exit_code_which_its_step_gets(
    master: Master, fake_spark: Path, script: str, code: int, told: list[str]
) -> None:
    write(fake_spark / "bin/spark-submit", script)

    ended = master.run("spark-submit", "app.py")

    assert ended.returncode == code
    assert listed(master) == [told]
    assert jobs(master) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_spark_application_ends_with_the_process_that_was_started(
    master: Master, fake_spark: Path, tmp_path: Path, number: int
) -> None:
    marker = tmp_path / "marker"
    write(fake_spark / "bin/spark-submit", f"echo $$ > {marker}.new; mv {marker}.new {marker}; exec sleep 60")

    running = run_until(master, "spark-submit", "app.py", marker=marker)
    while_it_runs = listed(master)
    running.send_signal(number)
    running.communicate(timeout=DEADLINE_SECONDS)

    wait_until(lambda: not Path("/proc", marker.read_text().strip()).exists())
    assert while_it_runs == [["RUNNING", "UNDEFINED", "0%"]]
    assert listed(master) == [["KILLED", "KILLED", "0%"]]
