"""A step becomes a Job: its folders and what its engine has to know."""

from __future__ import annotations

from emrsim.core.model import Cluster, Step
from emrsim.core.ports import Job
from emrsim.service.folders import DataFolder


def make_job(cluster: Cluster, step: Step, data: DataFolder) -> Job:
    """The Job of `step`; makes its folders. To be called under the emulator's lock: it reads the cluster."""
    job = Job(
        cluster_id=cluster.id,
        step_id=step.id,
        jar=step.request.jar,
        main_class=step.request.main_class,
        args=step.request.args,
        hadoop_version=cluster.request.hadoop_version,
        hadoop_job_id=_hadoop_job_id(cluster, step),
        log_folder=data.step_logs(cluster.id, step.id),
        task_log_folder=data.task_logs(cluster.id),
        work_folder=data.work(cluster.id, step.id),
        home=data.home(cluster.id),
        hdfs=data.hdfs(cluster.id),
        has_log_uri=cluster.request.log_uri is not None,
        uses_release_label=cluster.uses_release_label,
    )
    for folder in (job.log_folder, job.work_folder, job.home, job.hdfs):
        folder.mkdir(parents=True, exist_ok=True)
    return job


def _hadoop_job_id(cluster: Cluster, step: Step) -> str:
    """`job_<start of the cluster>_<number>`: minutes on Hadoop 1, milliseconds later (streaming facts 10)."""
    number = list(cluster.steps).index(step.id) + 1
    if cluster.request.hadoop_version.startswith(("0.", "1.")):
        return f"job_{cluster.created_at:%Y%m%d%H%M}_{number:04}"
    return f"job_{int(cluster.created_at.timestamp() * 1000)}_{number:04}"
