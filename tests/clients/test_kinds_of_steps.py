"""Every kind of step that boto 2 knows a class for, and those of command-runner, on one emulator."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from emrsim import Emulator
from emrsim.boto2 import emr_connection as connect
from emrsim.programs.jvm.kinds import what_is_missing_for

# isort: split
from boto.emr.step import (
    HiveStep,
    InstallHiveStep,
    InstallPigStep,
    JarStep,
    PigStep,
    ScriptRunnerStep,
    StreamingStep,
)

COMMAND_RUNNER = "command-runner.jar"


def run(emulator: Emulator, *steps: Any, **options: Any) -> Any:
    """The job flow that has run `steps`, as boto 2 describes it."""
    connection = connect(emulator.host, emulator.port)
    for step in steps:
        step.action_on_failure = "CONTINUE"
    job_flow_id = connection.run_jobflow(name="kinds", steps=list(steps), log_uri="s3://b/logs", **options)
    emulator.wait(job_flow_id, timeout=240)
    return connection.describe_jobflow(job_flow_id)


def states(job_flow: Any) -> dict[str, str]:
    return {step.name: step.state for step in job_flow.steps}


def reasons(job_flow: Any) -> str:
    return "\n".join(str(getattr(step, "laststatechangereason", "")) for step in job_flow.steps)


def command(name: str, *args: str) -> Any:
    return JarStep(name, COMMAND_RUNNER, step_args=list(args))


def test_kinds_that_need_nothing_but_emrsim(emrsim: Emulator) -> None:
    emrsim.put("s3://b/in", "b\na\n")
    emrsim.put("s3://b/hello.sh", "#!/bin/sh\nhadoop fs -cat s3://b/in | sort | hadoop fs -put - $1\n")

    job_flow = run(
        emrsim,
        StreamingStep("streaming", "cat", "cat", input="s3n://b/in", output="s3n://b/streamed"),
        ScriptRunnerStep("script", step_args=["s3n://b/hello.sh", "s3://b/sorted"]),
        command("copy", "s3-dist-cp", "--src", "s3://b/streamed", "--dest", "hdfs:///copied"),
        command("look", "hdfs", "dfs", "-cp", "/copied/part-00000", "s3://b/copy"),
        InstallHiveStep(),
        InstallPigStep(),
        PigStep("pig", "s3n://b/script.pig"),
    )

    assert states(job_flow) == {
        "streaming": "COMPLETED",
        "script": "COMPLETED",
        "copy": "COMPLETED",
        "look": "COMPLETED",
        "Install Hive": "COMPLETED",
        "Install Pig": "COMPLETED",
        "pig": "FAILED",
    }, reasons(job_flow)
    assert emrsim.read("s3://b/sorted") == "a\nb\n"
    assert emrsim.read("s3://b/copy") == "a\t\nb\t\n"


@pytest.mark.skipif(
    what_is_missing_for("pig") is None, reason="this machine has a pig, which would run the script"
)
def test_a_pig_step_without_pig_says_what_to_install(emrsim: Emulator) -> None:
    emrsim.put("s3://b/script.pig", "-- nothing")

    job_flow = run(emrsim, PigStep("pig", "s3n://b/script.pig"))

    assert "install Apache Pig" in job_flow.steps[0].laststatechangereason


needs_jars = pytest.mark.skipif(
    what_is_missing_for("jar") is not None, reason=f"{what_is_missing_for('jar')}: `make jvm`"
)
needs_spark = pytest.mark.skipif(
    what_is_missing_for("spark") is not None, reason=f"{what_is_missing_for('spark')}: `make jvm`"
)


@needs_jars
def test_a_jar_step_tells_what_failed_it(emrsim: Emulator) -> None:
    emrsim.put("s3://b/no.jar", "this is no zip")

    job_flow = run(emrsim, JarStep("no zip", "s3n://b/no.jar", step_args=["x"]))

    step_id = connect(emrsim.host, emrsim.port).list_steps(job_flow.jobflowid).steps[0].id
    assert states(job_flow) == {"no zip": "FAILED"}
    assert "Error opening job jar" in job_flow.steps[0].laststatechangereason
    assert (emrsim.root / "b" / "logs" / job_flow.jobflowid / "steps" / step_id / "stderr").exists()


@needs_spark
@pytest.mark.timeout(400)
def test_a_hive_step_and_a_spark_application(emrsim: Emulator) -> None:
    """The metastore of a cluster outlives its steps: the second Hive step sees the first one's table."""
    emrsim.put("s3://b/table/part", "1,one\n2,two\n")
    emrsim.put(
        "s3://b/make.q",
        "CREATE EXTERNAL TABLE t (n INT, name STRING) ROW FORMAT DELIMITED FIELDS TERMINATED BY ','\n"
        "LOCATION '${TABLE}';\n",
    )
    emrsim.put("s3://b/use.q", "INSERT OVERWRITE DIRECTORY '${OUTPUT}' SELECT name FROM t WHERE n = 2;\n")
    emrsim.put(
        "s3://b/app.py",
        "import sys\n"
        "from pyspark.sql import SparkSession\n"
        "spark = SparkSession.builder.getOrCreate()\n"
        "spark.read.csv(sys.argv[1]).selectExpr('max(_c0) AS most').write.json(sys.argv[2])\n",
    )

    job_flow = run(
        emrsim,
        HiveStep("make", "s3n://b/make.q", hive_args=["-d", "TABLE=s3n://b/table"]),
        HiveStep("use", "s3n://b/use.q", hive_args=["-d", "OUTPUT=s3n://b/hive"]),
        command(
            "spark", "spark-submit", "--deploy-mode", "cluster", "s3://b/app.py", "s3://b/table", "s3://b/out"
        ),
    )

    assert set(states(job_flow).values()) == {"COMPLETED"}, reasons(job_flow)
    assert emrsim.read("s3://b/hive/").split() == ["two"]
    assert json.loads(emrsim.read("s3://b/out/")) == {"most": "2"}


def test_no_name_leads_out_of_the_root(emrsim: Emulator, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.write_text("secret")

    job_flow = run(emrsim, command("read", "hadoop", "fs", "-cat", "s3://b/../../outside"))

    assert states(job_flow) == {"read": "FAILED"}
