"""The master node of a cluster, as its programs see it: folders, site files, PATH and environment."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from emrsim import interpreters
from emrsim.core.model import Cluster
from emrsim.programs.table import BIN, PYTHON_MODULES
from emrsim.programs.view.furnishing import Kind
from emrsim.programs.view.mounts import View, view_below
from emrsim.programs.view.places import ENVIRONMENT_FILE
from emrsim.programs.view.rights import NO_SYSTEM_BUS
from emrsim.releases import find
from emrsim.service.configurations import (
    Configurations,
    configurations_in_effect,
    configurations_wanted,
    exported,
    rewrite_configurations,
    write_configurations,
)
from emrsim.service.folders import ClusterFolder, DataFolder
from emrsim.service.info_files import info_files
from emrsim.service.world import World
from emrsim.settings import Settings

# What programs see of the environment emrsim was started in: nothing that could be a credential.
_PASSED_ON = ("PATH", "LANG", "LANGUAGE", "TZ", "JAVA_HOME", "SSL_CERT_FILE")


@dataclass(frozen=True)
class MasterFiles:
    """The folders and files of a cluster's master; nothing is there before `make`."""

    folder: ClusterFolder
    configurations: Configurations
    descriptions: Mapping[str, str]  # by the name of their file
    environment: Mapping[str, str]
    is_release: bool  # of a release label, not of an AMI version

    def make(self) -> None:
        """Make them. Raises OSError."""
        folder = self.folder
        info = folder.mnt / "var" / "lib" / "info"
        hdfs = _folders_of_hdfs(self.is_release, folder.hdfs)
        for path in (folder.home, folder.jobs, info / "steps", *folder.confs, *hdfs):
            path.mkdir(parents=True, exist_ok=True)
        write_configurations(self.configurations, folder)
        for name, text in self.descriptions.items():
            (info / name).write_text(text, encoding="utf-8")
        _write_environment(self.environment, folder.places / ENVIRONMENT_FILE)


