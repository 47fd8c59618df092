"""A step becomes a Job: its folders and what its engine has to know."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from emrsim.core.model import Cluster, Step
from emrsim.core.ports import Job
from emrsim.service.folders import ClusterFolder


def make_job(cluster: Cluster, step: Step, folder: ClusterFolder, environment: Mapping[str, str]) -> Job:
    """Return the Job of `step`. To be called under the emulator's lock: it reads the cluster.

    `environment` is that of all programs of the cluster.
    """
    return Job(
        cluster_id=cluster.id,
        step_id=step.id,
        jar=step.request.jar,
        main_class=step.request.main_class,
        args=step.request.args,
        properties=step.request.properties,
        hadoop_version=cluster.request.hadoop_version,
        log_folder=folder.step_logs(step.id),
        task_log_folder=folder.task_logs(step.id),
        work_folder=folder.work(step.id),
        environment={**environment, **_environment(cluster, step, folder)},
        uses_release_label=cluster.uses_release_label,
    )


def make_folders(job: Job) -> None:
    """Make the folders in which `job` works and logs."""
    for path in (job.log_folder, job.work_folder, Path(job.environment["TMPDIR"])):
        path.mkdir(parents=True, exist_ok=True)


def _environment(cluster: Cluster, step: Step, folder: ClusterFolder) -> dict[str, str]:
    """What a step finds beside the cluster's variables; where logs go as on EMR.

    Source: docs/facts/logs.md#controller.
    """
    log_uri = cluster.request.log_uri
    return {
        **log_environment(folder.step_logs(step.id), folder.tmp(step.id)),
        "EMRSIM_TASK_LOGS": str(folder.task_logs(step.id)),
        **({"EMRSIM_LOG_URI": log_uri} if log_uri else {}),
    }


def log_environment(log_folder: Path, tmp: Path) -> dict[str, str]:
    """Where the Hadoop clients of a step or bootstrap action log, and where temporary files go."""
    return {
        "HADOOP_LOG_DIR": str(log_folder),
        "HADOOP_LOGFILE": "syslog",
        "HADOOP_ROOT_LOGGER": "INFO,DRFA",
        "TMPDIR": str(tmp),
    }
