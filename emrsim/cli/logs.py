"""`emrsim logs`: what the steps of a job flow wrote."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from emrsim.service.failures import failed_task_errors
from emrsim.service.folders import DataFolder
from emrsim.service.logs import STEP_FILES


def print_logs(data: Path, cluster_id: str, step_id: str | None) -> None:
    """Print the logs of each step, in their order: what its failed task wrote, then its four files.

    Exits with 2 if there are none.
    """
    folder = DataFolder(data).cluster(cluster_id).steps
    steps = [one for one in _steps(folder) if step_id in {None, one.name}]
    if not steps:
        wanted = f"step {step_id} of {cluster_id}" if step_id else cluster_id
        print(f"emrsim: there are no logs of {wanted} in {data}", file=sys.stderr)
        raise SystemExit(2)
    tasks = DataFolder(data).cluster(cluster_id).task_logs
    for step in steps:
        for path in failed_task_errors(step / "syslog", tasks(step.name)):
            _print_file(path, f"{step.name}/{path.parent.name}/stderr")
        for name in STEP_FILES:
            _print_file(step / name, f"{step.name}/{name}")


def _steps(folder: Path) -> list[Path]:
    """The folders of steps, oldest first: a controller begins with the time."""
    if not folder.is_dir():
        return []
    return sorted(folder.iterdir(), key=lambda step: _first_line(step / "controller"))


def _print_file(path: Path, title: str) -> None:
    print(f"==> {title} <==", flush=True)
    with open(path, "rb") as file:
        shutil.copyfileobj(file, sys.stdout.buffer)
    sys.stdout.buffer.flush()
    print(flush=True)


def _first_line(path: Path) -> str:
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.readline()
