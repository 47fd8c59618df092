"""A Hadoop installation of the user's own, which EMRSIM_HADOOP_HOME names."""

from __future__ import annotations

import os
from pathlib import Path

from emrsim.programs.jvm.classes import OUR_JAR
from emrsim.programs.jvm.launch import java_environment
from emrsim.programs.jvm.sites import S3_SCHEMES, SITES, conf_folder, file_system_properties, merged_site
from emrsim.programs.surroundings import Surroundings
from emrsim.runtimes.missing import Missing

HADOOP_HOME = "EMRSIM_HADOOP_HOME"
HADOOP_CONF = "EMRSIM_HADOOP_CONF_DIR"  # its configuration, if that is not in its usual place
_USUAL_CONF = ("etc/hadoop", "conf")  # of Hadoop 2 and later, of Hadoop 1


def own_hadoop_environment(home: Path, around: Surroundings) -> dict[str, str]:
    """What its `bin/hadoop` is to find in its environment: its own configuration with the cluster's over it.

    S3 is the directory there too; HDFS is its own. Raises Missing where it is no installation.
    """
    check_own_hadoop(home)
    environment = java_environment()
    environment["HADOOP_HOME"] = str(home)
    environment["HADOOP_CONF_DIR"] = str(_conf(_own_conf(home), around))
    environment["HADOOP_CLASSPATH"] = os.pathsep.join(
        [str(OUR_JAR), *filter(None, [environment.get("HADOOP_CLASSPATH")])]
    )
    if around.syslog is not None:
        environment.setdefault("HADOOP_ROOT_LOGGER", "INFO,DRFA")  # as on EMR (docs/facts/logs.md#controller)
    return environment


def check_own_hadoop(home: Path) -> None:
    """Raises Missing where `home` is no Hadoop installation."""
    if not os.access(home / "bin" / "hadoop", os.X_OK):
        raise Missing(f"{home} is no Hadoop installation: it has no program bin/hadoop")


def _own_conf(home: Path) -> Path:
    if named := os.environ.get(HADOOP_CONF):
        return Path(named)
    folders = [home / name for name in _USUAL_CONF]
    found = next((folder for folder in folders if folder.is_dir()), None)
    if found is None:
        raise Missing(
            f"{home} has no configuration: neither {folders[0]} nor {folders[1]}: set {HADOOP_CONF}"
        )
    return found


def _conf(own: Path, around: Surroundings) -> Path:
    above = {"core-site.xml": file_system_properties(around, S3_SCHEMES)}
    files = {name: merged_site(name, {}, [own, around.conf], above.get(name, {})) for name in SITES}
    return conf_folder(files, links=own)
