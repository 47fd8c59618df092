"""`spark-submit`, `spark-sql`, `hive-script`, `pig-script`."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tarfile
import zipfile
from pathlib import Path
from statistics import mean

import pytest

from emrsim.programs.application_script import BadArgument, parse_application_script
from emrsim.programs.jvm.archive import archive_name, make_archive
from emrsim.programs.jvm.classes import YARN_JAR
from emrsim.programs.jvm.hive import BadArgument as BadHiveArgument
from emrsim.programs.jvm.hive import hive_options
from emrsim.programs.jvm.kinds import KINDS, what_is_missing_for
from emrsim.runtimes.java import find_java
from emrsim.storage import BUILT_IN_BUCKETS
from tests.programs.cluster import Master, lines, write
from tests.programs.conftest import TELLS_ARGUMENTS
from tests.waiting import wait_until

LIBS = "s3n://us-east-1.elasticmapreduce/libs"

APPLICATION = """
import sys
import helper
from pyspark.sql import SparkSession

spark = SparkSession.builder.getOrCreate()
counts = spark.read.text(sys.argv[1]).groupBy("value").count().orderBy("value")
print(helper.told(spark.sparkContext.master), [tuple(row) for row in counts.collect()])
counts.write.csv(sys.argv[2])
"""

HIVE_SCRIPT = """
CREATE EXTERNAL TABLE costs (adId string, cost int) PARTITIONED BY (dt string)
ROW FORMAT DELIMITED FIELDS TERMINATED BY ',' LOCATION '${INPUT}/costs';
ALTER TABLE costs RECOVER PARTITIONS;
SELECT adId, sum(cost) FROM costs WHERE dt = '${DAY}' GROUP BY adId ORDER BY adId;
SELECT '${hiveconf:my.setting}', "${hivevar:DAY}", cast('no number' AS int);
SELECT count(*) FROM joined_impressions;
SELECT nonsense FROM costs;
SELECT 'is not reached';
"""
ADS = BUILT_IN_BUCKETS["elasticmapreduce"] / "samples/hive-ads/tables"
ADS_URI = "s3n://elasticmapreduce/samples/hive-ads"


@pytest.fixture
def in_a_step(master: Master, tmp_path: Path) -> None:
    """Programs run as those of a step, whose folder is gone with it, and not by hand."""
    master.environment["EMRSIM_MNT"] = str(write(tmp_path / "mnt/tmp/x", "").parents[1])


def started(master: Master, *words: object, **environment: str) -> tuple[list[str], dict[str, str], str]:
    """The arguments and the environment that a program of Spark's was started with, and what was said."""
    ended = master.run(*words, **environment)
    assert ended.returncode == 0, ended.stderr
    arguments, env = json.loads(ended.stdout)
    return arguments, env, ended.stderr


@pytest.mark.usefixtures("fake_spark")
def test_yarn_is_mapped_to_this_machine_and_said_so(master: Master, tmp_path: Path) -> None:
    for number in range(3):
        write(tmp_path / f"slots/slot-{number}", "")
    slots = str(tmp_path / "slots")

    arguments, environment, said = started(
        master,
        *("spark-submit", "--deploy-mode=cluster", "--master", "yarn", "--conf", "spark.master=yarn"),
        *("--verbose", "--num-executors", "2", "s3://b/app.py", "--master", "mine"),
        EMRSIM_SLOTS=slots,
    )

    defaults = arguments[1]
    assert arguments == [
        *("--properties-file", defaults, "--master", "local[3]", "--deploy-mode", "client"),
        *("--conf", "spark.yarn.app.id=application_0_0001", "--driver-class-path", str(YARN_JAR)),
        *("--verbose", "--num-executors", "2", "s3://b/app.py", "--master", "mine"),
    ]
    assert "emrsim: the master yarn is mapped to local[3]\n" in said
    assert "emrsim: the deploy mode cluster is mapped to client" in said
    assert environment["EMRSIM_HOLDS_SLOT"] == "1"
    assert environment["PYSPARK_PYTHON"] == sys.executable
    assert "spark.ui.enabled false" in Path(defaults).read_text().splitlines()
    assert "-XX:+UseSerialGC" in environment["SPARK_SUBMIT_OPTS"]


