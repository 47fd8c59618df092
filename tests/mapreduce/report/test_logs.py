"""What the runner says, in the forms of both generations."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.mapreduce.jobs import Jobs

HEAD = r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} INFO"


def test_hadoop_2_syslog_has_job_progress_and_counters(jobs: Jobs) -> None:
    jobs.run("-mapper", "cat", lines=b"a\n", own=("--syslog", "syslog", "--job-id", "job_1365465111111_0007"))

    text = (jobs.folder / "syslog").read_text()
    assert "INFO org.apache.hadoop.mapreduce.Job (main): Running job: job_1365465111111_0007\n" in text
    assert "INFO org.apache.hadoop.mapreduce.Job (main):  map 100% reduce 100%\n" in text
    assert "\tMap-Reduce Framework\n\t\tMap input records=1\n" in text
    assert text.endswith(f"(main): Output directory: file:{jobs.output}\n")


def test_hadoop_1_syslog_has_two_blanks_and_no_counters(jobs: Jobs) -> None:
    jobs.run("-mapper", "cat", lines=b"a\n", own=("--syslog", "syslog", "--hadoop-version", "1.0.3"))

    text = (jobs.folder / "syslog").read_text()
    assert "INFO org.apache.hadoop.streaming.StreamJob (main):  map 100%  reduce 100%\n" in text
    assert "Job complete: job_" in text
    assert "Counters" not in text


@pytest.mark.parametrize(("version", "code"), [("1.0.3", 4), ("0.20.205", 4), ("2.4.0", 5)])
def test_an_existing_output_has_its_exit_code(jobs: Jobs, version: str, code: int) -> None:
    jobs.output.mkdir()

    ended = jobs.run("-mapper", "cat", lines=b"a\n", own=("--hadoop-version", version))

    assert ended.code == code


@pytest.mark.parametrize(
    ("version", "names"),
    [("1.0.3", "map_input_file mapred_task_id mapred_job_id"), ("2.4.0", "mapreduce_map_input_file")],
)
def test_each_generation_exports_its_names(jobs: Jobs, version: str, names: str) -> None:
    ended = jobs.run(
        *("-mapper", f"printenv {names}", "-numReduceTasks", "0"),
        lines=b"a\n",
        own=("--hadoop-version", version),
    )

    assert ended.code == 0
    assert ended.text().startswith(f"file:{jobs.folder}/in/data\t\n".encode())


def test_task_logs_hold_stderr_and_the_cause(jobs: Jobs) -> None:
    jobs.script("bad.py", "import sys\nprint('reporter:counter:a,b,1', file=sys.stderr)\nint('x')\n")

    jobs.run(
        *("-mapper", "bad.py", "-file", "bad.py"),
        lines=b"a\n",
        own=("--task-logs", "logs", "--one-attempt", "--hadoop-version", "1.0.3"),
    )

    (folder,) = (jobs.folder / "logs").iterdir()
    stderr = (folder / "stderr").read_text()
    assert sorted(path.name for path in folder.iterdir()) == ["stderr", "stdout", "syslog"]
    assert "reporter:" not in stderr
    assert "Traceback (most recent call last):" in stderr
    assert "subprocess failed with code 1" in stderr
    assert f"Processing split: file:{jobs.folder}/in/data:0+2" in (folder / "syslog").read_text()


def test_json_progress_ends_with_the_counters(jobs: Jobs) -> None:
    read_end, write_end = os.pipe()
    jobs.write("in/data", "a\nb\n")

    words = jobs.command(f"--json-progress={write_end}", "-input", "in", "-output", "out", "-mapper", "cat")
    subprocess.run(words, cwd=jobs.folder, pass_fds=[write_end], stderr=subprocess.DEVNULL, check=True)
    os.close(write_end)
    with open(read_end) as lines:
        messages = [json.loads(line) for line in lines]

    assert messages[0]["event"] == "progress"
    assert (messages[-2]["map"], messages[-2]["reduce"]) == (100, 100)
    assert messages[-1]["counters"]["Map-Reduce Framework"]["Reduce input records"] == 2


def test_json_progress_goes_to_a_file_too(jobs: Jobs) -> None:
    jobs.script(
        "chatty.py",
        "import sys\n"
        "for number in range(5000): print(f'reporter:status:{number}', file=sys.stderr)\n"
        "sys.stdin.read()\n",
    )

    jobs.run(
        *("-mapper", "chatty.py", "-file", "chatty.py", "-numReduceTasks", "0"),
        lines=b"a\n",
        own=("--json-progress", "progress"),
    )
    messages = [json.loads(line) for line in (jobs.folder / "progress").read_text().splitlines()]

    statuses = [message["status"] for message in messages if message["event"] == "status"]
    assert statuses[-1] == "4999"
    assert len(statuses) < 1000
    assert messages[-1]["event"] == "succeeded"


def test_json_progress_to_nowhere_is_refused(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "cat", lines=b"a\n", own=("--json-progress", "no/such/folder"))

    assert ended.code == 1
    assert "no/such/folder" in ended.said
    assert not jobs.output.exists()


def test_a_watcher_that_goes_away_does_not_stop_the_job(jobs: Jobs) -> None:
    read_end, write_end = os.pipe()
    os.close(read_end)
    jobs.write("in/data", "a\nb\n")

    words = jobs.command(f"--json-progress={write_end}", "-input", "in", "-output", "out", "-mapper", "cat")
    ended = subprocess.run(
        words, cwd=jobs.folder, pass_fds=[write_end], stderr=subprocess.DEVNULL, check=False
    )
    os.close(write_end)

    assert ended.returncode == 0
