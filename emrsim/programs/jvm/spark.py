"""The Spark of a cluster's release, as its programs run it: its environment and its settings."""

from __future__ import annotations

import fcntl
import os
import shlex
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

from emrsim.programs.env_files import variables_of
from emrsim.programs.jvm.classes import HIVE_JAR, OUR_JAR
from emrsim.programs.jvm.hadoop_conf import LOG_CONFIGURATION, job_sites
from emrsim.programs.jvm.hive_server import metastore_uri
from emrsim.programs.jvm.launch import common_flags, java_environment
from emrsim.programs.jvm.sites import conf_folder, merged_site
from emrsim.programs.jvm.spark_archive import spark_archive_flags
from emrsim.programs.pip import cluster_python
from emrsim.programs.remarks import remark
from emrsim.programs.surroundings import Surroundings
from emrsim.runtimes.choice import Runtime, spark_runtime, wanted
from emrsim.runtimes.pythons import choose_python

SPARK_MASTER = "EMRSIM_SPARK_MASTER"  # the Spark cluster that all is to run on
_PYTHONS_OF_EMR = {
    "python3",
    "/usr/bin/python3",
    "/bin/python3",
}  # what pip has installed is in the cluster's

CLUSTER_HOME = "EMRSIM_CLUSTER_HOME"  # a folder that lasts as long as the cluster; without it HOME

DEFAULTS = "spark-defaults.conf"  # also the classification that writes it
HIVE_SITE = "hive-site.xml"
_HDFS = "dfs"  # where a file system is called hdfs, Hive asks for Hadoop's own class
_LOGS_TO_STDOUT = {"3.3"}  # by its own defaults; EMR's go to stderr
# Spark's own log4j2-defaults.properties, as far as it says where records go.
_LOG_DEFAULTS = {
    "rootLogger.level": "info",
    "rootLogger.appenderRef.stdout.ref": "console",
    "appender.console.type": "Console",
    "appender.console.name": "console",
    "appender.console.target": "SYSTEM_ERR",
    "appender.console.layout.type": "PatternLayout",
    "appender.console.layout.pattern": "%d{yy/MM/dd HH:mm:ss} %p %c{1}: %m%n%ex",
}
_METASTORE = "metastore_db"
_LOCK_CHECK_SECONDS = 0.05
_WAREHOUSE = "/user/hive/warehouse"


def cluster_home() -> Path:
    """The folder of what lasts as long as the cluster."""
    return Path(os.environ.get(CLUSTER_HOME) or Path.home()).absolute()


def local_master(around: Surroundings) -> str:
    """All task slots of this machine."""
    count = "*" if around.slots is None else str(max(1, len(list(around.slots.iterdir()))))
    return f"local[{count}]"


def _cores(around: Surroundings) -> list[str]:
    """What tells our class for the master yarn how many tasks may run at once."""
    count = local_master(around).removeprefix("local[").removesuffix("]")
    return [] if count == "*" else [f"-Demrsim.spark.cores={count}"]


def _logging(runtime: Runtime, around: Surroundings) -> list[str]:
    """What makes Spark log as the classification `spark-log4j2` says, over Spark's own defaults."""
    settings = _classification("spark-log4j2", around) or _classification("spark-log4j", around)
    if not settings and runtime.spark.line.name not in _LOGS_TO_STDOUT:
        return []
    content = "".join(f"{name} = {value}\n" for name, value in {**_LOG_DEFAULTS, **settings}.items())
    folder = conf_folder({LOG_CONFIGURATION: content.encode()})
    return [f"-Dlog4j2.configurationFile={folder / LOG_CONFIGURATION}"]


def _classification(name: str, around: Surroundings) -> dict[str, str]:
    """The properties of a classification that the cluster keeps for Spark's programs."""
    return {} if around.spark_conf is None else read_defaults(around.spark_conf / f"{name}.conf")


@cache
def cluster_runtime(around: Surroundings) -> Runtime:
    """Return the Spark and the Java of the cluster; says once what a user should know. Raises Missing."""
    runtime = spark_runtime(wanted())
    for text in runtime.remarks:
        remark(text, around)
    if _classification("spark", around).get("maximizeResourceAllocation", "").lower() == "true":
        remark("maximizeResourceAllocation has no effect: executors are in the driver's process", around)
    return runtime


def spark_command(runtime: Runtime, program: str, arguments: Sequence[str]) -> list[str]:
    """Return the command line of one of Spark's programs."""
    return ["/bin/bash", str(runtime.spark.home / "bin" / program), *arguments]


