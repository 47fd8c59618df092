"""Jars of Iceberg, Delta and Hudi: `emrsim install`, and spark-submit with EMR's places of them."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pytest

from emrsim.runtimes.install import install_spark
from emrsim.runtimes.tables import FORMATS, install_iceberg, install_jar, jars_of
from tests.programs.cluster import Master, write
from tests.runtimes.fakes import java_home, pyspark_archive
from tests.runtimes.test_install import Install, install

__all__ = ["install"]

ICEBERG = "iceberg-spark-runtime-3.5_2.12-1.10.2.jar"
CATALOG = "spark.sql.catalog.c=org.apache.iceberg.spark.SparkCatalog"
DELTA = "spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension"
SUBMIT = 'for word in "$@"; do echo "$word"; done'


def iceberg_wheel(folder: Path, version: str, *jars: str) -> None:
    """A wheel as pip has it, with these jars."""
    folder.mkdir(parents=True, exist_ok=True)
    name = f"snowpark_connect_deps_iceberg-{version}"
    with zipfile.ZipFile(folder / f"{name}-py3-none-any.whl", "w") as wheel:
        for jar in jars:
            wheel.writestr(f"snowpark_connect_deps_iceberg/jars/{jar}", "jar")
        wheel.writestr(
            f"{name}.dist-info/METADATA", f"Name: snowpark-connect-deps-iceberg\nVersion: {version}\n"
        )


def a_jar(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("A.class", "")
    return path


@pytest.fixture
def spark(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Master:
    """A cluster with a release of Spark 3.4 whose spark-submit prints its words."""
    monkeypatch.setenv("EMRSIM_CACHE", str(tmp_path / "cache"))
    pyspark_archive(tmp_path / "archives", "3.4.1")
    home = install_spark("3.4.1", tmp_path / "archives").home
    write(home / "bin/spark-submit", SUBMIT)
    folder = tmp_path / "master"
    folder.mkdir()
    master = Master(folder, tmp_path / "cache")
    master.environment |= {
        "JAVA_HOME": str(java_home(tmp_path / "java17", "17.0.1")),
        "EMRSIM_SPARK_VERSION": "3.4.1",
    }
    return master


def test_iceberg_comes_from_the_package_that_has_its_jar(install: Install, tmp_path: Path) -> None:
    iceberg_wheel(tmp_path / "archives", "1.0.2", "iceberg-spark-runtime-3.5_2.13-1.10.2.jar", ICEBERG)
    iceberg_wheel(tmp_path / "archives", "1.0.1", "iceberg-spark-runtime-3.5_2.12-1.9.2.jar")

    newest = install("iceberg", "--from", tmp_path / "archives")
    other = install("iceberg", "1.9.2", "--from", tmp_path / "archives")
    listed = install("--list").stdout
    removed = install("--remove", "iceberg")

    assert newest.stdout == f"iceberg: {tmp_path}/cache/jars/iceberg/{ICEBERG}\n", newest.stderr
    assert other.returncode == 0
    assert [line.split("/")[-1] for line in listed.splitlines() if line.startswith("iceberg")] == [
        "iceberg-spark-runtime-3.5_2.12-1.9.2.jar"
    ]
    assert removed.returncode == 0
    assert not (tmp_path / "cache/jars/iceberg").exists()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["iceberg", "0.9"], "unknown version of Iceberg '0.9': expected one of 1.10.2, 1.9.2"),
        (["iceberg"], "pip could not download snowpark-connect-deps-iceberg==1.0.2"),
        (["--jar", "no.jar", "as", "delta"], "no.jar is no jar: expected a zip file"),
        (["--jar", "no.jar", "as", "detla"], "unknown table format 'detla': did you mean 'delta'?"),
        (["--jar", "no.jar"], "expected the name of a table format"),
        (["--remove", "hudi"], "no jar of hudi is installed"),
    ],
)
def test_what_is_no_table_format_is_rejected(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "no.jar").write_text("no")

    ended = install(*words)

    assert ended.returncode == 1
    assert said in ended.stderr
    assert not list((tmp_path / "cache").rglob("*.jar"))


def test_package_without_the_jar_is_said(install: Install, tmp_path: Path) -> None:
    iceberg_wheel(tmp_path / "archives", "1.0.2", "iceberg-spark-runtime-4.0_2.13-1.10.2.jar")

    ended = install("iceberg", "--from", tmp_path / "archives")

    assert "has no jar of Iceberg for Spark 3.5" in ended.stderr
    assert not list((tmp_path / "cache").rglob(".installing-*"))


@pytest.mark.parametrize("place", [place for form in FORMATS.values() for place in form.places])
def test_emrs_place_of_a_jar_that_is_not_there_names_what_to_install(spark: Master, place: str) -> None:
    ended = spark.run("spark-submit", "--jars", f"/x.jar,{place}", "app.py")

    assert ended.returncode == 1
    assert f"{place} is not there: emrsim install" in ended.stderr
    assert "--packages" in ended.stderr


def test_emrs_place_of_a_jar_is_the_installed_jar(spark: Master, tmp_path: Path) -> None:
    core = install_jar(a_jar(tmp_path / "delta-core_2.12-2.4.0.jar"), "delta")
    storage = install_jar(a_jar(tmp_path / "delta-storage-2.4.0.jar"), "delta")
    emr = "/usr/share/aws/delta/lib"

    ended = spark.run(
        "spark-submit", "--jars", f"{emr}/delta-core.jar,file://{emr}/delta-storage.jar", "app.py"
    )

    assert ended.returncode == 0, ended.stderr
    assert f"{core},{storage}" in ended.stdout.splitlines()


def test_format_that_is_enabled_is_on_the_class_path(spark: Master, tmp_path: Path) -> None:
    jar = install_jar(a_jar(tmp_path / "delta-core_2.12-2.4.0.jar"), "delta")
    write(spark.conf / "delta-defaults.conf", "delta.enabled true\n")

    ended = spark.run("spark-submit", "--conf", DELTA, "--conf", "spark.jars=/own.jar", "app.py")

    words = ended.stdout.splitlines()
    assert words[words.index("--jars") + 1] == f"/own.jar,{jar}"
    assert "spark.jars=/own.jar" not in words


def test_installed_jar_stands_in_for_the_package_of_maven(spark: Master, tmp_path: Path) -> None:
    jar = install_jar(a_jar(tmp_path / "delta-core_2.12-2.4.0.jar"), "delta")

    ended = spark.run("spark-submit", "--packages", "io.delta:delta-core_2.12:2.4.0,a:b:1", "app.py")

    words = ended.stdout.splitlines()
    assert words[words.index("--packages") + 1] == "a:b:1"
    assert words[words.index("--jars") + 1] == str(jar)
    assert "the installed delta is used for --packages io.delta:delta-core_2.12:2.4.0" in ended.stderr


def test_packages_are_left_to_spark_where_no_jar_is_installed(spark: Master) -> None:
    ended = spark.run(
        "spark-submit", "--packages", "io.delta:delta-core_2.12:2.4.0", "--conf", DELTA, "app.py"
    )

    assert ended.returncode == 0, ended.stderr
    assert "io.delta:delta-core_2.12:2.4.0" in ended.stdout.splitlines()


@pytest.mark.parametrize(
    ("conf", "said"),
    [
        (DELTA, "no jar of it is installed: emrsim install --jar FILE as delta"),
        (
            CATALOG,
            "no jar of it is installed: emrsim install iceberg, or emrsim install --jar FILE as iceberg",
        ),
        ("spark.x=org.apache.hudi.HoodieSparkSessionExtension", "emrsim install --jar FILE as hudi"),
    ],
)
def test_classes_of_a_format_without_a_jar_fail_with_what_to_install(
    spark: Master, conf: str, said: str
) -> None:
    alone = spark.run("spark-submit", "--conf", conf, "app.py")
    with_a_jar = spark.run("spark-submit", "--conf", conf, "fat.jar")

    assert alone.returncode == 1
    assert said in alone.stderr
    assert with_a_jar.returncode == 0


def test_jar_for_another_spark_is_not_taken(spark: Master, tmp_path: Path) -> None:
    iceberg_wheel(tmp_path / "archives", "1.0.2", ICEBERG)
    install_iceberg(None, tmp_path / "archives")

    ended = spark.run("spark-submit", "--conf", CATALOG, "app.py")

    assert f"{ICEBERG} is for Spark 3.5, and Spark 3.4.1 runs here" in ended.stderr
    assert os.path.basename(jars_of("iceberg")[0]) == ICEBERG
