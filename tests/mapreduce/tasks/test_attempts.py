"""Attempts, failures, and what a failed task leaves behind."""

from __future__ import annotations

import json
import subprocess

import pytest

from tests.mapreduce.jobs import Jobs

# Fails until its marker file has been touched often enough.
FLAKY = """
import os, sys
marker, wanted = sys.argv[1], int(sys.argv[2])
with open(marker, "a") as file: file.write("x")
for line in sys.stdin: print(line, end="", flush=True)
sys.exit(0 if os.path.getsize(marker) >= wanted else 7)
"""


def test_output_of_failed_attempts_is_discarded(jobs: Jobs) -> None:
    jobs.script("flaky.py", FLAKY)

    ended = jobs.run(
        "-mapper", f"flaky.py {jobs.folder}/marker 3", "-file", "flaky.py", "-reducer", "cat", lines=b"a\nb\n"
    )

    assert ended.code == 0
    assert ended.text() == b"a\t\nb\t\n"
    assert ended.counter("Map output records") == 2
    assert ended.counter("Failed map tasks") == 2


def test_a_reducer_gets_its_whole_input_again(jobs: Jobs) -> None:
    jobs.script("flaky.py", FLAKY)

    ended = jobs.run(
        "-mapper", "cat", "-reducer", f"flaky.py {jobs.folder}/marker 2", "-file", "flaky.py", lines=b"b\na\n"
    )

    assert ended.text() == b"a\t\nb\t\n"


def test_the_fourth_failure_ends_the_job(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "false", lines=b"a\n")

    assert ended.code == 1
    assert ended.counter("Launched map tasks") == 4
    assert "subprocess failed with code 1" in ended.said
    assert ended.parts() == {}


def test_a_share_of_the_maps_may_fail(jobs: Jobs) -> None:
    jobs.write("in/a", "keep it for long\n")
    jobs.write("in/b", "drop\n")

    ended = jobs.run(
        *("-D", "mapred.max.map.failures.percent=50", "-mapper", "grep keep", "-numReduceTasks", "0")
    )

    assert ended.code == 0
    assert ended.text() == b"keep it for long\t\n"


def test_a_silent_task_is_killed_after_its_timeout(jobs: Jobs) -> None:
    ended = jobs.run(
        *("-D", "mapred.task.timeout=300", "-D", "mapred.map.max.attempts=1"),
        *("-mapper", "sleep 1000", "-numReduceTasks", "0"),
        lines=b"a\n",
    )

    assert ended.code == 1
    assert "failed to report status for" in ended.said


def test_a_failed_task_can_be_run_again(jobs: Jobs) -> None:
    jobs.script("bad.py", "import os, sys\nfor line in sys.stdin: print(os.environ['WHO'], int(line))\n")

    jobs.run(
        *("-mapper", "bad.py", "-file", "bad.py", "-cmdenv", "WHO=me", "-numReduceTasks", "0"),
        lines=b"1\nx\n",
        own=("--keep-failed", "failed", "--one-attempt"),
    )
    (kept,) = jobs.folder.glob("failed/attempt_*")
    again = subprocess.run([kept / "rerun"], capture_output=True, text=True, check=False)

    assert (kept / "input").read_bytes() == b"1\nx\n"
    assert json.loads((kept / "task.json").read_text())["words"] == ["bad.py"]
    assert again.returncode == 1
    assert again.stdout == "me 1\n"
    assert "ValueError" in again.stderr


def test_a_failed_task_can_be_run_under_the_debugger(jobs: Jobs) -> None:
    jobs.script("bad.py", "import sys\nfor line in sys.stdin: number = int(line)\n")

    jobs.run(
        *("-mapper", "bad.py", "-file", "bad.py", "-numReduceTasks", "0"),
        lines=b"1\nx\n",
        own=("--keep-failed", "failed", "--one-attempt"),
    )
    (kept,) = jobs.folder.glob("failed/attempt_*")
    again = subprocess.run(
        [kept / "rerun", "--pdb"], input="c\np number, line\nq\n", capture_output=True, text=True, check=False
    )

    assert "(1, 'x\\n')" in again.stderr


@pytest.mark.parametrize("logs", [(), ("--task-logs", "logs")])
@pytest.mark.parametrize("phase", ["map", "reduce"])
def test_a_debug_script_sees_what_a_failed_attempt_said(
    jobs: Jobs, phase: str, logs: tuple[str, ...]
) -> None:
    jobs.script("bad.py", "import sys\nprint('it went wrong', file=sys.stderr)\nsys.exit(3)\n")
    jobs.script(
        "look.py",
        "import pathlib, sys\n"
        "out, err, syslog, conf = map(pathlib.Path, sys.argv[1:])\n"
        "print('looked at:', err.read_text().splitlines()[0], 'code 3' in syslog.read_text())\n"
        "print('mapreduce.job.id' in conf.read_text(), out.name)\n",
    )
    commands = {"map": "cat", "reduce": "cat"} | {phase: "bad.py"}

    ended = jobs.run(
        *("-mapper", commands["map"], "-reducer", commands["reduce"], f"-{phase}debug", "look.py"),
        *("-file", "bad.py", "-file", "look.py"),
        lines=b"a\n",
        own=("--one-attempt", *logs),
    )

    assert ended.code == 1
    assert "looked at: it went wrong True\nTrue stdout\n" in ended.said
    assert len(list(jobs.folder.glob("logs/*/debugout"))) == bool(logs)


def test_a_debug_script_that_cannot_run_changes_nothing(jobs: Jobs) -> None:
    ended = jobs.run(
        *("-mapper", "false", "-mapdebug", "no-such-program"), lines=b"a\n", own=("--one-attempt",)
    )

    assert ended.code == 1
    assert 'Cannot run program "no-such-program"' in ended.said
    assert "subprocess failed with code 1" in ended.said
