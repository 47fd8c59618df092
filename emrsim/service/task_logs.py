"""What the tasks of a Hadoop job wrote, laid out under LogUri as EMR does (source: log facts 1 and 4).

AMI 1 and 2     task-attempts/attempt_…/{stdout,stderr,syslog}
AMI 3           task-attempts/application_…/container_…/…
release labels  containers/application_…/container_…/…, and the job history, which says what ran in which
                container: hadoop-mapreduce/history/YYYY/MM/DD/000000/job_….jhist
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from emrsim.core.ports import Job, Storage, StorageError

_FIRST_CONTAINER = 2  # 1 is the application master's
_TASK_TYPES = {"m": "MAP", "r": "REDUCE"}


def copy_task_logs(job: Job, storage: Storage, target_uri: str) -> None:
    """Copy the logs of `job`'s tasks below `target_uri`. Raises StorageError if it cannot be written to."""
    attempts = _attempts(job)
    if not attempts:
        return
    containers = dict(_containers(job, attempts))
    for attempt in attempts:
        _copy(attempt, storage.writable_path(f"{target_uri}/{containers[attempt.name]}"), target_uri)
    if job.uses_release_label:
        now = datetime.now(UTC)
        folder = storage.writable_path(f"{target_uri}/hadoop-mapreduce/history/{now:%Y/%m/%d}/000000")
        _write_history(job, containers, folder, now)


def _attempts(job: Job) -> list[Path]:
    """The folders of the attempts of `job`: maps before reduces, first attempts before further ones."""
    found = job.task_log_folder.glob(f"attempt_{job.hadoop_job_id.removeprefix('job_')}_*_*_*")
    return sorted(found, key=lambda folder: _order(folder.name))


def _order(attempt: str) -> tuple[str, int, int]:
    kind, task, number = attempt.split("_")[3:6]
    return kind, int(number), int(task)


def _containers(job: Job, attempts: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Each attempt and the folder of its logs below the cluster's."""
    number = job.hadoop_job_id.removeprefix("job_")
    folder = "containers" if job.uses_release_label else "task-attempts"
    for index, attempt in enumerate(attempts, _FIRST_CONTAINER):
        if job.hadoop_version.startswith(("0.", "1.")):
            yield attempt.name, f"{folder}/{attempt.name}"
        else:
            container = f"container_{number}_01_{index:06d}"
            yield attempt.name, f"{folder}/application_{number}/{container}"


def _copy(source: Path, target: Path, target_uri: str) -> None:
    try:
        shutil.copytree(source, target, dirs_exist_ok=True)
    except OSError as error:
        raise StorageError(f"{target_uri}: {error}") from error


def _write_history(job: Job, containers: dict[str, str], folder: Path, now: datetime) -> None:
    """The job history: of all its events, those that say which attempt had which container."""
    milliseconds = int(now.timestamp() * 1000)
    lines = ["Avro-Json", ""]
    lines += [_started(attempt, path.rpartition("/")[2]) for attempt, path in containers.items()]
    name = f"{job.hadoop_job_id}-{milliseconds}-hadoop-{job.step_id}-{milliseconds}.jhist"
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