class MasterNodes:
    """Creates the masters of an emulator's clusters. `url` returns the emulator's URL, once it serves."""

    def __init__(self, settings: Settings, url: Callable[[], str]) -> None:
        self._settings = settings
        self._data = DataFolder(settings.data)
        self._url = url
        self._worlds: dict[str, World] = {}
        self._lock = Lock()

    def world(self, cluster: Cluster) -> World:
        """Where the programs of a cluster run."""
        with self._lock:
            if cluster.id not in self._worlds:
                kind = Kind(cluster.uses_release_label, cluster.request.hadoop_version)
                self._worlds[cluster.id] = World(self._view(cluster.id), kind)
            return self._worlds[cluster.id]

    def forget(self, cluster_id: str) -> None:
        """Close the world of a cluster, none of whose programs runs any more."""
        with self._lock:
            world = self._worlds.pop(cluster_id, None)
        if world is not None:
            world.close()

    def close(self) -> None:
        """Close all worlds."""
        for cluster_id in list(self._worlds):
            self.forget(cluster_id)

    def _view(self, cluster_id: str) -> View:
        real = (self._settings.root, self._settings.data, self._settings.cache)
        return view_below(self._data.cluster(cluster_id).path, self._data.programs, real)

    def files(self, cluster: Cluster) -> MasterFiles:
        """Return what a cluster's master has on its disk. To be called under the emulator's lock."""
        return MasterFiles(
            self._data.cluster(cluster.id),
            configurations_in_effect(cluster),
            info_files(cluster),
            self.environment(cluster),
            cluster.uses_release_label,
        )

    def reconfiguration(self, cluster: Cluster) -> Callable[[], None]:
        """Return what writes the configurations that have been asked for. To be called under the lock."""
        folder = self._data.cluster(cluster.id)
        before, after = configurations_in_effect(cluster), configurations_wanted(cluster)
        return lambda: rewrite_configurations(before, after, folder)

    def environment(self, cluster: Cluster) -> dict[str, str]:
        """The environment of every program of a cluster; those of `programs.surroundings` among it."""
        folder = self._data.cluster(cluster.id)
        settings = self._settings
        return {
            **self._passed_on(),
            **exported(configurations_in_effect(cluster)),
            **self._aws(cluster.region),
            "PATH": os.pathsep.join(
                [
                    *map(str, (BIN, folder.python / "bin")),
                    os.environ.get("PATH", os.defpath),
                    str(interpreters.STAND_INS),
                ]
            ),
            # `python3 -m pip` is the cluster's own, and what it installs is seen.
            "PYTHONPATH": str(PYTHON_MODULES),
            "PYTHONUSERBASE": str(folder.python),
            "PIP_REQUIRE_VIRTUALENV": "1",
            "EMRSIM_BIN": str(BIN),
            "EMRSIM_PYTHON": sys.executable,
            "HOME": str(folder.home),
            "USER": "hadoop",
            "HADOOP_IDENT_STRING": "hadoop",
            "HADOOP_HOME": str(
                folder.places / "usr/lib/hadoop" if cluster.uses_release_label else folder.home
            ),
            "HADOOP_CONF_DIR": str(folder.conf),
            "EMRSIM_ROOT": str(settings.root),
            "EMRSIM_HDFS": str(folder.hdfs),
            "EMRSIM_CLUSTER": cluster.id,
            "EMRSIM_MNT": str(folder.mnt),
            "EMRSIM_PLACES": str(folder.places),
            "EMRSIM_PROGRAMS": str(self._data.programs),
            **NO_SYSTEM_BUS,
            "EMRSIM_JOB_COUNTER": str(folder.jobs / job_prefix(cluster)),
            "EMRSIM_HADOOP_VERSION": cluster.request.hadoop_version,
            **_release(cluster, settings.strict),
            "EMRSIM_SLOTS": str(self._data.slots),
            "EMRSIM_CACHE": str(settings.cache),
            **({"EMRSIM_HADOOP_HOME": str(settings.hadoop_home)} if settings.hadoop_home else {}),
            "EMRSIM_MISSING_PACKAGES": settings.missing_packages,
            **({"EMRSIM_SPARK_MASTER": settings.spark_master} if settings.spark_master else {}),
            **({interpreters.PYTHON2: str(settings.python2.absolute())} if settings.python2 else {}),
            interpreters.INTERPRETERS: os.pathsep.join(settings.interpreters),
        }

    def _passed_on(self) -> dict[str, str]:
        names = {*_PASSED_ON, *self._settings.pass_env}
        return {name: value for name, value in os.environ.items() if name in names or name.startswith("LC_")}

    def _aws(self, region: str) -> dict[str, str]:
        """What makes the AWS CLI and boto3 in a step reach this emulator, and nothing else."""
        key, secret = self._settings.step_key
        return {
            "AWS_ENDPOINT_URL": self._url(),
            "AWS_ACCESS_KEY_ID": key,
            "AWS_SECRET_ACCESS_KEY": secret,
            "AWS_DEFAULT_REGION": region,
            "AWS_REGION": region,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1,localhost",
        }


def _release(cluster: Cluster, strict: bool) -> dict[str, str]:
    """Return the variables that say which Spark to run and which applications exist, with a release label."""
    label = cluster.request.release_label
    if label is None:
        return {}
    names = [one.get("Name", "") for one in cluster.request.extra.get("Applications") or ()]
    found = find(label)
    spark = found.spark_version if found else None
    return {
        "EMRSIM_APPLICATIONS": ",".join(names or ["Hadoop"]),
        **({"EMRSIM_RELEASE_LABEL": label, "EMRSIM_SPARK_VERSION": spark} if spark else {}),
        **({"EMRSIM_STRICT": "1"} if strict else {}),
    }


def job_prefix(cluster: Cluster) -> str:
    """The start of a cluster in the ids of its jobs: minutes on Hadoop 1, else ms.

    Source: docs/facts/streaming.md#ids.
    """
    if cluster.request.hadoop_version.startswith(("0.", "1.")):
        return f"{cluster.created_at:%Y%m%d%H%M}"
    return str(int(cluster.created_at.timestamp() * 1000))


def _folders_of_hdfs(is_release: bool, hdfs: Path) -> list[Path]:
    """What HDFS has when a cluster is ready (source: releases facts 3.1; AMI versions: assumed)."""
    names = ["tmp", "user/hadoop", "user/hive/warehouse"]
    if is_release:
        names += ["user/spark", "user/history", "var/log/spark/apps", "var/log/hadoop-yarn/apps"]
    return [hdfs / name for name in names]


def _write_environment(environment: Mapping[str, str], path: Path) -> None:
    """A file for the shell with the cluster's variables, for programs that are started without them."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    lines = (f"{name}={shlex.quote(value)}\n" for name, value in environment.items())
    path.write_text("".join(lines), encoding="utf-8", errors="surrogateescape")