def test_prepared_archive_is_used(
    master: Master, fake_spark: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("EMRSIM_CACHE", str(tmp_path / "cache"))
    name = archive_name("spark", find_java(master.environment), [YARN_JAR, fake_spark / "jars"])
    archive = make_archive(name, lambda made, scratch: made.write_bytes(b"archive") > 0)

    _, unprepared, _ = started(master, "spark-submit", "app.py", EMRSIM_CACHE=str(tmp_path / "other"))
    _, prepared, _ = started(master, "spark-submit", "app.py", EMRSIM_CACHE=str(tmp_path / "cache"))

    assert "SharedArchiveFile" not in unprepared["SPARK_SUBMIT_OPTS"]
    assert f"-XX:SharedArchiveFile={archive} -Xshare:auto" in prepared["SPARK_SUBMIT_OPTS"]


@pytest.mark.usefixtures("fake_spark")
def test_cluster_of_the_users_own_and_settings_of_the_cluster_are_used(master: Master) -> None:
    write(
        master.conf / "spark-defaults.conf", "# of Configurations\nspark.master yarn\nspark.ui.enabled=true\n"
    )

    own, environment, _ = started(master, "spark-submit", "app.py", EMRSIM_SPARK_MASTER="spark://host:7077")
    asked, *_ = started(master, "spark-submit", "--master", "local[1]", "--properties-file", "x", "app.py")

    assert own[2:4] == ["--master", "spark://host:7077"]
    assert f"spark://host:7077 client --driver-class-path {YARN_JAR}" in " ".join(own).replace(
        "--deploy-mode ", ""
    )
    assert "SPARK_LOCAL_IP" not in environment
    assert "spark.ui.enabled true" in Path(own[1]).read_text().splitlines()
    assert asked == [
        *("--properties-file", str(master.home / "x"), "--master", "local[1]", "--deploy-mode", "client"),
        *("--driver-class-path", str(YARN_JAR), "app.py"),
    ]


@pytest.mark.usefixtures("fake_spark", "in_a_step")
@pytest.mark.parametrize(
    "option", [["--files"], ["--conf", "spark.files="], ["--conf", "spark.yarn.dist.files="]]
)
def test_files_lie_in_the_working_directory_under_their_names(master: Master, option: list[str]) -> None:
    master.put("b/stop words.txt", "the")
    master.put("b/conf/a.json", "{}")
    master.put("b/conf/b.json", "{}")
    write(master.home / "a.json", "own")

    uris = "s3://b/stop words.txt#words,s3a://b/conf/*.json"
    words = [*option[:-1], f"{option[-1]}{uris}"] if option[0] == "--conf" else [*option, uris]
    _, _, said = started(master, "spark-submit", "--deploy-mode", "cluster", *words, "app.py")

    assert (master.home / "words").read_text() == "the"
    assert (master.home / "b.json").read_text() == "{}"
    assert (master.home / "a.json").read_text() == "own"
    assert "a.json is there already" in said


@pytest.mark.usefixtures("fake_spark", "in_a_step")
def test_archives_are_unpacked_and_their_python_runs(master: Master) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        python = tarfile.TarInfo("bin/python")
        python.type, python.linkname = tarfile.SYMTYPE, sys.executable
        tar.addfile(python)
        tar.addfile(tarfile.TarInfo("data.txt"))
    master.put("b/venv.tar.gz", archive.getvalue())
    master.put("b/model.bin", "model")

    python_setting = "spark.yarn.appMasterEnv.PYSPARK_PYTHON=./environment/bin/python"
    _, environment, said = started(
        master,
        *("spark-submit", "--deploy-mode", "cluster", "--conf", python_setting),
        *("--archives", "s3://b/venv.tar.gz#environment,s3://b/model.bin", "app.py"),
    )

    assert environment["PYSPARK_PYTHON"] == "./environment/bin/python"
    assert "in its place" not in said
    assert (master.home / "environment/data.txt").is_file()
    assert os.readlink(master.home / "environment/bin/python") == sys.executable
    assert (master.home / "model.bin").read_text() == "model"


@pytest.mark.parametrize("exit_code", [0, 1])
def test_folder_of_a_user_is_left_as_it_was_by_spark_submit_by_hand(
    master: Master, fake_spark: Path, exit_code: int
) -> None:
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w:gz") as tar:
        tar.addfile(tarfile.TarInfo("data.txt"))
    master.put("b/a.tar.gz", archive.getvalue())
    master.put("b/words", "the")
    write(master.home / "own", "mine")
    see = f"ls; cat words; test -f a/data.txt || echo lacks a; exit {exit_code}"
    write(fake_spark / "bin/spark-submit", see)

    shipped = ["--files", "s3://b/words,s3://b/words#own", "--archives", "s3://b/a.tar.gz#a"]
    ended = master.run("spark-submit", *shipped, "app.py")

    assert (ended.returncode, ended.stdout) == (exit_code, "a\nown\nwords\nthe"), ended.stderr
    wait_until(lambda: os.listdir(master.home) == ["own"])
    assert (master.home / "own").read_text() == "mine"


def test_files_stay_in_the_folder_until_all_who_run_there_have_ended(
    master: Master, fake_spark: Path
) -> None:
    master.put("b/words", "the")
    waits = "touch $1.runs; until [ -e $1.ends ]; do sleep 0.05; done; cat words"
    write(fake_spark / "bin/spark-submit", f"while [ $# -gt 1 ]; do shift; done; {waits}")
    one = master.start("spark-submit", "--files", "s3://b/words", "app.py", "one")
    wait_until(lambda: (master.home / "one.runs").exists())
    other = master.start("spark-submit", "--files", "s3://b/words", "app.py", "other")
    wait_until(lambda: (master.home / "other.runs").exists())

    write(master.home / "one.ends", "")
    assert one.communicate()[0] == "the"
    write(master.home / "other.ends", "")

    assert other.communicate()[0] == "the"
    wait_until(lambda: not (master.home / "words").is_symlink())


@pytest.mark.usefixtures("fake_spark")
def test_files_laid_out_before_one_is_missing_are_taken_back(master: Master) -> None:
    master.put("b/words", "the")

    ended = master.run("spark-submit", "--files", "s3://b/words,s3://b/none", "app.py")

    assert ended.returncode == 1
    assert "File does not exist: s3://b/none" in ended.stderr
    assert os.listdir(master.home) == []


@pytest.mark.usefixtures("fake_spark", "in_a_step")
def test_packages_of_python_and_a_properties_file_come_from_s3(master: Master) -> None:
    master.put("b/lib-1.0-py3-none-any.whl", "zip")
    master.put("b/lib.zip", "zip")
    master.put("b/my.conf", "spark.executorEnv.MODE own\nspark.master yarn\nspark.ui.enabled true\n")
    write(master.conf / "spark-defaults.conf", "spark.of.the.cluster 1\n")

    arguments, environment, said = started(
        master,
        *("spark-submit", "--properties-file", "s3://b/my.conf"),
        *("--py-files", "s3://b/lib-1.0-py3-none-any.whl,s3://b/lib.zip,s3://b/x.py", "app.py"),
    )

    assert environment["MODE"] == "own"
    assert environment["PYTHONPATH"].endswith(f"{master.root}/b/lib-1.0-py3-none-any.whl")
    assert (master.home / "lib.zip").is_symlink()
    settings = Path(arguments[1]).read_text().splitlines()
    assert "spark.ui.enabled true" in settings
    assert "spark.of.the.cluster 1" not in settings
    assert "the master yarn is mapped to local[*]" in said


@pytest.mark.usefixtures("fake_spark")
@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--files", "s3://b/missing.txt"], "File does not exist: s3://b/missing.txt"),
        (["--archives", "s3://b/broken.zip#x"], "cannot unpack"),
        (["--files", "s3://nobucket/x"], "The specified bucket does not exist"),
        (["--properties-file", "s3://b/missing.conf"], "there is no properties file s3://b/missing.conf"),
    ],
)
def test_what_is_not_there_to_be_shipped_fails_at_once(master: Master, words: list[str], said: str) -> None:
    master.put("b/broken.zip", "no zip")

    ended = master.run("spark-submit", *words, "app.py")

    assert ended.returncode == 1
    assert said in ended.stderr
    assert ended.stdout == ""
    assert not (master.home / "x").exists()


