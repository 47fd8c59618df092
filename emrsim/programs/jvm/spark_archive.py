"""The class-data archive of Spark's programs: `emrsim prepare` makes it, since that takes a minute."""

from __future__ import annotations

from pathlib import Path

from emrsim.programs.jvm.archive import archive_flags, archive_name, ends_well, kept_archive, make_archive
from emrsim.programs.jvm.classes import spark_home
from emrsim.programs.jvm.java import Java
from emrsim.programs.jvm.launch import FAST_FLAGS, java_environment

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


def spark_archive_flags(java: Java) -> list[str]:
    """The flags that make Java use the archive, if it was made."""
    return archive_flags(kept_archive(_name(java)))


def make_spark_archive(java: Java) -> Path | None:
    """The archive, made if it is not there; None if that fails. Raises Missing and OSError."""
    return kept_archive(_name(java)) or make_archive(
        _name(java), lambda made, scratch: _make(java, made, scratch), again=True
    )


def _name(java: Java) -> str:
    return archive_name("spark", java, [spark_home() / "jars"])


def _make(java: Java, made: Path, scratch: Path) -> bool:
    """Run a small application, keep the classes it needed, and see whether Java takes them."""
    application = scratch / "training.py"
    application.write_text(_TRAINING)
    submit = ["/bin/bash", str(spark_home() / "bin" / "spark-submit")]
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
        [*submit, "--master", "local[1]", *confs, str(application), str(scratch)],
        _environment(java, f"-XX:ArchiveClassesAtExit={made} -Xlog:disable -Dderby.system.home={scratch}"),
    )
    used = _environment(java, f"-XX:SharedArchiveFile={made} -Xshare:on")
    return trained and ends_well([*submit, "--version"], used)


def _environment(java: Java, flags: str) -> dict[str, str]:
    environment = java_environment()
    # A folder of site files on the class path would be refused.
    environment.pop("HADOOP_CONF_DIR", None)
    return {
        **environment,
        "JAVA_HOME": str(java.home),
        "SPARK_HOME": str(spark_home()),
        "SPARK_LOCAL_IP": "127.0.0.1",
        "SPARK_SUBMIT_OPTS": " ".join([*FAST_FLAGS, flags]),
    }
