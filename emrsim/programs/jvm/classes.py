"""Where the classes of Hadoop and Spark are: in the package pyspark, which is never imported for it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from emrsim.programs.jvm.java import Missing

HOW_TO_GET_CLASSES = "pip install 'emrsim[jvm]'"

_OUR_JARS = Path(__file__).parents[2] / "java"
OUR_JAR = _OUR_JARS / "emrsim-hadoop.jar"
EXAMPLES_JAR = _OUR_JARS / "emrsim-examples.jar"

# Enough for jobs of both MapReduce APIs. Without jcl-over-slf4j they fail; with all of pyspark's jars the
# scheme `file` is Hive's ProxyLocalFileSystem (source: docs/facts/jvm.md#class-path).
_HADOOP_JARS = (
    "hadoop-client-api",
    "hadoop-client-runtime",
    "slf4j-api",
    "jcl-over-slf4j",
    "log4j-api",
    "log4j-core",
    "log4j-slf4j2-impl",
    "log4j-1.2-api",
)


def spark_home() -> Path:
    """The folder of the package pyspark, which is a Spark installation. Raises Missing."""
    package = importlib.util.find_spec("pyspark")
    if package is None or package.origin is None:
        raise Missing(
            f"the package pyspark, which has the classes of Hadoop and Spark, is not installed: "
            f"{HOW_TO_GET_CLASSES}"
        )
    home = Path(package.origin).parent
    if not (home / "jars").is_dir():
        raise Missing(f"the pyspark in {home} is a client only, without classes: {HOW_TO_GET_CLASSES}")
    return home


def hadoop_jars() -> list[Path]:
    """The class path of a Hadoop job, ours first. Raises Missing."""
    return [OUR_JAR, *map(jar_of_pyspark, _HADOOP_JARS)]


def jar_of_pyspark(name: str) -> Path:
    """The jar of that name, in whatever version. Raises Missing."""
    folder = spark_home() / "jars"
    found = sorted(folder.glob(f"{name}-[0-9]*.jar"))
    if not found:
        raise Missing(
            f"{folder} has no {name}: this pyspark is not complete or too old: {HOW_TO_GET_CLASSES}"
        )
    return found[-1]
