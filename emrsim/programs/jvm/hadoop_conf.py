"""What Hadoop's classes are told when a job runs in one process here."""

from __future__ import annotations

from pathlib import Path

from emrsim.programs.jvm.sites import (
    S3_SCHEMES,
    SITES,
    conf_folder,
    file_system_properties,
    merged_site,
)
from emrsim.programs.surroundings import Surroundings

LOG_CONFIGURATION = "log4j2.properties"

_BELOW = {
    "mapred-site.xml": {
        # Hadoop asks once a second whether a job has ended; a tiny one is done sooner.
        "mapreduce.client.progressmonitor.pollinterval": "50",
        "mapreduce.client.completion.pollinterval": "50",
        # Each task clears a buffer of this size; of 100 MB, that is more work than a small task.
        "mapreduce.task.io.sort.mb": "32",
        "mapreduce.cluster.local.dir": "${hadoop.tmp.dir}/mapred/local",
        "mapreduce.jobtracker.system.dir": "${hadoop.tmp.dir}/mapred/system",
        "mapreduce.jobtracker.staging.root.dir": "${hadoop.tmp.dir}/mapred/staging",
    },
}
_ABOVE = {
    "mapred-site.xml": {
        "mapreduce.framework.name": "local",
        # All tasks share one process, and old jars have static state (docs/facts/jvm.md#parallel-tasks).
        "mapreduce.local.map.tasks.maximum": "1",
        "mapreduce.local.reduce.tasks.maximum": "1",
        # Without it LocalJobRunner hangs for ever on the output of a job of the new API
        # (docs/facts/jvm.md#committer).
        "mapreduce.outputcommitter.factory.scheme.s3a": (
            "org.apache.hadoop.mapreduce.lib.output.FileOutputCommitterFactory"
        ),
    },
}

# The records of docs/facts/logs.md#syslog: the file form of a step's syslog, the console form on stderr.
_SYSLOG = """
appender.out.type = File
appender.out.fileName = ${env:HADOOP_LOG_DIR}/${env:HADOOP_LOGFILE}
appender.out.layout.pattern = %d{yyyy-MM-dd HH:mm:ss,SSS} %p %c (%t): %m%n%throwable
"""
_CONSOLE = """
appender.out.type = Console
appender.out.target = SYSTEM_ERR
appender.out.layout.pattern = %d{yy/MM/dd HH:mm:ss} %p %c{2}: %m%n%throwable
"""
_LOG = """
status = error
appender.out.name = out
appender.out.layout.type = PatternLayout
rootLogger.level = info
rootLogger.appenderRef.out.ref = out
"""


def job_conf(around: Surroundings, parent: Path | None = None) -> Path:
    """The folder of site files and log settings of a job that runs in one process; see `conf_folder`."""
    files = job_sites(around)
    files[LOG_CONFIGURATION] = (_LOG + (_CONSOLE if around.syslog is None else _SYSLOG)).encode()
    return conf_folder(files, parent=parent)


def job_sites(around: Surroundings, hdfs: str = "hdfs") -> dict[str, bytes]:
    """The site files of a program that runs in one process, by their names; `hdfs` is its name of HDFS."""
    schemes = {**S3_SCHEMES, "hdfs": hdfs, hdfs: hdfs}
    core = {
        "fs.defaultFS": "file:///" if around.hdfs is None else f"{hdfs}:///",
        "hadoop.user.group.static.mapping.overrides": "hadoop=hadoop",  # a user that this machine lacks
        "hadoop.tmp.dir": "${java.io.tmpdir}/hadoop-${user.name}",
    }
    below = {**_BELOW, "core-site.xml": core}
    above = {**_ABOVE, "core-site.xml": file_system_properties(around, schemes)}
    return {
        name: merged_site(name, below.get(name, {}), [around.conf], above.get(name, {})) for name in SITES
    }
