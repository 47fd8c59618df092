"""`emrsim streaming ARGS`, `hadoop-streaming ARGS`: Hadoop streaming. A tiny job is to start fast."""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from emrsim.mapreduce.command import main as run_streaming
from emrsim.programs.applications import Registration, register
from emrsim.programs.env_files import is_changed
from emrsim.programs.surroundings import Surroundings, surroundings

# In the order in which Hadoop's Configuration and JobConf load them: the last setting wins.
_SITE_FILES = ("core-site.xml", "hdfs-site.xml", "mapred-site.xml", "yarn-site.xml")


def main(arguments: list[str]) -> int:
    """Run a streaming job with Hadoop's arguments, preceded by options of our own if any."""
    around = surroundings()
    job_id = around.next_job_id()
    progress = _progress_file(around, job_id)
    registration = _registered(around, job_id, progress)
    options = _options(around, job_id, progress)
    code = run_streaming([*options, *_java_properties(), *arguments], around.storage)
    if registration is not None:
        registration.ended(code)
    return code


def _registered(around: Surroundings, job_id: str | None, progress: Path | None) -> Registration | None:
    """Let YARN's commands see the job; None outside of a cluster."""
    if job_id is None:
        return None
    application_id = job_id.replace("job_", "application_")
    return register(around, application_id, "streamjob", "MAPREDUCE", progress)


def _options(around: Surroundings, job_id: str | None, progress: Path | None) -> Iterator[str]:
    """What the runner has to know of the cluster, as its own options."""
    values = {
        "--syslog": around.syslog,
        "--task-logs": around.task_logs,
        "--job-id": job_id,
        "--json-progress": progress,
        "--hadoop-version": around.hadoop_version,
        "--slots": around.slots,
    }
    for name, value in values.items():
        if value is not None:
            yield from (name, str(value))
    for file in _SITE_FILES:
        if around.conf is not None and is_changed(around.conf / file):
            yield from ("--conf-file", str(around.conf / file))


def _progress_file(around: Surroundings, job_id: str | None) -> Path | None:
    """Where the job tells how far it is, beside the logs of its tasks."""
    if around.task_logs is None or job_id is None:
        return None
    around.task_logs.mkdir(parents=True, exist_ok=True)
    return around.task_logs / f"{job_id}.progress"


def _java_properties() -> Iterator[str]:
    """The properties of the step, which are Java's, as properties of the job."""
    for word in shlex.split(os.environ.get("HADOOP_OPTS", "")):
        if word.startswith("-D"):
            yield from ("-D", word.removeprefix("-D"))
