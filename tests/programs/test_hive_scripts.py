"""Hive scripts as Spark SQL is to run them: what is changed, and what is rejected."""

from __future__ import annotations

from pathlib import Path

import pytest

from emrsim.programs.jvm.hive_script_text import BadScript, Rewriter
from emrsim.programs.jvm.hive_settings import meaning
from emrsim.programs.jvm.hiveql import Setting, added, setting, statements, tolerant_drop, with_null_format
from emrsim.storage import DirectoryStorage
from tests.programs.cluster import write


@pytest.fixture
def rewriter(tmp_path: Path) -> Rewriter:
    return Rewriter(DirectoryStorage(tmp_path), lambda path: path, {"GIVEN": "s3://b/given.jar"})


def spark_sees(rewriter: Rewriter, script: str) -> list[str]:
    """The statements that Spark SQL runs, in one line each, without the mutes."""
    lines = [" ".join(one.split()) for one in statements(rewriter.script(script))]
    return [line for line in lines if "emrsim.mute" not in line]


def test_semicolons_in_texts_names_and_comments_end_nothing() -> None:
    script = """-- a; comment
    SELECT ';', "it\\";s", `a;b` /* ; */ FROM t; -- another;
    SELECT 'x\\;y';
    """

    assert [one.strip() for one in statements(script)] == [
        """-- a; comment
    SELECT ';', "it\\";s", `a;b` /* ; */ FROM t""",
        "-- another;\n    SELECT 'x\\;y'",
    ]


@pytest.mark.parametrize(
    ("statement", "found"),
    [
        ("set a.b=c", Setting("a.b", "c")),
        ("\n-- why\nSET  a.b = 'c d' ", Setting("a.b", "'c d'")),
        ("SET hivevar:x=1", Setting("x", "1", "hivevar")),
        ("set", None),
        ("set a.b", None),
        ("SELECT 'set a=b'", None),
    ],
)
def test_settings_are_recognised(statement: str, found: Setting | None) -> None:
    assert setting(statement) == found


def test_a_script_that_needs_no_change_stays_the_same_text(rewriter: Rewriter) -> None:
    script = "CREATE TABLE IF NOT EXISTS t (a int);\nINSERT INTO t SELECT 1;\n-- the end\n"

    assert rewriter.script(script) is script


@pytest.mark.parametrize(
    ("given", "seen"),
    [
        ("set hive.cli.print.header=true", "SET spark.sql.cli.print.header=true"),
        ("set hive.support.quoted.identifiers=none", "SET spark.sql.parser.quotedRegexColumnNames=true"),
        ("set hive.groupby.position.alias=true", "SET spark.sql.groupByOrdinal=true"),
        ("set hive.local.time.zone=Europe/Berlin", "SET spark.sql.session.timeZone=Europe/Berlin"),
        ("set hive.exec.orc.default.compress=SNAPPY", "SET spark.sql.orc.compression.codec=snappy"),
        ("SET hivevar:day=2020-01-01", "SET day=2020-01-01"),
        ("set hiveconf:my.own=1", "SET my.own=1"),
        ("DROP TABLE old", "DROP TABLE IF EXISTS old"),
        ("drop view v", "drop view IF EXISTS v"),
        ("SHOW CREATE TABLE t", "SHOW CREATE TABLE t AS SERDE"),
    ],
)
def test_what_means_something_else_to_spark_is_translated(rewriter: Rewriter, given: str, seen: str) -> None:
    assert seen in spark_sees(rewriter, f"{given};")


@pytest.mark.parametrize("name", ["mapred.reduce.tasks", "mapreduce.job.reduces"])
def test_automatic_number_of_reducers_is_left_to_spark(rewriter: Rewriter, name: str) -> None:
    assert spark_sees(rewriter, f"set {name}=-1; SELECT 1;") == ["SELECT 1"]


@pytest.mark.parametrize(
    "name",
    [
        *(
            "hive.exec.dynamic.partition",
            "hive.exec.parallel",
            "hive.auto.convert.join",
            "hive.exec.compress.output",
        ),
        *("hive.execution.engine", "hive.vectorized.execution.enabled", "hive.exec.max.dynamic.partitions"),
        *("hive.tez.container.size", "hive.stats.autogather", "hive.default.fileformat", "hive.optimize.ppd"),
        *(
            "mapred.output.compression.codec",
            "mapreduce.input.fileinputformat.input.dir.recursive",
            "tez.queue.name",
        ),
        *("hive.enforce.bucketing", "hive.map.aggr", "hive.mapred.supports.subdirectories", "my.own.name"),
    ],
)
def test_settings_that_spark_reads_or_need_not_know_pass_quietly(name: str) -> None:
    assert meaning(name, "x") == ({}, False, None, None)