@pytest.mark.usefixtures("fake_spark")
def test_hive_steps_of_all_clients_become_sql(master: Master) -> None:
    script = master.put("b/q.hql", "SELECT 1")

    for words in (
        [
            *("hive-script", "--base-path", f"{LIBS}/hive/", "--hive-versions", "latest"),
            *("--run-hive-script", "--args", "-f", "s3n://b/q.hql", "-d", "A=s3://b/x", "-hiveconf", "c=1"),
        ],
        [
            "hive-script",
            "--run-hive-script",
            "--args",
            "-f",
            "s3://b/q.hql",
            "-dA=s3://b/x",
            "--hiveconf=c=1",
        ],
        ["hive", "-f", "s3a://b/q.hql", "--define", "A=s3://b/x", "--hiveconf", "c=1"],
    ):
        arguments, environment, _ = started(master, *words)

        assert arguments[-6:] == ["-f", str(script), "--hivevar", "A=s3://b/x", "--hiveconf", "c=1"]
        assert "spark.sql.legacy.createHiveTableByDefault=true" in arguments
        assert f"databaseName={master.home}/metastore_db" in (
            Path(environment["HADOOP_CONF_DIR"], "hive-site.xml").read_text()
        )


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["hive", "-f", "s3://b/missing.hql"], "there is no file s3://b/missing.hql"),
        (["hive", "-f", "s3://nobucket/q.hql"], "The specified bucket does not exist"),
        (["hive", "-f"], "missing value of -f"),
        (["hive", "--frobnicate"], "unrecognized option: --frobnicate"),
        (["hive"], "give -f FILE or -e TEXT"),
        (["hive-script", "--hive-versions", "latest"], "neither --install-hive nor --run-hive-script"),
        (["hive-script", "--install-hive", "--hive-site=s3://b/missing.xml"], "missing.xml"),
        (["hive-script", "--nonsense"], "unknown argument: --nonsense"),
    ],
)
def test_bad_hive_arguments_are_refused_before_anything_starts(
    master: Master, words: list[str], said: str
) -> None:
    (master.root / "b").mkdir()

    ended = master.run(*words)

    assert ended.returncode == 1
    assert said in ended.stderr
    assert os.listdir(master.home) == []


