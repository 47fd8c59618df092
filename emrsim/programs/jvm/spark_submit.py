"""`spark-submit`: Spark applications on this machine, or on the Spark cluster of EMRSIM_SPARK_MASTER."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from emrsim.programs.cluster_paths import local_words
from emrsim.programs.jvm.launch import become
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.spark import (
    DEFAULTS,
    SPARK_MASTER,
    cluster_runtime,
    local_master,
    spark_command,
    spark_defaults,
    spark_environment,
)
from emrsim.programs.remarks import remark
from emrsim.programs.surroundings import Surroundings, surroundings

# Options without a value (source: Spark's SparkSubmitOptionParser, Hive's OptionsProcessor); others have one.
_SWITCHES = {
    *("--supervise", "--verbose", "-v", "--version", "--help", "-h", "--usage-error"),
    *("-S", "--silent", "-H"),
}
_MASTER, _DEPLOY_MODE = "--master", "--deploy-mode"
_CONF = {"--conf", "-c"}
_MASTER_CONF, _DEPLOY_MODE_CONF = "spark.master", "spark.submit.deployMode"
_PYTHON_CONF = "spark.pyspark.python"
_PROPERTIES_FILE = "--properties-file"
_KEPT_MASTERS = ("local", "spark://")

Option = tuple[str, str | None]


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Run an application with spark-submit's arguments."""
    return run_spark("spark-submit", arguments)


def run_spark(program: str, arguments: Sequence[str]) -> int:
    """Run one of Spark's programs that takes spark-submit's options, in place of this process."""
    around = surroundings()
    options, rest = split_options(local_words(arguments, around))
    environment = spark_environment(around, _asked(options, spark_defaults(around), "", _PYTHON_CONF) or None)
    mapped, remarks = _mapped(options, around)
    for text in remarks:
        remark(text, around)
    if not any(name == _PROPERTIES_FILE for name, _ in options):
        mapped.insert(0, (_PROPERTIES_FILE, str(Path(environment["HADOOP_CONF_DIR"], DEFAULTS))))
    words = [word for name, value in mapped for word in ([name] if value is None else [name, value])]
    command = spark_command(cluster_runtime(around), program, [*words, *rest])
    return become(command, around, environment, _name(program, options, rest))


def _name(program: str, options: Sequence[Option], rest: Sequence[str]) -> str:
    """What YARN's commands call the application, which may name itself otherwise."""
    given = dict(options)
    return given.get("--name") or given.get("--class") or Path(rest[0] if rest else program).name


def _mapped(options: Sequence[Option], around: Surroundings) -> tuple[list[Option], list[str]]:
    """The options for the master there is, and what a person should know of it."""
    defaults = spark_defaults(around)
    asked = _asked(options, defaults, _MASTER, _MASTER_CONF)
    master = os.environ.get(SPARK_MASTER) or (
        asked if asked.startswith(_KEPT_MASTERS) else local_master(around)
    )
    remarks = []
    if asked and asked != master:
        remarks.append(f"the master {asked} is mapped to {master}")
    if _asked(options, defaults, _DEPLOY_MODE, _DEPLOY_MODE_CONF) == "cluster":
        remarks.append("the deploy mode cluster is mapped to client: the driver is this process")
    kept = [option for option in options if not _is_mapped(*option)]
    return [(_MASTER, master), (_DEPLOY_MODE, "client"), *kept], remarks


def split_options(arguments: Sequence[str]) -> tuple[list[Option], list[str]]:
    """The options of spark-submit with their values, and the application with its arguments."""
    options: list[Option] = []
    rest = list(arguments)
    while rest and rest[0].startswith("-"):
        name, equals, value = rest.pop(0).partition("=")
        if name in _SWITCHES:
            options.append((name, None))
        elif equals:
            options.append((name, value))
        else:
            options.append((name, rest.pop(0) if rest else None))
    return options, rest


def _is_mapped(name: str, value: str | None) -> bool:
    if name in _CONF:
        return (value or "").partition("=")[0].strip() in {_MASTER_CONF, _DEPLOY_MODE_CONF}
    return name in {_MASTER, _DEPLOY_MODE}


def _asked(options: Sequence[Option], settings: Mapping[str, str], option: str, setting: str) -> str:
    """What was asked for: by the option, else by a setting, else by the cluster's defaults."""
    by_option = [value for name, value in options if name == option and value]
    by_setting = [
        value.partition("=")[2].strip()
        for name, value in options
        if name in _CONF and value and value.partition("=")[0].strip() == setting
    ]
    return [settings.get(setting, ""), *by_setting, *by_option][-1]
