"""Stopping a job: nothing runs on, nothing looks finished."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.mapreduce.jobs import DEADLINE_SECONDS, Jobs

# Says who it is and whom it started, then waits for ever.
WAITER = """
import os, subprocess, sys
child = subprocess.Popen(["sleep", "1000"])
with open(sys.argv[1] + ".part", "w") as file: file.write(f"{os.getpid()} {child.pid}")
os.rename(sys.argv[1] + ".part", sys.argv[1])
child.wait()
"""


def _until(condition: object, what: str) -> None:
    """Wait for a condition that another process brings about."""
    assert callable(condition)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, what
        time.sleep(0.01)


def _is_gone(pid: int) -> bool:
    try:
        return "Z" in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return True


def _started(jobs: Jobs) -> tuple[subprocess.Popen[bytes], list[int]]:
    """A running job and the processes of its task."""
    jobs.script("waiter.py", WAITER)
    jobs.write("in/data", "a\n")
    note = jobs.folder / "pids"
    words = ("-input", "in", "-output", "out", "-mapper", f"waiter.py {note}", "-file", "waiter.py")
    job = jobs.start("-D", "mapred.map.tasks=1", *words)
    _until(note.exists, "the task did not start")
    return job, [int(pid) for pid in note.read_text().split()]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_stops_the_tasks_and_cleans_up(jobs: Jobs, number: signal.Signals) -> None:
    job, pids = _started(jobs)
    began = time.monotonic()

    job.send_signal(number)
    said, _ = job.communicate(timeout=DEADLINE_SECONDS)

    assert job.returncode == 128 + number, said
    assert time.monotonic() - began < 10  # 2 s on a machine that has nothing else to do
    assert all(_is_gone(pid) for pid in pids)
    assert list((jobs.folder / "work").iterdir()) == []
    assert not list(jobs.output.glob("*"))


def test_a_killed_runner_orphans_nothing(jobs: Jobs) -> None:
    job, pids = _started(jobs)

    job.kill()
    job.communicate(timeout=DEADLINE_SECONDS)

    _until(lambda: all(_is_gone(pid) for pid in pids), "the tasks live on")
    _until(lambda: not list((jobs.folder / "work").iterdir()), "the scratch folder is still there")
    assert not (jobs.output / "_SUCCESS").exists()
    assert (jobs.folder / "in/data").read_text() == "a\n"


def test_a_job_that_is_stopped_at_its_very_end_leaves_no_output(jobs: Jobs) -> None:
    """Whoever stops a process that is still there says of it that it was stopped, whatever its exit code."""
    jobs.write("in/data", "a\n")
    for number in range(2000):  # whose copies the job removes after its output is there
        jobs.write(f"many/{number}", "")
    words = ("-input", "in", "-output", "out", "-mapper", "cat", "-reducer", "cat")
    job = jobs.start("-files", f"{jobs.folder}/many", *words)
    while not (jobs.output / "_SUCCESS").exists() and job.poll() is None:
        pass

    for number in (signal.SIGSTOP, signal.SIGTERM, signal.SIGCONT):
        job.send_signal(number)
    said, _ = job.communicate(timeout=DEADLINE_SECONDS)

    assert job.returncode == 143, said
    assert list(jobs.output.iterdir()) == []
    _until(lambda: not list((jobs.folder / "work").iterdir()), "the scratch folder is still there")


def test_a_killed_runner_leaves_no_temporary_output(jobs: Jobs) -> None:
    jobs.script("kills.py", "import os, signal, sys\nos.kill(os.getppid(), signal.SIGKILL)\n")

    ended = jobs.run("-mapper", "kills.py", "-file", "kills.py", "-numReduceTasks", "0", lines=b"a\n")

    assert ended.code == -signal.SIGKILL
    _until(lambda: list(jobs.output.iterdir()) == [], "the temporary output is still there")


def test_slots_are_shared_and_freed_by_a_killed_runner(jobs: Jobs) -> None:
    jobs.write("slots/slot-0", "")
    jobs.script("waiter.py", WAITER)
    jobs.write("in/data", "a\n")
    note = jobs.folder / "pids"
    words = ("-input", "in", "-output", "out", "-mapper", f"waiter.py {note}", "-file", "waiter.py")
    first = jobs.start("--slots", "slots", "-D", "mapred.map.tasks=1", *words)
    _until(note.exists, "the first job did not start")
    second = jobs.start("--slots", "slots", "-input", "in", "-output", "out2", "-mapper", "cat")

    assert second.poll() is None
    os.kill(first.pid, signal.SIGKILL)
    said, _ = second.communicate(timeout=DEADLINE_SECONDS)
    first.communicate(timeout=DEADLINE_SECONDS)

    assert second.returncode == 0, said