@pytest.mark.usefixtures("fake_spark")
def test_installing_says_that_nothing_is_installed_and_keeps_the_site(master: Master) -> None:
    setting = "<property><name>my.setting</name><value>1</value></property>"
    master.put("b/site.xml", f"<configuration>{setting}</configuration>")
    base = ("--base-path", f"{LIBS}/hive/")

    hive = master.run("hive-script", *base, "--install-hive", "--hive-site=s3://b/site.xml")
    _, environment, _ = started(master, "hive", "-e", "SELECT 1")
    pig = master.run("pig-script", *base, "--install-pig", "--pig-versions", "latest")

    assert (hive.returncode, pig.returncode) == (0, 0)
    assert hive.stdout == "Nothing is installed: Spark SQL runs Hive's scripts here.\n"
    site = Path(environment["HADOOP_CONF_DIR"], "hive-site.xml").read_text()
    assert re.search(r"<name>my\.setting</name>\s*<value>1</value>", site)
    assert "there is no pig on PATH" in pig.stdout


def test_pig_script_is_run_by_a_pig_of_the_machines(master: Master, tmp_path: Path) -> None:
    script = master.put("b/x.pig", "")
    words = ["--run-pig-script", "--args", "-f", "s3n://b/x.pig", "-p", "INPUT=s3://b/in"]

    missing = master.run("pig-script", *words)
    write(tmp_path / "bin/pig", TELLS_ARGUMENTS).chmod(0o755)
    arguments, environment, _ = started(
        master, "pig-script", *words, PATH=f"{tmp_path}/bin:{master.environment['PATH']}"
    )

    assert missing.returncode == 1
    assert "there is no pig on PATH: install Apache Pig" in missing.stderr
    assert arguments == ["-f", str(script), "-p", "INPUT=s3://b/in"]
    assert environment["PIG_CLASSPATH"].endswith("/emrsim-hadoop.jar")


