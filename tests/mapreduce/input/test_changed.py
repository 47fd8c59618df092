"""Input that is not what it was when the job began."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.mapreduce.jobs import Jobs

LINES = (b"x" * 63 + b"\n") * (1 << 15)  # 2 MB: in a split of this size the lines go from file to pipe


def _shrink(path: Path) -> None:
    os.truncate(path, 1 << 20)


def _empty(path: Path) -> None:
    os.truncate(path, 0)


def _grow(path: Path) -> None:
    with open(path, "ab") as file:
        file.write(b"more\n")


def _rewrite(path: Path) -> None:
    with open(path, "r+b") as file:
        file.write(b"y" * 63)


def _replace(path: Path) -> None:
    path.with_name(".new").write_bytes(LINES)
    os.replace(path.with_name(".new"), path)


def _remove(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [_shrink, _empty, _grow, _rewrite, _replace, _remove])
@pytest.mark.parametrize("input_format", ["TextInputFormat", "KeyValueTextInputFormat"])
def test_input_that_changes_while_it_is_read_fails_the_job(
    jobs: Jobs, change: Callable[[Path], None], input_format: str
) -> None:
    path = jobs.write("in/data", LINES)
    started, go = jobs.folder / "started", jobs.folder / "go"
    jobs.script(
        "slow.py",
        f"import os, sys, time\nopen({str(started)!r}, 'w').close()\n"
        f"while not os.path.exists({str(go)!r}): time.sleep(0.01)\n"
        "sys.stdout.write(sys.stdin.read())\n",
    )
    words = ("-D", "mapred.map.max.attempts=1", "-D", "mapred.map.tasks=1", "-inputformat", input_format)
    job = jobs.start(*words[:4], "-input", "in", "-output", "out", *words[4:], "-mapper", "slow.py", "-file",
                     "slow.py", "-numReduceTasks", "0")  # fmt: skip

    while not started.exists() and job.poll() is None:
        pass
    change(path)
    go.touch()
    said, _ = job.communicate(timeout=60)

    assert job.returncode == 1, said
    assert (
        b"in/data was changed while the job read it" in said
        or b"the input became shorter" in said
        or (change is _remove and b"No such file" in said)
    )
    assert not list(jobs.output.iterdir())