@pytest.mark.parametrize(
    "name", ["hive.merge.mapfiles", "hive.merge.tezfiles", "hive.merge.size.per.task", "hive.frobnicate.all"]
)
def test_settings_without_effect_are_told(rewriter: Rewriter, name: str) -> None:
    rewriter.script(f"set {name}=1;")

    assert list(rewriter.lost) == [name]


@pytest.mark.parametrize(
    "statement",
    [
        "set hive.exec.default.partition.name=NONE",
        "set hive.ddl.output.format=json",
        "ADD JAR /no/such.jar",
        "source /no/such.q",
    ],
)
def test_what_would_go_wrong_in_silence_is_rejected(rewriter: Rewriter, statement: str) -> None:
    with pytest.raises(BadScript):
        rewriter.script(f"SELECT 1; {statement};")


@pytest.mark.parametrize(
    "path",
    [
        "/usr/lib/hive-hcatalog/share/hcatalog/hive-hcatalog-core-2.3.4-amzn-1.jar",
        "/usr/lib/hive/lib/hive-contrib.jar",
        "file:///usr/lib/hive/lib/hive-contrib-*.jar",
        "/home/hadoop/hive/lib/hive_contrib.jar",
    ],
)
def test_jars_of_emrs_own_are_not_needed(rewriter: Rewriter, path: str) -> None:
    assert spark_sees(rewriter, f"ADD JAR {path}; SELECT 1;") == ["SELECT 1"]
    assert rewriter.remarks == [f"ADD JAR {path}: its classes are there without it"]


def test_users_own_jars_and_files_are_added(rewriter: Rewriter, tmp_path: Path) -> None:
    write(tmp_path / "b/given.jar", "")
    write(tmp_path / "b/x.py", "")

    assert spark_sees(rewriter, "ADD JAR ${GIVEN}; add file s3://b/x.py;") == [
        "ADD JAR ${GIVEN}",
        "add file s3://b/x.py",
    ]
    assert added("ADD JARS a b") == ("jar", ["a", "b"])


def test_sourced_files_are_part_of_the_script(rewriter: Rewriter, tmp_path: Path) -> None:
    write(tmp_path / "b/more.q", "DROP TABLE x; set hive.ddl.output.format=json;")

    with pytest.raises(BadScript, match=r"hive\.ddl\.output\.format"):
        rewriter.script("source s3://b/more.q;")
    write(tmp_path / "b/more.q", "DROP TABLE x;")
    assert spark_sees(rewriter, "source s3://b/more.q;") == ["DROP TABLE IF EXISTS x"]
    write(tmp_path / "b/more.q", "source s3://b/more.q;")
    with pytest.raises(BadScript, match="source each other"):
        rewriter.script("source s3://b/more.q;")


def test_drop_of_what_is_not_there_can_be_an_error(rewriter: Rewriter) -> None:
    assert (
        spark_sees(rewriter, "set hive.exec.drop.ignorenonexistent=false; DROP TABLE x;")[-1]
        == "DROP TABLE x"
    )
    assert tolerant_drop("DROP TABLE IF EXISTS x") is None
    assert tolerant_drop("DROP DATABASE x") is None


def test_null_format_becomes_a_property() -> None:
    statement = (
        "CREATE TABLE t (a int)\nROW FORMAT DELIMITED FIELDS TERMINATED BY ',' ESCAPED BY '\\\\'\n"
        "LINES TERMINATED BY '\\n' NULL DEFINED AS 'NA' STORED AS TEXTFILE"
    )

    changed = with_null_format(statement)

    assert changed is not None
    assert "'field.delim' = ','" in changed
    assert "'serialization.null.format' = 'NA'" in changed
    assert "'escape.delim' = '\\\\'" in changed
    assert changed.endswith(") STORED AS TEXTFILE")
    assert with_null_format("CREATE TABLE t (a int) ROW FORMAT DELIMITED FIELDS TERMINATED BY ','") is None
    assert with_null_format("SELECT 'ROW FORMAT DELIMITED NULL DEFINED AS ''x'''") is None


def test_only_what_hive_does_not_print_is_muted(rewriter: Rewriter) -> None:
    script = "set a=1; SELECT 1; set hive.cli.print.header=true; CREATE TABLE t (a int);"
    script += "SELECT * FROM t; SHOW TABLES;"

    lines = [" ".join(one.split()) for one in statements(rewriter.script(script))]

    muted: list[str] = []
    printed: list[str] = []
    is_muted = False
    for line in lines:
        if "emrsim.mute" in line:
            is_muted = line.endswith("on")
        else:
            (muted if is_muted else printed).append(line)
    assert printed == ["SELECT 1", "SELECT * FROM t", "SHOW TABLES"]
    assert "CREATE TABLE t (a int)" in muted
