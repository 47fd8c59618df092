"""Every file name below the data folder.

DATA/slots/slot-N                       a running task holds one
DATA/clusters/<j-ID>/steps/<s-ID>/      controller, syslog, stdout, stderr
DATA/clusters/<j-ID>/task-attempts/     what the tasks of streaming jobs wrote
DATA/clusters/<j-ID>/work/<s-ID>/       a step's scratch, gone with the step
DATA/clusters/<j-ID>/home/              the home of the cluster's steps, gone with the cluster
DATA/clusters/<j-ID>/hdfs/              the cluster's HDFS, gone with the cluster
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class DataFolder:
    """Paths below a data folder; nothing is created by asking."""

    path: Path

    @property
    def slots(self) -> Path:
        return self.path / "slots"

    def cluster(self, cluster_id: str) -> Path:
        return self.path / "clusters" / cluster_id

    def steps(self, cluster_id: str) -> Path:
        return self.cluster(cluster_id) / "steps"

    def step_logs(self, cluster_id: str, step_id: str) -> Path:
        return self.steps(cluster_id) / step_id

    def task_logs(self, cluster_id: str) -> Path:
        return self.cluster(cluster_id) / "task-attempts"

    def work(self, cluster_id: str, step_id: str) -> Path:
        return self.cluster(cluster_id) / "work" / step_id

    def home(self, cluster_id: str) -> Path:
        return self.cluster(cluster_id) / "home"

    def hdfs(self, cluster_id: str) -> Path:
        return self.cluster(cluster_id) / "hdfs"


def make_slots(folder: Path, count: int) -> None:
    """Exactly `count` slot files: those of an earlier emulator with more are taken away."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = {f"slot-{number}" for number in range(count)}
    for extra in folder.glob("slot-*"):
        if extra.name not in wanted:
            extra.unlink()
    for name in wanted:
        (folder / name).touch()
