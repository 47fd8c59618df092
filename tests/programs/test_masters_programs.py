"""Programs of an EMR master, run as steps of real clusters."""

from __future__ import annotations

from typing import Any

import pytest

from emrsim import Emulator
from emrsim.programs.jvm.kinds import what_is_missing_for
from tests.service.test_steps_on_the_master import Run, command, put

ALL: dict[str, Any] = {
    "ReleaseLabel": "emr-7.12.0",
    "Applications": [{"Name": name} for name in ("Hadoop", "Spark", "Hive")],
}
needs_spark = pytest.mark.skipif(what_is_missing_for("spark") is not None, reason="no Spark here: `make jvm`")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hadoop version", "Hadoop 3.4.1"),
        ("/usr/bin/yarn version", "Hadoop 3.4.1"),
        ("yarn application -list", "Total number of applications"),
        ("yarn application -list -appStates ALL -appTypes SPARK", "states: [ALL]):0"),
        ("yarn node -list", "Total Nodes:1"),
        ("mapred job -list", "Total jobs:0"),
        ("hadoop job -list", "Total jobs:0"),
        ("hdfs dfsadmin -report", "Live datanodes (1)"),
        ("hdfs dfsadmin -safemode get", "Safe mode is OFF"),
        ("hdfs getconf -confKey fs.defaultFS", "hdfs://"),
        ("hdfs getconf -namenodes", "localhost"),
        ("hdfs fsck /", "HEALTHY"),
    ],
)
def test_programs_tell_of_the_cluster(emrsim: Emulator, line: str, said: str) -> None:
    run = Run(emrsim, command("bash", "-c", line), **ALL)

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert said in run.wrote()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("hadoop distpc a b", "unknown command 'distpc': did you mean 'distcp'?"),
        ("yarn rmadmin -addToClusterNodeLabels x", "yarn rmadmin is not supported"),
        ("yarn application -kill application_1_0001", "doesn't exist in RM"),
        ("presto-cli --execute 'SELECT 1'", "there is no Presto"),
        ("trino-cli --catalog hive", "there is no Trino"),
        ("flink run -m yarn-cluster x.jar", "there is no Flink"),
        ("flink-yarn-session -d", "there is no Flink"),
        ("sqoop import", "there is no Sqoop"),
        ("oozie job -run", "there is no Oozie"),
        ("sparkR x.R", "cannot run sparkR"),
        ("hive --service metastore", "Hive's daemons do not run here"),
        ("beeline -u jdbc:hive2://db.example:10000 -e 'SELECT 1'", "is not this cluster"),
        ("hdfs getconf -confKey no.such.key", "Configuration no.such.key is missing."),
        ("hadoop distcp s3://b/none hdfs:///x", "s3://b/none doesn't exist"),
    ],
)
def test_what_cannot_be_run_says_what_is_missing(emrsim: Emulator, line: str, said: str) -> None:
    put(emrsim, "other", "")

    run = Run(emrsim, command("bash", "-c", line), **ALL)

    assert run.state == "FAILED"
    assert said in run.wrote("stderr")
    assert "exit code 127" not in run.wrote("controller")


def test_a_running_job_is_listed_its_logs_are_shown_and_it_can_be_killed(emrsim: Emulator) -> None:
    put(emrsim, "in", "x\n")
    mapper = "sh -c 'echo of-the-task >&2; echo started > $HOME/started; sleep 60'"
    script = f"""
hadoop-streaming -input s3://b/in -output s3://b/out -mapper "{mapper}" & job=$!
until [ -s ~/started ]; do sleep 0.05; done
id=$(yarn application -list | grep -o 'application_[0-9]*_[0-9]*')
mapred job -list | grep RUNNING
yarn application -kill $id
wait $job; echo code $?
yarn application -list -appStates KILLED | grep $id
yarn logs -applicationId $id
"""

    run = Run(emrsim, command("bash", "-c", script), **ALL)

    assert "RUNNING" in run.wrote()
    assert "Killing application application_" in run.wrote()
    assert "code 0" not in run.wrote()
    assert "KILLED" in run.wrote(), run.wrote()
    assert "of-the-task" in run.wrote()


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("hadoop distcp s3://b/tree hdfs:///copy", "/copy/sub/part"),
        ("hadoop fs -mkdir /there && hadoop distcp s3://b/tree hdfs:///there", "/there/tree/sub/part"),
        ("hadoop fs -mkdir /there && hadoop distcp -update s3://b/tree /there", "/there/sub/part"),
        ("hadoop distcp -Dx=y -m 3 s3://b/tree hdfs:///copy", "/copy/sub/part"),
        ("hadoop jar /usr/lib/hadoop-mapreduce/hadoop-distcp.jar s3://b/tree /copy", "/copy/sub/part"),
        ("mapred distcp s3://b/tree /copy", "/copy/sub/part"),
    ],
)
def test_distcp_copies_trees(emrsim: Emulator, line: str, expected: str) -> None:
    put(emrsim, "tree/sub/part", "x\n")

    run = Run(emrsim, command("bash", "-c", f"{line} && hadoop fs -cat {expected}"), **ALL)

    assert (run.state, run.wrote()) == ("COMPLETED", "x\n"), run.wrote("stderr")


@needs_spark
@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "words",
    [
        ("/usr/lib/spark/bin/run-example", "SparkPi", "2"),
        ("spark-example", "SparkPi", "2"),
        (
            *("spark-submit", "--deploy-mode", "cluster", "--class", "org.apache.spark.examples.SparkPi"),
            *("/usr/lib/spark/examples/jars/spark-examples.jar", "2"),
        ),
        ("bash", "-c", "echo 'print(\"Pi is roughly\", 3)' > x.py; /usr/bin/spark-submit x.py"),
    ],
)
def test_sparks_examples_run(emrsim: Emulator, words: tuple[str, ...]) -> None:
    run = Run(emrsim, command(*words), **ALL)

    assert run.state == "COMPLETED", run.wrote("stderr")
    assert "Pi is roughly 3" in run.wrote()


def test_a_program_whose_application_was_not_asked_for_says_what_emr_would_say(emrsim: Emulator) -> None:
    run = Run(emrsim, command("bash", "-c", "sqoop import; oozie job"), ReleaseLabel="emr-6.15.0")

    said = "Sqoop is not among the cluster's Applications"
    assert said in run.wrote("stderr")
    assert said in run.wrote("controller")
    assert "error=2, No such file or directory" in run.wrote("stderr")


def test_strict_rejects_a_program_whose_application_was_not_asked_for(emrsim_strict: Emulator) -> None:
    run = Run(
        emrsim_strict,
        command("hive", "-e", "SELECT 1"),
        ReleaseLabel="emr-6.15.0",
        Applications=[{"Name": "spark"}],
        ServiceRole="EMR_DefaultRole",
        JobFlowRole="EMR_EC2_DefaultRole",
    )

    assert run.state == "FAILED"
    assert "exit code 127" in run.wrote("controller")
    assert 'Cannot run program "hive" (in directory ".")' in run.wrote("stderr")


@pytest.fixture
def emrsim_strict(tmp_path: Any) -> Any:
    with Emulator(tmp_path / "s3", first_step_seconds=0, strict=True) as emulator:
        yield emulator
