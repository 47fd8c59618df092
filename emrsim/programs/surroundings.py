"""What a program of a cluster finds in its environment.

EMRSIM_ROOT            the directory that is S3 (without it ./s3)
EMRSIM_HDFS            the folder that is the cluster's HDFS; without it plain paths are local files
EMRSIM_CLUSTER         the cluster's id
EMRSIM_MNT             the folder that is /mnt on the cluster's master
EMRSIM_PLACES          the cluster's own folders at EMR's places: `etc/spark`, `usr/lib/spark` and others
EMRSIM_PROGRAMS        emrsim's programs at their places: `usr/bin/hadoop` and others
EMRSIM_TASK_LOGS       where the attempts of Hadoop tasks leave their logs
EMRSIM_JOB_COUNTER     a file named for the start of the cluster, which counts its Hadoop jobs
EMRSIM_MISSING_PACKAGES  `ignore` where programs such as yum are to succeed without what is missing
EMRSIM_HADOOP_VERSION  the version of Hadoop that the cluster claims to have
EMRSIM_SLOTS           the folder of task slots that all clusters share
EMRSIM_PYTHON          the Python that runs the programs on PATH
EMRSIM_CACHE           a folder for what is made once and kept
HADOOP_CONF_DIR        the cluster's site files (`core-site.xml`, `mapred-site.xml`, …)
HADOOP_LOG_DIR         where Hadoop's clients log, to the file HADOOP_LOGFILE
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from emrsim.storage import DirectoryStorage, Places


class Surroundings(NamedTuple):
    """The environment of a program of a cluster, read once. Run by hand, most of it is None."""

    root: Path
    hdfs: Path | None = None
    mnt: Path | None = None
    task_logs: Path | None = None
    job_counter: Path | None = None
    hadoop_version: str | None = None
    slots: Path | None = None
    cache: Path | None = None
    conf: Path | None = None
    syslog: Path | None = None
    places: Path | None = None
    programs: Path | None = None

    @property
    def home(self) -> Path | None:
        """/home/hadoop of the cluster."""
        return self.mnt.parent / "home" if self.mnt else None

    @property
    def spark_conf(self) -> Path | None:
        """/etc/spark/conf of the cluster; run by hand, the one folder of all settings."""
        return self.places / "etc" / "spark" / "conf" if self.places else self.conf

    @property
    def hive_conf(self) -> Path | None:
        """/etc/hive/conf of the cluster; run by hand, the one folder of all settings."""
        return self.places / "etc" / "hive" / "conf" if self.places else self.conf

    @property
    def storage(self) -> DirectoryStorage:
        """URIs as paths, as the cluster sees them."""
        if self.mnt is None:
            return DirectoryStorage(self.root, self.hdfs)
        from emrsim.programs.cluster_paths import as_on_emr, own_path

        return DirectoryStorage(
            self.root,
            self.hdfs,
            Places(lambda path: own_path(path, self), lambda path: as_on_emr(path, self)),
        )

    def next_job_id(self) -> str | None:
        """`job_<start of the cluster>_<number>`, a new one at each call; None outside of a cluster."""
        if self.job_counter is None:
            return None
        import fcntl

        with open(self.job_counter, "a+", encoding="ascii") as counter:
            # Not flock: Java's locks, which jobs in jars count under, are of this kind.
            fcntl.lockf(counter, fcntl.LOCK_EX)
            counter.seek(0)
            number = len(counter.read()) + 1
            counter.write("|")
        return f"job_{self.job_counter.name}_{number:04}"


def surroundings(environment: Mapping[str, str] = os.environ) -> Surroundings:
    """The surroundings that `environment` describes."""

    def folder(name: str) -> Path | None:
        value = environment.get(name)
        return Path(value).absolute() if value else None

    log_folder = folder("HADOOP_LOG_DIR")
    log_file = environment.get("HADOOP_LOGFILE")
    return Surroundings(
        root=folder("EMRSIM_ROOT") or Path("s3").absolute(),
        hdfs=folder("EMRSIM_HDFS"),
        mnt=folder("EMRSIM_MNT"),
        task_logs=folder("EMRSIM_TASK_LOGS"),
        job_counter=folder("EMRSIM_JOB_COUNTER"),
        hadoop_version=environment.get("EMRSIM_HADOOP_VERSION"),
        slots=folder("EMRSIM_SLOTS"),
        cache=folder("EMRSIM_CACHE"),
        conf=folder("HADOOP_CONF_DIR"),
        syslog=log_folder / log_file if log_folder and log_file else None,
        places=folder("EMRSIM_PLACES"),
        programs=folder("EMRSIM_PROGRAMS"),
    )
