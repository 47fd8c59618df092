"""What the tasks of Hadoop jobs wrote, laid out under LogUri as EMR does (source: docs/facts/logs.md).

AMI 1 and 2     task-attempts/attempt_…/{stdout,stderr,syslog}, and the job history: jobs/job_…
AMI 3           task-attempts/application_…/container_…/…
release labels  containers/application_…/container_…/…, and the job history, which says what ran in which
                container: hadoop-mapreduce/history/YYYY/MM/DD/000000/job_….jhist
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from emrsim.core.ports import Job
from emrsim.service.job_history import hadoop_1_history, yarn_history
from emrsim.service.job_reports import JobReport, job_reports
from emrsim.service.logs import LogTarget

_FIRST_CONTAINER = 2  # 1 is the application master's


def copy_step_logs(job: Job, logs: LogTarget) -> None:
    """Copy the four files of a step. Raises StorageError if that is not possible."""
    logs.copy(f"steps/{job.step_id}")


def copy_task_logs(job: Job, logs: LogTarget) -> None:
    """Copy the logs of the tasks of `job`'s Hadoop jobs. Raises StorageError if that is not possible."""
    if logs.uri is None:
        return
    reports = {report.job_id: report for report in job_reports(job.task_log_folder)}
    for number, attempts in groupby(_attempts(job.task_log_folder), key=_job_number):
        containers = dict(_containers(job, number, attempts))
        for attempt, container in containers.items():
            logs.copy(f"{job.task_log_folder.relative_to(logs.folder)}/{attempt}", container)
        report = reports.get(f"job_{number}", JobReport(f"job_{number}"))
        _write_history(job, report, containers, logs)


def _write_history(job: Job, report: JobReport, containers: Mapping[str, str], logs: LogTarget) -> None:
    """AMI 3 left the history in HDFS."""
    now = datetime.now(UTC)
    milliseconds = int(now.timestamp() * 1000)
    if job.uses_release_label:
        name = f"{report.job_id}-{milliseconds}-hadoop-{job.step_id}-{milliseconds}.jhist"
        ids = {attempt: path.rpartition("/")[2] for attempt, path in containers.items()}
        path, text = f"hadoop-mapreduce/history/{now:%Y/%m/%d}/000000/{name}", yarn_history(report, ids)
    elif _is_hadoop_1(job):
        # The jar's name has its dot escaped in the history, not in the name of the file.
        path = f"jobs/{report.job_id}_{milliseconds}_hadoop_streamjob{milliseconds}.jar"
        text = hadoop_1_history(report)
    else:
        return
    logs.write(path, text)


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
        if _is_hadoop_1(job):
            yield attempt.name, f"{folder}/{attempt.name}"
        else:
            container = f"container_{number}_01_{index:06d}"
            yield attempt.name, f"{folder}/application_{number}/{container}"


def _is_hadoop_1(job: Job) -> bool:
    return job.hadoop_version.startswith(("0.", "1."))
