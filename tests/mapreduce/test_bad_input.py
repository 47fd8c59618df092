"""Input that real users have: torn, huge, binary, empty."""

from __future__ import annotations

import bz2
import gzip
import subprocess

import pytest

from tests.mapreduce.jobs import DEADLINE_SECONDS, Jobs


def test_nul_bytes_and_invalid_utf8_survive_a_sort(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "cat", lines=b"\xff\x00b\t1\n\x00\t2\n\xc3(\t3\n")

    assert ended.text() == b"\x00\t2\n\xc3(\t3\n\xff\x00b\t1\n"


def test_a_line_of_10_megabytes_stays_whole(jobs: Jobs) -> None:
    line = b"k\t" + b"x" * 10_000_000

    ended = jobs.run("-mapper", "cat", "-reducer", "cat", lines=line + b"\na\tb\n", maps=3)

    assert ended.text() == b"a\tb\n" + line + b"\n"


def test_lines_without_a_tab_are_keys_with_empty_values(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "cat", lines=b"b\n\na\n")

    assert ended.text() == b"\t\na\t\nb\t\n"


def test_empty_files_and_directories_give_empty_output(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "cat", "-reducer", "cat", "-numReduceTasks", "2", lines=b"")

    assert ended.code == 0
    assert ended.parts() == {"_SUCCESS": b"", "part-00000": b"", "part-00001": b""}


@pytest.mark.parametrize("ending", ["gz", "bz2"])
@pytest.mark.parametrize("damage", ["truncated", "garbage"])
def test_a_damaged_file_fails_the_job_and_is_named(jobs: Jobs, ending: str, damage: str) -> None:
    compress = gzip.compress if ending == "gz" else bz2.compress
    whole = compress(bytes(range(256)) * 4000)
    jobs.write(
        f"in/torn.{ending}", whole[: len(whole) // 2] if damage == "truncated" else b"no such thing\n" * 9
    )

    ended = jobs.run("-D", "mapred.map.max.attempts=1", "-mapper", "cat")

    assert ended.code == 1
    assert f"torn.{ending}" in ended.said
    assert "_SUCCESS" not in ended.parts()


def test_a_reducer_that_exits_early_with_much_unread_input_fails(jobs: Jobs) -> None:
    ended = jobs.run(
        "-D",
        "mapred.reduce.max.attempts=1",
        "-mapper",
        "cat",
        "-reducer",
        "head -n 1",
        lines=b"word\t1\n" * 400_000,
    )

    assert ended.code == 1
    assert "Broken pipe" in ended.said


def test_a_mapper_may_leave_a_small_input_unread(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "echo hello", "-numReduceTasks", "0", lines=b"x\n" * 50)

    assert ended.text() == b"hello\t\n"


def test_a_flood_on_stderr_is_cut_in_the_middle(jobs: Jobs) -> None:
    jobs.script(
        "flood.py",
        "import sys\nsys.stdin.read()\n"
        "for _ in range(300): sys.stderr.write('x' * 99_999 + '\\n')\n"
        "sys.stderr.write('the end\\n')\n",
    )

    ended = jobs.run(
        *("-mapper", "flood.py", "-file", "flood.py", "-numReduceTasks", "0"),
        lines=b"a\n",
        own=("--task-logs", "logs"),
    )

    (log,) = jobs.folder.glob("logs/attempt_*_m_000000_0/stderr")
    assert ended.code == 0
    assert log.stat().st_size < 6_000_000
    assert b"bytes left out" in log.read_bytes()
    assert log.read_bytes().endswith(b"the end\n")


def test_a_command_that_closes_its_output_may_read_on(jobs: Jobs) -> None:
    jobs.script("closes.py", "import os, sys\nos.close(1)\nsys.stdin.buffer.read()\nos._exit(0)\n")

    ended = jobs.run(
        "-mapper", "closes.py", "-file", "closes.py", "-numReduceTasks", "0", lines=b"line\n" * 100_000
    )

    assert ended.code == 0
    assert ended.counter("Map input records") == 100_000


def test_a_negative_number_of_reducers_is_refused(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "cat", "-numReduceTasks", "-1", lines=b"a\n")

    assert ended.code == 1
    assert ended.said.endswith("Streaming Command Failed!\n")
    assert not jobs.output.exists()


def test_thousands_of_reducers_make_as_many_parts(jobs: Jobs) -> None:
    ended = jobs.run("-mapper", "cat", "-numReduceTasks", "10000", lines=b"a\nb\n")

    assert len(ended.parts()) == 10_001
    assert ended.counter("Reduce output records") == 2


def test_a_disk_that_is_full_during_the_shuffle_fails_the_job_with_that_reason(jobs: Jobs) -> None:
    jobs.write(
        "in/data", b"".join(b"%08d\t%d\n" % (number * 7919 % 1_000_003, number) for number in range(10**6))
    )
    words = ("-input", "in", "-output", "out", "-mapper", "cat", "-reducer", "cat", "-numReduceTasks", "2")

    # No file may grow beyond 2 MB: the same to a program as a disk with so much room.
    ended = subprocess.run(
        ["bash", "-c", 'ulimit -f 2048; exec "$@"', "limited", *jobs.command("--memory", "16m", *words)],
        cwd=jobs.folder,
        env=jobs.environment(),
        stderr=subprocess.PIPE,
        text=True,
        timeout=DEADLINE_SECONDS,
        check=False,
    )

    assert ended.returncode == 1
    assert "File too large (during the shuffle)" in ended.stderr
    assert "Job not Successful!" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert list((jobs.folder / "work").iterdir()) == []
    assert list(jobs.output.rglob("*")) == []
