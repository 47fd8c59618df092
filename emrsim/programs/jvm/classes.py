"""Class paths: of Hadoop's jobs, from the Spark that is installed, and emrsim's own jars."""

from __future__ import annotations

from pathlib import Path

from emrsim.runtimes.java import Java, find_java
from emrsim.runtimes.lines import numbers
from emrsim.runtimes.missing import Missing
from emrsim.runtimes.sparks import HOW_TO_GET_CLASSES, Spark, default_spark, installed_sparks

_OUR_JARS = Path(__file__).parents[2] / "java"
OUR_JAR = _OUR_JARS / "emrsim-hadoop.jar"
YARN_JAR = _OUR_JARS / "emrsim-spark-yarn.jar"  # stands before Spark's own on the class path
HIVE_JAR = _OUR_JARS / "emrsim-hive.jar"
EXAMPLES_JAR = _OUR_JARS / "emrsim-examples.jar"
SPARK_EXAMPLES_JAR = _OUR_JARS / "spark-examples.jar"

# Enough for jobs of both MapReduce APIs. Without jcl-over-slf4j they fail; with all of Spark's jars the
# scheme `file` is Hive's ProxyLocalFileSystem (docs/facts/jvm.md#class-path). Of two names the first.
_HADOOP_JARS = (
    ("hadoop-client-api",),
    ("hadoop-client-runtime",),
    ("slf4j-api",),
    ("jcl-over-slf4j",),
    ("log4j-api",),
    ("log4j-core",),
    ("log4j-slf4j2-impl", "log4j-slf4j-impl"),
    ("log4j-1.2-api",),
)
_WITH_CLIENT_JARS = (3, 3)  # older Sparks have Hadoop in single jars, and an older log4j


def hadoop_spark() -> Spark:
    """Return the Spark whose jars Hadoop's jobs run on. Raises Missing."""
    first = default_spark()
    fitting = [spark for spark in (first, *installed_sparks()) if spark.order >= _WITH_CLIENT_JARS]
    return fitting[0] if fitting else first


def hadoop_jars() -> list[Path]:
    """Return the class path of a Hadoop job, emrsim's jar first. Raises Missing."""
    home = hadoop_spark().home
    return [OUR_JAR, *(_jar(home, names) for names in _HADOOP_JARS)]


def hadoop_java() -> Java:
    """Return a Java that is new enough for these classes. Raises Missing."""
    return find_java(oldest=hadoop_spark().line.javas[0])


def jar_of_spark(name: str) -> Path:
    """Return the jar of that name, in whatever version, of the Spark for Hadoop's jobs. Raises Missing.

    Several names are parted by `|`.
    """
    return _jar(hadoop_spark().home, tuple(name.split("|")))


def _jar(home: Path, names: tuple[str, ...]) -> Path:
    folder = home / "jars"
    for name in names:
        if found := sorted(
            folder.glob(f"{name}-[0-9]*.jar"), key=lambda path: numbers(path.name[len(name) + 1 :])
        ):
            return found[-1]
    raise Missing(f"{folder} has no {names[0]}: this Spark is not complete or too old: {HOW_TO_GET_CLASSES}")
