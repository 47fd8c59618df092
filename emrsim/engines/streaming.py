"""Hadoop-streaming steps, run by `emrsim streaming` in a process of its own."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from emrsim.core.ports import Command, Job

# `/home/hadoop/contrib/streaming/hadoop-streaming.jar`, `hadoop-0.20-streaming.jar`, the jar of a
# Hadoop installation, in S3 or not (source: EMR facts, Helper steps and known jars).
_STREAMING_JAR = re.compile(r"(.*/)?hadoop-([0-9.]+-)?streaming(-[0-9.]+)?\.jar")
_COMMAND_RUNNER = re.compile(r"(.*/)?command-runner\.jar")


class StreamingEngine:
    """Runs streaming jars under all their names, and command-runner's `hadoop-streaming`."""

    def __init__(self, root: Path, slots_folder: Path) -> None:
        self._root = root
        self._slots_folder = slots_folder

    def accepts(self, job: Job) -> bool:
        """See `core.ports.Engine.accepts`."""
        return bool(_STREAMING_JAR.fullmatch(job.jar)) or _is_command_runner(job)

    def command(self, job: Job) -> Command:
        """See `core.ports.Engine.command`."""
        arguments = job.args[1:] if _is_command_runner(job) else job.args
        options = (
            *("--syslog", str(job.log_folder / "syslog")),
            *("--task-logs", str(job.task_log_folder)),
            *("--job-id", job.hadoop_job_id),
            *("--hadoop-version", job.hadoop_version),
            *("--work", str(job.work_folder)),
            *("--slots", str(self._slots_folder)),
        )
        return Command(
            argv=(sys.executable, "-m", "emrsim", "streaming", *options, *arguments),
            environment={"EMRSIM_ROOT": str(self._root), "EMRSIM_HDFS": str(job.hdfs)},
        )


def _is_command_runner(job: Job) -> bool:
    return bool(_COMMAND_RUNNER.fullmatch(job.jar)) and job.args[:1] == ("hadoop-streaming",)
