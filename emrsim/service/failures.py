"""Why a step failed, read from what it wrote (source: states 2, FailureDetails)."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from emrsim.core.model import Failure
from emrsim.core.ports import Job

UNKNOWN = "Unknown Error"  # EMR's word when nothing was recognised
_TAIL_BYTES = 64 * 1024

# What Hadoop's client says, and EMR's reason for it. Only the first is recorded; the others are assumed.
_KNOWN = (
    (re.compile(r"Output directory \S+ already exists"), "Output directory already exists."),
    (
        re.compile(r"Input path does not exist: .*|Input Pattern .* matches 0 files"),
        "Input path does not exist.",
    ),
)
_ERROR_RECORD = re.compile(r"\bERROR \S+(?: \(\w+\))?: (.*)")
_TASK_FAILURE = re.compile(
    r"PipeMapRed\.waitOutputThreads\(\): subprocess failed with code \d+|Cannot run program .*"
)


def explain(job: Job, exit_code: int, log_file: Callable[[str], str]) -> Failure:
    """The failure of a step that ended with `exit_code`; `log_file` names one of its files for a client."""
    syslog = tail(job.log_folder / "syslog")
    for pattern, reason in _KNOWN:
        if known := pattern.search(syslog):
            return Failure(reason, known.group(), log_file("syslog"))
    stderr = tail(job.log_folder / "stderr")
    said = _task_failure(job, syslog) or _last_error(syslog) or _last_error(stderr) or _last_line(stderr)
    return Failure(UNKNOWN, said or f"The step ended with exit code {exit_code}.", log_file("stderr"))


def _task_failure(job: Job, syslog: str) -> str | None:
    """What the first task to fail died of, with the last line its command wrote to stderr."""
    failure = _TASK_FAILURE.search(syslog)
    if failure is None:
        return None
    attempts = sorted(job.task_log_folder.glob(f"*{job.hadoop_job_id.removeprefix('job_')}_*/stderr"))
    words = [last for last in (_last_line(tail(path)) for path in attempts) if last]
    return f"{failure.group()}: {words[0]}" if words else failure.group()


def _last_error(syslog: str) -> str | None:
    records = _ERROR_RECORD.findall(syslog)
    return str(records[-1]) if records else None


def _last_line(text: str) -> str | None:
    """The last line that says something; Hadoop 1 puts its own word below that of the command."""
    lines = [line for line in text.splitlines() if line.strip() and not _TASK_FAILURE.search(line)]
    return lines[-1].strip() if lines else None


def tail(path: Path) -> str:
    """The last 64 KB of a file, as text; empty if it is not there."""
    if not path.is_file():
        return ""
    with open(path, "rb") as file:
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        return file.read().decode("utf-8", "replace")
