"""Every file name below the data folder.

DATA/lock                               held by the emulator that uses the folder; contains its process id
DATA/slots/slot-N                       a running task holds one
DATA/clusters/<j-ID>/steps/<s-ID>/      controller, syslog, stdout, stderr
DATA/clusters/<j-ID>/task-attempts/     for each step, what the tasks of its Hadoop jobs wrote, and how far
                                        each streaming job is: <job>.progress
DATA/clusters/<j-ID>/node/<i-ID>/       what bootstrap actions wrote
and, gone with the cluster:
DATA/clusters/<j-ID>/work/<s-ID>/       a step's working directory, gone with the step
DATA/clusters/<j-ID>/tmp/<s-ID>/        a step's TMPDIR, gone with the step
DATA/clusters/<j-ID>/home/              the home of the cluster's user, /home/hadoop
DATA/clusters/<j-ID>/mnt/               the master's disk, /mnt
DATA/clusters/<j-ID>/jobs/<start>       counts the cluster's Hadoop jobs
DATA/clusters/<j-ID>/hdfs/              the cluster's HDFS
DATA/clusters/<j-ID>/python/            what pip installs
DATA/clusters/<j-ID>/places/            the cluster's own at EMR's places: /etc/spark is places/etc/spark
DATA/clusters/<j-ID>/view/              mount points of the file system that programs see
DATA/clusters/<j-ID>/written/           what root's steps write to /usr and /etc
DATA/programs/                          emrsim's programs at their places: usr/bin/hadoop
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ClusterFolder:
    """Paths below the folder of one cluster; nothing is created by asking."""

    path: Path

    @property
    def steps(self) -> Path:
        return self.path / "steps"

    @property
    def home(self) -> Path:
        return self.path / "home"

    @property
    def mnt(self) -> Path:
        return self.path / "mnt"

    @property
    def conf(self) -> Path:
        """Hadoop's site files: /etc/hadoop/conf."""
        return self.places / "etc" / "hadoop" / "conf"

    @property
    def spark_conf(self) -> Path:
        return self.places / "etc" / "spark" / "conf"

    @property
    def hive_conf(self) -> Path:
        return self.places / "etc" / "hive" / "conf"

    @property
    def confs(self) -> tuple[Path, ...]:
        return (self.conf, self.spark_conf, self.hive_conf)

    @property
    def hdfs(self) -> Path:
        return self.path / "hdfs"

    @property
    def jobs(self) -> Path:
        return self.path / "jobs"

    @property
    def node(self) -> Path:
        return self.path / "node"

    @property
    def places(self) -> Path:
        return self.path / "places"

    @property
    def python(self) -> Path:
        """The cluster's own Python environment, made when something is installed."""
        return self.path / "python"

    @property
    def is_gone_with_the_cluster(self) -> tuple[Path, ...]:
        """All that is not a log."""
        names = ("work", "tmp", "home", "mnt", "jobs", "hdfs", "python", "places", "view", "written")
        return tuple(self.path / name for name in names)

    def step_logs(self, step_id: str) -> Path:
        return self.steps / step_id

    def task_logs(self, step_id: str) -> Path:
        return self.path / "task-attempts" / step_id

    def work(self, name: str) -> Path:
        """The working directory of a step, or of a bootstrap action."""
        return self.path / "work" / name

    def tmp(self, name: str) -> Path:
        return self.path / "tmp" / name

    def bootstrap_logs(self, ec2_instance_id: str, number: int) -> Path:
        """Of bootstrap action `number`, counted from 1."""
        return self.node / ec2_instance_id / "bootstrap-actions" / str(number)


@dataclass(frozen=True)
class DataFolder:
    """Paths below a data folder; nothing is created by asking."""

    path: Path

    @property
    def lock(self) -> Path:
        return self.path / "lock"

    @property
    def slots(self) -> Path:
        return self.path / "slots"

    @property
    def programs(self) -> Path:
        return self.path / "programs"

    @property
    def clusters(self) -> Path:
        return self.path / "clusters"

    def cluster(self, cluster_id: str) -> ClusterFolder:
        return ClusterFolder(self.clusters / cluster_id)


def make_private(folder: Path) -> None:
    """Make a folder that other users of the machine cannot read; one that is there already becomes so.

    It has what the jobs have written, and with it what they have read. One of another owner stays as it is.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_uid == os.geteuid():
        folder.chmod(0o700)


def make_slots(folder: Path, count: int) -> None:
    """Exactly `count` slot files: those of an earlier emulator with more are taken away."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"slot-{number}" for number in range(count)}
    for extra in folder.glob("slot-*"):
        if extra.name not in wanted:
            extra.unlink()
    for name in wanted:
        (folder / name).touch()
