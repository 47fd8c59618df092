"""One cluster of each era runs the same work on the Spark of its release: Python, Hive and a Scala jar."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.runtimes.choice import Runtime, Wanted, spark_runtime
from emrsim.runtimes.missing import Missing

pytestmark = pytest.mark.timeout(900)

# The release, its Spark, and the beginning of the version of the Spark that runs it after `make sparks`.
RELEASES = {
    "emr-5.36.0": ("2.4.8", "3"),
    "emr-6.15.0": ("3.4.1", "3.4"),
    "emr-7.12.0": ("3.5.6", "3.5"),
    "emr-spark-8.1.0": ("4.1.1", "4.1"),
}

WORD_COUNT = """
import sys
from pyspark.sql import SparkSession
from pyspark.sql.functions import explode, split, udf

spark = SparkSession.builder.appName("word count").getOrCreate()
shout = udf(lambda word: word.upper() + "!")
words = spark.read.text(sys.argv[1]).select(explode(split("value", " ")).alias("word"))
counts = words.select(shout("word").alias("word")).groupBy("word").count().orderBy("word")
counts.coalesce(1).write.csv(sys.argv[2])
lengths = spark.sparkContext.textFile(sys.argv[1]).map(len).sum()
print("spark", spark.version, "characters", lengths)
"""

HIVE = """
CREATE EXTERNAL TABLE counts (word string, number int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ','
LOCATION '${COUNTS}';
INSERT OVERWRITE DIRECTORY '${OUT}' ROW FORMAT DELIMITED FIELDS TERMINATED BY '\\t'
SELECT substr(word, 1, 2), sum(number) FROM counts GROUP BY substr(word, 1, 2) ORDER BY 1;
"""

SCALA = """
package test

import org.apache.spark.sql.SparkSession

object Longest {
  def main(arguments: Array[String]): Unit = {
    val spark = SparkSession.builder().getOrCreate()
    import spark.implicits._
    val words = spark.read.textFile(arguments(0)).flatMap(_.split(" ")).collect().toSeq
    val longest = words.groupBy(_.length).maxBy(_._1)._2.distinct.sorted
    longest.toDS().coalesce(1).write.text(arguments(1))
    println("scala " + scala.util.Properties.versionNumberString)
  }
}
"""


@pytest.fixture(params=RELEASES, ids=lambda label: label.removeprefix("emr-"))
def label(request: pytest.FixtureRequest) -> str:
    """A release whose Spark, or the one that stands in for it, is installed."""
    wanted: str = request.param
    version, line = RELEASES[wanted]
    try:
        found = spark_runtime(Wanted(version)).spark.version
    except Missing as missing:
        pytest.skip(f"{missing}: `make sparks`")
    if not found.startswith(f"{line}."):
        pytest.skip(f"Spark {found} would run in place of {line}: `make sparks`")
    return wanted


@pytest.fixture
def scala_jar(label: str, tmp_path: Path) -> Path:
    """A jar of Scala, compiled by the compiler that this Spark has for its shell."""
    runtime: Runtime = spark_runtime(Wanted(RELEASES[label][0]))
    source, jar = tmp_path / "Longest.scala", tmp_path / "longest.jar"
    source.write_text(SCALA)
    class_path = f"{runtime.spark.home}/jars/*"
    command = [os.fspath(runtime.java.command), "-cp", class_path, "scala.tools.nsc.Main", "-usejavacp"]
    subprocess.run([*command, "-d", os.fspath(jar), os.fspath(source)], check=True)
    return jar


def step(name: str, *words: str) -> dict[str, Any]:
    runner = {"Jar": "command-runner.jar", "Args": [*words]}
    return {"Name": name, "ActionOnFailure": "CONTINUE", "HadoopJarStep": runner}


def test_the_same_work_runs_on_each_era(
    emrsim: Emulator, emr_client: Any, label: str, scala_jar: Path
) -> None:
    emrsim.put("s3://b/in/1", "to be or\nnot to be")
    emrsim.put("s3://b/count.py", WORD_COUNT)
    emrsim.put("s3://b/sums.q", HIVE)
    emrsim.put("s3://b/longest.jar", scala_jar)

    cluster_id = emr_client.run_job_flow(
        Name=label,
        ReleaseLabel=label,
        Applications=[{"Name": "Spark"}],
        Instances={"InstanceCount": 1, "MasterInstanceType": "m5.xlarge"},
        Steps=[
            step(
                *("python", "spark-submit", "--deploy-mode", "cluster", "s3://b/count.py"),
                *("s3://b/in", "s3://b/counts"),
            ),
            step(
                *("hive", "hive-script", "--run-hive-script", "--args", "-f", "s3://b/sums.q"),
                *("-d", "COUNTS=s3://b/counts", "-d", "OUT=s3://b/sums"),
            ),
            step(
                *("scala", "spark-submit", "--class", "test.Longest", "s3://b/longest.jar", "s3://b/in"),
                "s3a://b/longest",
            ),
        ],
    )["JobFlowId"]
    emrsim.wait(cluster_id, timeout=800)

    steps = emr_client.list_steps(ClusterId=cluster_id)["Steps"]
    states = {one["Name"]: one["Status"]["State"] for one in steps}
    assert states == dict.fromkeys(("python", "hive", "scala"), "COMPLETED")
    assert emrsim.read("s3://b/counts/") == "BE!,2\nNOT!,1\nOR!,1\nTO!,2\n"
    assert emrsim.read("s3://b/sums/") == "BE\t2\nNO\t1\nOR\t1\nTO\t2\n"
    assert emrsim.read("s3://b/longest/") == "not\n"
