"""`pyspark` and `spark-class`: Spark's other programs; and what `sparkR` needs."""

from __future__ import annotations

from emrsim.programs.cluster_paths import local_words
from emrsim.programs.jvm.launch import become
from emrsim.programs.jvm.programs import saying_what_is_missing
from emrsim.programs.jvm.spark import cluster_runtime, spark_command, spark_environment
from emrsim.programs.jvm.spark_submit import run_spark
from emrsim.programs.machine.said import rejected
from emrsim.programs.surroundings import surroundings


@saying_what_is_missing
def pyspark(arguments: list[str]) -> int:
    """Run Spark's Python shell: in a step it runs what comes on its standard input."""
    return run_spark("pyspark", arguments)


@saying_what_is_missing
def spark_class(arguments: list[str]) -> int:
    """Run a class of Spark's; SparkSubmit as `spark-submit` does."""
    if arguments[:1] == ["org.apache.spark.deploy.SparkSubmit"]:
        return run_spark("spark-submit", arguments[1:])
    around = surroundings()
    environment = spark_environment(around)
    words = local_words(arguments, around)
    return become(spark_command(cluster_runtime(around), "spark-class", words), around, environment)


def spark_r(arguments: list[str]) -> int:
    """Say why R is not supported: no package of Spark's has its R part."""
    return rejected(
        "cannot run sparkR: the R package SparkR is not in the Spark of pip; write the job for Python"
    )
