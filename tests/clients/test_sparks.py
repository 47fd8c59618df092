"""One cluster of each era runs the same work on the Spark of its release: Python, Hive and a Scala jar."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from emrsim import Emulator
from emrsim.programs.jvm.kinds import what_is_missing_for
from emrsim.runtimes.choice import Runtime, Wanted, spark_runtime
from emrsim.runtimes.missing import Missing
from emrsim.service.folders import DataFolder

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


needs_spark = pytest.mark.skipif(
    what_is_missing_for("spark") is not None, reason=f"{what_is_missing_for('spark')}: `make jvm`"
)


@pytest.fixture
def bare(tmp_path: Path) -> Iterator[Emulator]:
    """An emulator on a machine that has pip's Spark only."""
    with Emulator(root=tmp_path / "s3", data=tmp_path / "data", cache=tmp_path / "cache") as emulator:
        yield emulator


def failed_step(emulator: Emulator, label: str, *words: str) -> tuple[dict[str, Any], str]:
    """A step that has run on a cluster of that release, and its controller log."""
    client = boto3.client(
        "emr",
        endpoint_url=emulator.url,
        aws_access_key_id="key",
        aws_secret_access_key="secret",
        region_name="us-east-1",
    )
    cluster_id = client.run_job_flow(
        Name="one step",
        ReleaseLabel=label,
        Applications=[{"Name": "Spark"}],
        Instances={"InstanceCount": 1, "MasterInstanceType": "m5.xlarge"},
        Steps=[step("step", *words)],
    )["JobFlowId"]
    emulator.wait(cluster_id, timeout=240)
    found = client.list_steps(ClusterId=cluster_id)["Steps"][0]
    log = DataFolder(emulator.data).cluster(cluster_id).steps / found["Id"] / "controller"
    return found, log.read_text()


@needs_spark
@pytest.mark.parametrize("program", ["spark-submit", "spark-sql", "hive-script", "run-example"])
def test_step_of_a_release_whose_spark_is_not_there_names_the_command_that_helps(
    bare: Emulator, program: str
) -> None:
    bare.put("s3://b/app.py", "print(1)")
    words = {"hive-script": ["--run-hive-script", "--args", "-f", "s3://b/app.py"]}.get(
        program, ["s3://b/app.py"]
    )

    found, _ = failed_step(bare, "emr-spark-8.1.0", program, *words)

    assert found["Status"]["State"] == "FAILED"
    message = found["Status"]["FailureDetails"]["Message"]
    assert "Spark 4.1.1 of emr-spark-8.1.0 is not installed" in message
    assert message.endswith("emrsim install spark 4.1.1")


@needs_spark
def test_failing_application_of_another_patch_tells_its_exception_and_the_spark(bare: Emulator) -> None:
    bare.put("s3://b/app.py", "raise ValueError('the data is wrong')")

    found, controller = failed_step(bare, "emr-7.0.0", "spark-submit", "s3://b/app.py")

    assert found["Status"]["FailureDetails"]["Message"] == "ValueError: the data is wrong"
    assert "Spark 3.5.0 of emr-7.0.0 is not installed: Spark 3.5." in controller


@needs_spark
def test_query_that_fails_tells_its_message_and_not_its_plan(bare: Emulator) -> None:
    query = "CREATE TABLE t (a int); SELECT nonsense FROM t WHERE a > 1"

    found, _ = failed_step(bare, "emr-7.12.0", "spark-sql", "-e", query)

    message = found["Status"]["FailureDetails"]["Message"]
    assert message.startswith("[UNRESOLVED_COLUMN.WITH_SUGGESTION]")
    assert "nonsense" in message