def spark_environment(
    around: Surroundings, python: str | None = None, asked: Mapping[str, str] = MappingProxyType({})
) -> dict[str, str]:
    """Return what Spark's programs find in their environment. Raises Missing and BadSiteFile.

    `python` is the one that the application's settings ask for, `asked` the variables that they set.
    """
    runtime = cluster_runtime(around)
    environment = java_environment()
    python_path = os.pathsep.join(filter(None, [environment.get("PYTHONPATH"), asked.get("PYTHONPATH")]))
    environment |= {**asked, **({"PYTHONPATH": python_path} if python_path else {})}
    if around.spark_conf is not None:
        environment |= variables_of(around.spark_conf / "spark-env.sh", environment)
    # A user's own cluster has workers elsewhere, which must be able to call back.
    if SPARK_MASTER not in environment:
        environment.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
        environment.setdefault("SPARK_LOCAL_HOSTNAME", "localhost")
    environment |= _pythons(runtime, around, python, environment.get("PYSPARK_PYTHON"))
    if work := environment.get("TMPDIR"):
        environment.setdefault("SPARK_LOCAL_DIRS", work)
    flags = shlex.join(common_flags())
    submit_flags = shlex.join(
        [
            f"-Dderby.system.home={cluster_home()}",
            *_cores(around),
            *_logging(runtime, around),
            *runtime.spark.line.java_flags(runtime.java.major),
            *spark_archive_flags(runtime),
        ]
    )
    return {
        **environment,
        "JAVA_HOME": str(runtime.java.home),
        "SPARK_HOME": str(runtime.spark.home),
        "SPARK_LAUNCHER_OPTS": flags,
        "SPARK_SUBMIT_OPTS": f"{flags} {submit_flags} {environment.get('SPARK_SUBMIT_OPTS', '')}".strip(),
        "SPARK_DIST_CLASSPATH": os.pathsep.join([str(OUR_JAR), str(HIVE_JAR), *_own_jars(around)]),
        "HADOOP_CONF_DIR": str(spark_conf(around)),
    }


def _pythons(
    runtime: Runtime, around: Surroundings, setting: str | None, variable: str | None
) -> dict[str, str]:
    """PYSPARK_PYTHON, unless the application's own setting names one that is shipped with it."""
    if setting and not os.path.isabs(setting):
        return {}
    asked = setting or variable
    if (own := cluster_python(around)) and (asked is None or asked in _PYTHONS_OF_EMR):
        asked = own
    chosen = choose_python(asked, runtime.spark.line)
    if chosen.remark:
        remark(chosen.remark, around)
    return {"PYSPARK_PYTHON": chosen.command}


def _own_jars(around: Surroundings) -> list[str]:
    """Jars that bootstrap actions have put into /usr/lib/spark/jars."""
    folder = around.places / "usr" / "lib" / "spark" / "jars" if around.places else None
    return sorted(map(str, folder.glob("*.jar"))) if folder and folder.is_dir() else []


def own_defaults(around: Surroundings) -> dict[str, str]:
    """Return emrsim's own settings, which any properties file goes over."""
    return {
        "spark.ui.enabled": "false",  # nobody looks at it, and it starts a web server
        "spark.sql.warehouse.dir": f"file://{cluster_home() / 'warehouse'}"
        if around.hdfs is None
        else f"hdfs://{_WAREHOUSE}",
    }


def spark_defaults(around: Surroundings) -> dict[str, str]:
    """Return the settings of `spark-defaults.conf`: ours and over them the cluster's."""
    settings = own_defaults(around)
    if around.spark_conf is not None:
        settings |= read_defaults(around.spark_conf / DEFAULTS)
    return settings


def spark_conf(around: Surroundings) -> Path:
    """A folder with the site files, Hive's among them, and Spark's defaults."""
    uri = metastore_uri(around)
    hive = {
        **({"hive.metastore.uris": uri} if uri else {}),
        "javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={cluster_home() / _METASTORE};create=true"
        ),
        "hive.metastore.schema.verification": "false",
        "datanucleus.schema.autoCreateAll": "true",
    }
    files = job_sites(around, _HDFS)
    files[HIVE_SITE] = merged_site(HIVE_SITE, hive, [around.hive_conf, around.spark_conf, cluster_home()], {})
    files[DEFAULTS] = "".join(f"{name} {value}\n" for name, value in spark_defaults(around).items()).encode()
    return conf_folder(files)


def lock_metastore(around: Surroundings) -> None:
    """Take the cluster's metastore, once nobody has it, for as long as the program that follows runs.

    Derby, which keeps it, serves one process at a time. Where that is a HiveServer2, the metastore is
    reached through it, and is not taken.
    """
    descriptor = os.open(cluster_home() / f"{_METASTORE}.lock", os.O_RDWR | os.O_CREAT, 0o644)
    while not _locked(descriptor):
        if metastore_uri(around):
            os.close(descriptor)
            return
        time.sleep(_LOCK_CHECK_SECONDS)
    os.set_inheritable(descriptor, True)


def _locked(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def read_defaults(path: Path) -> dict[str, str]:
    """The settings of a `spark-defaults.conf`: a name, blanks or `=`, a value; `#` begins a comment."""
    if not path.is_file():
        return {}
    lines = [line.strip() for line in path.read_text().splitlines()]
    pairs = [line.replace("=", " ", 1).split(None, 1) for line in lines if line and line[0] != "#"]
    return {pair[0]: pair[1] for pair in pairs if len(pair) == 2}
