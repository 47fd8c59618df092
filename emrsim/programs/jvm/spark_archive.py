"""The class-data archive of Spark's programs: `emrsim prepare` makes it, since that takes a minute."""

from __future__ import annotations

from pathlib import Path

from emrsim.programs.jvm.archive import archive_flags, archive_name, ends_well, kept_archive, make_archive
from emrsim.programs.jvm.classes import YARN_JAR
from emrsim.programs.jvm.launch import FAST_FLAGS, java_environment
from emrsim.runtimes.choice import Runtime
from emrsim.runtimes.pythons import choose_python

# What most applications and Hive scripts do.
_TRAINING = """
import sys
from pyspark.sql import SparkSession

folder = sys.argv[1]
spark = SparkSession.builder.enableHiveSupport().getOrCreate()
lines = spark.createDataFrame([("b", 1), ("a", 2), ("b", 3)], "word string, number int")
lines.write.csv(folder + "/in")
spark.sql(
    "CREATE EXTERNAL TABLE t (word string, number int) "
    "ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '" + folder + "/in'"
)
spark.sql("INSERT OVERWRITE DIRECTORY '" + folder + "/out' SELECT word, sum(number) FROM t GROUP BY word")
spark.read.text(folder + "/in").groupBy("value").count().orderBy("value").write.json(folder + "/counts")
spark.sparkContext.textFile(folder + "/in").flatMap(lambda line: line.split(",")).countByValue()
"""
# An archive is for the class path that it was made with, from its beginning.
_FIRST = ("--driver-class-path", str(YARN_JAR))


def spark_archive_flags(runtime: Runtime) -> list[str]:
    """The flags that make Java use the archive, if it was made."""
    return archive_flags(kept_archive(_name(runtime)))


def make_spark_archive(runtime: Runtime) -> Path | None:
    """The archive, made if it is not there; None if that fails. Raises Missing and OSError."""
    return kept_archive(_name(runtime)) or make_archive(
        _name(runtime), lambda made, scratch: _make(runtime, made, scratch), again=True
    )


def _name(runtime: Runtime) -> str:
    return archive_name("spark", runtime.java, [YARN_JAR, runtime.spark.home / "jars"])


def _make(runtime: Runtime, made: Path, scratch: Path) -> bool:
    """Run a small application, keep the classes it needed, and see whether Java takes them."""
    application = scratch / "training.py"
    application.write_text(_TRAINING)
    submit = ["/bin/bash", str(runtime.spark.home / "bin" / "spark-submit")]
    settings = {
        "spark.ui.enabled": "false",
        "spark.sql.warehouse.dir": f"{scratch}/warehouse",
        "spark.hadoop.javax.jdo.option.ConnectionURL": (
            f"jdbc:derby:;databaseName={scratch}/metastore;create=true"
        ),
        "spark.local.dir": str(scratch),
    }
    confs = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    trained = ends_well(
        [*submit, "--master", "local[1]", *_FIRST, *confs, str(application), str(scratch)],
        _environment(runtime, f"-XX:ArchiveClassesAtExit={made} -Xlog:disable -Dderby.system.home={scratch}"),
    )
    used = _environment(runtime, f"-XX:SharedArchiveFile={made} -Xshare:on")
    return trained and ends_well([*submit, *_FIRST, "--version"], used)


def _environment(runtime: Runtime, flags: str) -> dict[str, str]:
    environment, line = java_environment(), runtime.spark.line
    # A folder of site files on the class path would be refused.
    environment.pop("HADOOP_CONF_DIR", None)
    return {
        **environment,
        "JAVA_HOME": str(runtime.java.home),
        "SPARK_HOME": str(runtime.spark.home),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "PYSPARK_PYTHON": choose_python(None, line).command,
        "SPARK_SUBMIT_OPTS": " ".join([*FAST_FLAGS, *line.java_flags(runtime.java.major), flags]),
    }