def test_missing_parts_of_each_kind_are_told(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    write(tmp_path / "java/bin/java", "#!/bin/sh\n").chmod(0o755)
    write(tmp_path / "java/release", 'JAVA_VERSION="25.0.1"\nMODULES="java.base java.sql"\n')
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    monkeypatch.setattr("emrsim.runtimes.java._SYSTEM_JAVAS", tmp_path / "none")
    monkeypatch.setenv("EMRSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("JAVA_HOME", str(tmp_path / "java"))
    monkeypatch.setenv("PATH", "")

    told = {kind: what_is_missing_for(kind) or "" for kind in KINDS}

    assert "pip install 'emrsim[jvm]'" in told["jar"]
    assert told["examples"] == told["jar"]
    assert told["spark"] == told["hive"] == told["jar"]
    assert "there is no pig on PATH" in told["pig"]


def test_words_of_scripts_are_told_apart() -> None:
    script = parse_application_script(
        "pig", ["--base-path", "x", "--install-pig", "--run-pig-script", "--args", "-f", "--install-pig"]
    )

    assert (script.installs, script.runs, script.arguments) == (True, True, ["-f", "--install-pig"])
    pentahos = [
        *("--base-path", "s3://elasticmapreduce/libs/hive/", "--hive-version", "0.7"),
        "--install-hive",
    ]
    assert parse_application_script("hive", pentahos).installs
    assert parse_application_script("pig", ["--install-pig", "--pig-version=0.9.1"]).installs
    with pytest.raises(BadArgument, match="pig-script: unknown argument: --hive-versions"):
        parse_application_script("pig", ["--hive-versions", "1"])
    with pytest.raises(BadHiveArgument, match="unexpected argument: x"):
        list(hive_options(["x"]))


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("hadoop")
def test_spark_application_from_s3_reads_and_writes_it(master: Master) -> None:
    master.put("b/app.py", APPLICATION)
    master.put("b/lib/helper.py", "told = 'on {}'.format")
    master.put("b/in/1", "b\na\n")
    master.put("b/in/2", "b\n")

    ended = master.run(
        *(
            "spark-submit",
            "--deploy-mode",
            "cluster",
            "--master",
            "yarn",
            "--py-files",
            "s3a://b/lib/helper.py",
        ),
        *("s3://b/app.py", "s3n://b/in", "s3a://b/out"),
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "on local[*] [('a', 1), ('b', 2)]\n"
    assert lines(master.root / "b/out") == ["a,1", "b,2"]
    assert "part-" not in "".join(os.listdir(master.home))


@pytest.mark.usefixtures("fake_spark")
def test_classifications_of_spark_take_effect_or_are_told(master: Master) -> None:
    write(master.conf / "spark.conf", "maximizeResourceAllocation true\n")
    write(master.conf / "spark-log4j2.conf", "rootLogger.level warn\n")

    _, environment, said = started(master, "spark-submit", "app.py")

    assert "maximizeResourceAllocation has no effect" in said
    found = re.search(r"-Dlog4j2\.configurationFile=(\S+)", environment["SPARK_SUBMIT_OPTS"])
    assert found is not None
    assert "rootLogger.level = warn\n" in Path(found[1]).read_text()
    assert "appender.console.target = SYSTEM_ERR\n" in Path(found[1]).read_text()


SETS_ITS_MASTER = """
import sys
from pyspark.sql import SparkSession

spark = SparkSession.builder.master(sys.argv[1]).getOrCreate()


def words_of(number):
    import helper
    with open("words") as file:
        return file.read() + helper.more


print(spark.sparkContext.master, spark.sparkContext.parallelize([1, 2], 2).map(words_of).collect())
"""


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("hadoop")
def test_application_that_sets_the_master_itself_runs_with_its_files(master: Master) -> None:
    master.put("b/app.py", SETS_ITS_MASTER)
    master.put("b/stop.txt", "the")
    wheel = io.BytesIO()
    with zipfile.ZipFile(wheel, "w") as archive:
        archive.writestr("helper.py", "more = ' of'")
    master.put("b/helper-1.0-py3-none-any.whl", wheel.getvalue())

    ended = master.run(
        *("spark-submit", "--files", "s3://b/stop.txt#words", "--deploy-mode", "cluster"),
        *("--py-files", "s3://b/helper-1.0-py3-none-any.whl", "s3://b/app.py", "yarn"),
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout == "yarn ['the of', 'the of']\n"
    assert "emrsim: the application sets the master yarn: it runs on this machine" in ended.stderr


@pytest.mark.timeout(600)
@pytest.mark.usefixtures("hadoop")
def test_hive_tables_last_as_long_as_the_cluster(master: Master) -> None:
    master.put("b/tables/costs/dt=2010-01-01/1", "x,1\ny,2\nx,3\n")
    master.put("b/tables/costs/dt=2010-01-02/1", "x,100\n")
    master.put("b/ask.q", HIVE_SCRIPT)

    sample = master.run(
        *("hive-script", "--run-hive-script", "--args", "-f", f"{ADS_URI}/libs/model-build.q"),
        *("-d", f"INPUT={ADS_URI}/tables", "-d", f"LIBS={ADS_URI}/libs", "-d", "OUTPUT=s3a://b/model"),
    )
    asked = master.run(
        *("hive", "-f", "s3n://b/ask.q", "-d", "INPUT=s3://b/tables", "-d", "DAY=2010-01-01"),
        *("-hiveconf", "my.setting=yes"),
    )

    assert sample.returncode == 0, sample.stderr
    model = {
        tuple(line.split("\t")[:2]): line.split("\t")[2] for line in lines(master.root / "b/model", "0*")
    }
    assert {name: float(value) for name, value in model.items()} == pytest.approx(expected_model(), abs=1e-5)
    assert list(master.hdfs.glob("user/hive/warehouse/joined_impressions/00000?_0"))
    assert asked.returncode != 0
    assert asked.stdout.splitlines() == ["x\t4", "y\t2", "yes\t2010-01-01\tNULL", "48"]
    assert "UNRESOLVED_COLUMN" in asked.stderr


def expected_model() -> dict[tuple[str, str], float]:
    """By ad and feature, how much more often it is clicked on than the ad is: counted here, without Hive."""
    clicked = {record["impressionId"] for record in records("clicks")}
    clicks: dict[tuple[str, str], list[int]] = {}
    for record in records("impressions"):
        words = re.split("[ /]", record["userAgent"])
        for feature in ["", f"page:{record['referrer']}", *(f"agent:{word}" for word in words)]:
            clicks.setdefault((record["adId"], feature), []).append(record["impressionId"] in clicked)
    return {
        (ad, feature): mean(ones) / mean(clicks[ad, ""])
        for (ad, feature), ones in clicks.items()
        if feature and any(clicks[ad, ""])
    }


def records(table: str) -> list[dict[str, str]]:
    return [json.loads(line) for path in (ADS / table).glob("*/*") for line in path.read_text().splitlines()]
