"""`emrsim logs`: what the steps of a job flow wrote."""

from __future__ import annotations

import re
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from emrsim.service.failures import failed_task_errors
from emrsim.service.folders import ClusterFolder, DataFolder
from emrsim.service.logs import STEP_FILES

_TASK_FILES = ("stdout", "stderr", "syslog")
_FOLLOWED_SECONDS = 0.25
_BLOCK_BYTES = 1 << 16
_ENDED = re.compile(rb"^\S+ \w+ Step (?:succeeded|failed) with exitCode", re.MULTILINE)


def print_logs(
    data: Path, cluster_id: str, step_id: str | None, everything: bool = False, follow: bool = False
) -> None:
    """Print what failed tasks wrote to stderr, then the four files of each step, in the order of the steps.

    With `everything` the logs of all task attempts, too. With `follow` go on with the last step to its end.
    Exits with 2 if there are none.
    """
    cluster = DataFolder(data).cluster(cluster_id)
    steps = [one for one in _steps(cluster.steps) if step_id in {None, one.name}]
    if not steps:
        wanted = f"step {step_id} of {cluster_id}" if step_id else cluster_id
        print(f"emrsim: no logs of {wanted} in {data}", file=sys.stderr)
        raise SystemExit(2)
    for step in steps:
        for path in failed_task_errors(step / "syslog", cluster.task_logs(step.name)):
            _print_file(path, f"{step.name}/{path.parent.name}/stderr")
    for step in steps[:-1] if follow else steps:
        _print_step(cluster, step, everything)
    if follow:
        _follow(steps[-1])


def _print_step(cluster: ClusterFolder, step: Path, everything: bool) -> None:
    for name in STEP_FILES:
        _print_file(step / name, f"{step.name}/{name}")
    for attempt in _attempts(cluster.task_logs(step.name)) if everything else ():
        for name in _TASK_FILES:
            if (attempt / name).is_file():
                _print_file(attempt / name, f"{step.name}/{attempt.name}/{name}")


def _attempts(folder: Path) -> Iterator[Path]:
    yield from sorted(one for one in folder.glob("attempt_*") if one.is_dir())


def _steps(folder: Path) -> list[Path]:
    """The folders of steps, oldest first: a controller begins with the time."""
    if not folder.is_dir():
        return []
    return sorted(folder.iterdir(), key=lambda step: _first_line(step / "controller"))


def _follow(step: Path) -> None:
    """Print the four files of a step, and what is added to them, until it has ended."""
    read = dict.fromkeys(STEP_FILES, 0)
    last = ""
    while True:
        has_ended = _has_ended(step / "controller")
        for name in STEP_FILES:
            content = _from(step / name, read[name])
            read[name] += len(content)
            if content and last != name:
                print(f"==> {step.name}/{name} <==", flush=True)
                last = name
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
        if has_ended:
            return
        time.sleep(_FOLLOWED_SECONDS)


def _from(path: Path, start: int) -> bytes:
    try:
        with open(path, "rb") as file:
            file.seek(start)
            return file.read()
    except OSError:
        return b""


def _has_ended(controller: Path) -> bool:
    return _ENDED.search(_from(controller, 0)) is not None


def _print_file(path: Path, title: str) -> None:
    print(f"==> {title} <==", flush=True)
    with open(path, "rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer, _BLOCK_BYTES)
    sys.stdout.buffer.flush()
    print(flush=True)


def _first_line(path: Path) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.readline()
