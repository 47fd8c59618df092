"""What the tasks of Hadoop jobs wrote, laid out under LogUri as EMR does (source: log facts 1 and 4).

AMI 1 and 2     task-attempts/attempt_…/{stdout,stderr,syslog}
AMI 3           task-attempts/application_…/container_…/…
release labels  containers/application_…/container_…/…, and the job history, which says what ran in which
                container: hadoop-mapreduce/history/YYYY/MM/DD/000000/job_….jhist
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from emrsim.core.ports import Job, StorageError
from emrsim.service.logs import LogTarget

_FIRST_CONTAINER = 2  # 1 is the application master's
_TASK_TYPES = {"m": "MAP", "r": "REDUCE"}


def copy_task_logs(job: Job, logs: LogTarget) -> None:
    """Copy the logs of the tasks of `job`'s Hadoop jobs. Raises StorageError if that is not possible."""
    if logs.uri is None:
        return
    for number, attempts in groupby(_attempts(job.task_log_folder), key=_job_number):
        _copy_job(job, number, list(attempts), logs)


def _copy_job(job: Job, number: str, attempts: Sequence[Path], logs: LogTarget) -> None:
    containers = dict(_containers(job, number, attempts))
    for attempt in attempts:
        logs.copy(str(attempt.relative_to(logs.folder)), containers[attempt.name])
    if job.uses_release_label:
        now = datetime.now(UTC)
        folder = logs.writable_path(f"hadoop-mapreduce/history/{now:%Y/%m/%d}/000000")
        _write_history(job, f"job_{number}", containers, folder, now)


def _attempts(folder: Path) -> list[Path]:
    """The folders of attempts: by job, maps before reduces, first attempts before further ones."""
    return sorted(folder.glob("attempt_*_*_*_*_*"), key=_order)


def _order(attempt: Path) -> tuple[str, str, int, int]:
    kind, task, number = attempt.name.split("_")[3:6]
    return _job_number(attempt), kind, int(number), int(task)


def _job_number(attempt: Path) -> str:
    """`<start of the cluster>_<number>`: what the ids of a job's parts have in common."""
    return "_".join(attempt.name.split("_")[1:3])


def _containers(job: Job, number: str, attempts: Iterable[Path]) -> Iterator[tuple[str, str]]:
    """Each attempt and the folder of its logs below the cluster's."""
    folder = "containers" if job.uses_release_label else "task-attempts"
    for index, attempt in enumerate(attempts, _FIRST_CONTAINER):
        if job.hadoop_version.startswith(("0.", "1.")):
            yield attempt.name, f"{folder}/{attempt.name}"
        else:
            container = f"container_{number}_01_{index:06d}"
            yield attempt.name, f"{folder}/application_{number}/{container}"


def _write_history(job: Job, job_id: str, containers: dict[str, str], folder: Path, now: datetime) -> None:
    """The job history: of all its events, those that say which attempt had which container."""
    milliseconds = int(now.timestamp() * 1000)
    lines = ["Avro-Json", ""]
    lines += [_started(attempt, path.rpartition("/")[2]) for attempt, path in containers.items()]
    name = f"{job_id}-{milliseconds}-hadoop-{job.step_id}-{milliseconds}.jhist"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    except OSError as error:
        raise StorageError(f"{folder}: {error}") from error


def _started(attempt: str, container: str) -> str:
    kind = _TASK_TYPES[attempt.split("_")[3]]
    event = {
        "taskid": f"task_{'_'.join(attempt.split('_')[1:5])}",
        "taskType": kind,
        "attemptId": attempt,
        "containerId": container,
    }
    name = "org.apache.hadoop.mapreduce.jobhistory.TaskAttemptStarted"
    return json.dumps({"type": f"{kind}_ATTEMPT_STARTED", "event": {name: event}})
