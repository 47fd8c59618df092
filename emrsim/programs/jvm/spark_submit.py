"""`spark-submit`: Spark applications on this machine, or on the Spark cluster of EMRSIM_SPARK_MASTER."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

from emrsim.programs.applications import register_spark
from emrsim.programs.cluster_paths import local_words
from emrsim.programs.jvm.classes import YARN_JAR
from emrsim.programs.jvm.detached import WAITS, new_container, start_detached
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
from emrsim.programs.jvm.spark_files import Borrowed, link_files, packages_of, unpack_archives
from emrsim.programs.jvm.spark_options import CONF, PROPERTIES_FILE, Asked, Option, split_options
from emrsim.programs.jvm.table_formats import jars_to_add, link_jars, with_jars
from emrsim.programs.remarks import remark
from emrsim.programs.surroundings import Surroundings, surroundings

_MASTER, _DEPLOY_MODE = "--master", "--deploy-mode"
_MASTER_CONF, _DEPLOY_MODE_CONF = "spark.master", "spark.submit.deployMode"
_CLASS_PATH, _CLASS_PATH_CONF = "--driver-class-path", "spark.driver.extraClassPath"
_MAPPED_CONFS = {_MASTER_CONF, _DEPLOY_MODE_CONF, _CLASS_PATH_CONF}
_PYTHON_CONF = "spark.pyspark.python"
_KEPT_MASTERS = ("local", "spark://")
_APPLICATION_ID = "spark.yarn.app.id=application_0_0001"


@saying_what_is_missing
def main(arguments: list[str]) -> int:
    """Run an application with spark-submit's arguments."""
    return run_spark("spark-submit", arguments)


def run_spark(program: str, arguments: Sequence[str]) -> int:
    """Run one of Spark's programs that takes spark-submit's options, in place of this process."""
    around = surroundings()
    link_jars(around)
    options, rest = split_options(local_words(with_jars(arguments), around))
    asked = Asked(options, spark_defaults(around), around)
    container = new_container(around) if _is_left_alone(asked) else None
    if container is not None:
        rest[:1] = [os.path.abspath(word) if os.path.exists(word) else word for word in rest[:1]]
        os.chdir(container.folder)
    _lay_out(asked, around)
    environment = spark_environment(around, asked.value("", _PYTHON_CONF) or None, asked.environment())
    mapped, remarks = _mapped(asked, around)
    mapped, of_tables = _with_table_jars(mapped, asked, rest[0] if rest else "", around)
    for text in [*remarks, *of_tables]:
        remark(text, around)
    properties = asked.properties_file or Path(environment["HADOOP_CONF_DIR"], DEFAULTS)
    mapped.insert(0, (PROPERTIES_FILE, str(properties)))
    words = [word for name, value in mapped for word in ([name] if value is None else [name, value])]
    command = spark_command(cluster_runtime(around), program, [*words, *rest])
    name = _name(program, options, rest)
    if container is not None:
        return start_detached(container, command, around, environment, name)
    return become(command, around, environment, register_spark(around, name))


def _is_left_alone(asked: Asked) -> bool:
    """Whether an application of the deploy mode cluster is not to be waited for."""
    return asked.is_cluster_mode and asked.value("", WAITS).lower() == "false"


def _lay_out(asked: Asked, around: Surroundings) -> None:
    """Put what the application is shipped with into the working directory. Raises Missing.

    That of a step is gone with the step; a user's own folder is left as it was.
    """
    borrowed = Borrowed(Path.cwd()) if around.mnt is None else None
    try:
        for text in lay_out_files(asked, around, borrowed.made if borrowed else None):
            remark(text, around)
    except BaseException:
        if borrowed is not None:
            borrowed.remove()
        raise
    if borrowed is not None:
        borrowed.remove_at_the_end()


def lay_out_files(asked: Asked, around: Surroundings, made: list[Path] | None = None) -> Iterator[str]:
    """Put what the application is shipped with into the working directory, and add it to `made`.

    Yields remarks. Raises Missing.
    """
    here = Path.cwd()
    files = [*asked.uris("--files", "spark.files"), *asked.uris("", "spark.yarn.dist.files")]
    archives = [*asked.uris("--archives", "spark.archives"), *asked.uris("", "spark.yarn.dist.archives")]
    packages = packages_of(asked.uris("--py-files", "spark.submit.pyFiles"))
    yield from link_files([*files, *packages], around, here, made)
    yield from unpack_archives(archives, around, here, made)


def _name(program: str, options: Sequence[Option], rest: Sequence[str]) -> str:
    """What YARN's commands call the application, which may name itself otherwise."""
    given = dict(options)
    return given.get("--name") or given.get("--class") or Path(rest[0] if rest else program).name


def _mapped(asked: Asked, around: Surroundings) -> tuple[list[Option], list[str]]:
    """The options for the master there is, and what a user should know of it."""
    wanted = asked.value(_MASTER, _MASTER_CONF)
    master = os.environ.get(SPARK_MASTER) or (
        wanted if wanted.startswith(_KEPT_MASTERS) else local_master(around)
    )
    remarks = []
    if wanted and wanted != master:
        remarks.append(f"the master {wanted} is mapped to {master}")
    ours: list[Option] = [(_MASTER, master), (_DEPLOY_MODE, "client")]
    if asked.is_cluster_mode:
        remarks.append("the deploy mode cluster is mapped to client: the driver is this process")
        # Without it Spark rejects a master yarn-cluster of the application's own.
        ours.append(("--conf", _APPLICATION_ID))
    class_path = [str(YARN_JAR), *filter(None, [asked.value(_CLASS_PATH, _CLASS_PATH_CONF)])]
    ours.append((_CLASS_PATH, os.pathsep.join(class_path)))
    return [*ours, *(option for option in asked.options if not _is_mapped(*option))], remarks


def _with_table_jars(
    options: list[Option], asked: Asked, application: str, around: Surroundings
) -> tuple[list[Option], list[str]]:
    """The options with the jars of table formats that are asked for, and what a user should know."""
    jars, packages, remarks = jars_to_add(asked, application, around, cluster_runtime(around).spark)
    if not jars:
        return options, remarks
    replaced = {"--jars", "--packages", "spark.jars", "spark.jars.packages"}
    kept = [(name, value) for name, value in options if _setting_of(name, value) not in replaced]
    given = [*asked.uris("--jars", "spark.jars"), *jars]
    added: list[Option] = [("--jars", ",".join(given))]
    if packages:
        added.append(("--packages", ",".join(packages)))
    return [*kept, *added], remarks


def _setting_of(name: str, value: str | None) -> str:
    return (value or "").partition("=")[0].strip() if name in CONF else name


def _is_mapped(name: str, value: str | None) -> bool:
    return _setting_of(name, value) in {*_MAPPED_CONFS, _MASTER, _DEPLOY_MODE, _CLASS_PATH}
