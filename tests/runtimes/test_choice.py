"""Which Spark, Java and Python a cluster's programs run on."""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from statistics import median

import pytest

from emrsim.releases import labels, release
from emrsim.runtimes.choice import Wanted, spark_runtime
from emrsim.runtimes.install import install_spark
from emrsim.runtimes.lines import LINES, can_run
from emrsim.runtimes.missing import Missing
from emrsim.runtimes.pythons import choose_python, python_version
from tests.programs.cluster import Master, write
from tests.runtimes.fakes import java_home, pyspark_archive

VECTOR = "java.base jdk.incubator.vector"


class Machine:
    """A machine with a cache of its own, no package pyspark, and Java 17."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.environment = {"PATH": "", "JAVA_HOME": str(java_home(folder / "java17", "17.0.1", VECTOR))}

    def install(self, *versions: str) -> None:
        for version in versions:
            pyspark_archive(self.folder / "archives", version)
            install_spark(version, self.folder / "archives")

    def runs(self, version: str | None, label: str | None = None, strict: bool = False) -> tuple[str, str]:
        """The version that runs, and what is said of it."""
        runtime = spark_runtime(Wanted(version, label, strict), self.environment)
        return runtime.spark.version, "; ".join(runtime.remarks)


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    monkeypatch.setenv("EMRSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("emrsim.runtimes.java._SYSTEM_JAVAS", tmp_path / "none")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("asked", "runs"),
    [
        ("3.5.6", "3.5.6"),  # itself
        ("3.5.3", "3.5.7"),  # the newest of its minor line
        ("3.3.2", "3.5.7"),  # the newest of its major
        ("4.0.2", "4.1.1"),
        ("2.4.8", "3.4.1"),  # cannot run here at all: the nearest
        ("1.6.3", "3.4.1"),
    ],
)
def test_nearest_spark_runs_and_anything_but_the_same_is_said(
    machine: Machine, asked: str, runs: str
) -> None:
    machine.install("3.4.1", "3.5.6", "3.5.7", "4.1.1")

    version, said = machine.runs(asked, "emr-x.y.z")

    assert version == runs
    assert bool(said) == (asked != runs)
    assert not said or f"Spark {asked} of emr-x.y.z" in said
    assert not said or f"Spark {runs} runs in its place" in said


def test_every_release_gets_a_spark_of_its_major_where_there_is_one(machine: Machine) -> None:
    machine.install("3.5.6", "4.1.1")

    for label in labels():
        asked = release(label).spark_version
        if asked is None:
            continue
        version, _ = machine.runs(asked, label)
        assert version.split(".")[0] == (asked.split(".")[0] if can_run(asked) else "3")


def test_spark_of_another_major_is_never_taken(machine: Machine) -> None:
    machine.install("3.5.6")

    with pytest.raises(Missing) as told:
        machine.runs("4.1.1", "emr-spark-8.1.0")

    assert str(told.value).startswith("Spark 4.1.1 of emr-spark-8.1.0 is not installed")
    assert str(told.value).endswith("(installed: 3.5.6): emrsim install spark 4.1.1")


@pytest.mark.parametrize(("asked", "runs"), [("3.5.3", "3.5.6"), ("3.4.1", None), ("2.4.8", None)])
def test_strict_takes_the_same_minor_line_only(machine: Machine, asked: str, runs: str | None) -> None:
    machine.install("3.5.6")

    if runs:
        assert machine.runs(asked, strict=True)[0] == runs
    else:
        with pytest.raises(Missing, match=f"Spark {asked} "):
            machine.runs(asked, strict=True)


def test_java_of_the_wrong_age_is_named(machine: Machine) -> None:
    machine.install("3.1.2")

    with pytest.raises(Missing) as old:
        machine.runs("3.1.2")
    machine.environment["JAVA_HOME"] = str(java_home(machine.folder / "java11", "11.0.1"))
    works, _ = machine.runs("3.1.2")
    machine.install("4.1.1")
    with pytest.raises(Missing) as new:
        machine.runs("4.1.1")

    assert "java17/bin/java is 17.0.1, too new" in str(old.value)
    assert "emrsim install java 11" in str(old.value)
    assert works == "3.1.2"
    assert "java11/bin/java is 11.0.1, too old" in str(new.value)


def test_spark_that_no_java_here_runs_is_passed_over_and_said(machine: Machine) -> None:
    machine.install("3.1.2", "3.5.6")

    version, said = machine.runs("3.1.2", "emr-6.5.0")

    assert version == "3.5.6"
    assert "Spark 3.1.2 cannot run: there is no Java 8 to 11 on this machine" in said


def test_installed_java_of_the_right_age_is_found(machine: Machine) -> None:
    machine.install("3.1.2")
    java_home(machine.folder / "cache/java/java-11", "11.0.1")

    runtime = spark_runtime(Wanted("3.1.2"), machine.environment)

    assert runtime.java.home == machine.folder / "cache/java/java-11"


def test_damaged_spark_is_not_started(machine: Machine) -> None:
    machine.install("3.5.6")
    next((machine.folder / "cache").rglob("hadoop-client-api*.jar")).unlink()

    with pytest.raises(Missing, match=r"is damaged: .* emrsim install spark 3\.5\.6 replaces it"):
        machine.runs("3.5.6")


def test_without_a_release_the_newest_runs(machine: Machine) -> None:
    machine.install("3.5.6", "3.4.1")

    assert machine.runs(None) == ("3.5.6", "")


def test_choosing_takes_less_than_five_milliseconds(machine: Machine) -> None:
    machine.install("3.3.2", "3.4.1", "3.5.6")
    took = []
    for _ in range(20):
        began = time.process_time()
        machine.runs("3.5.6")
        took.append(time.process_time() - began)

    assert median(took) < 0.005


def test_program_says_what_runs_on_stderr_and_in_the_controller_log(machine: Machine, tmp_path: Path) -> None:
    folder = tmp_path / "master"
    folder.mkdir()
    master = Master(folder, tmp_path / "cache")
    write(master.logs / "controller", "2026-01-01T00:00:00.000Z INFO before\n")
    machine.install("3.4.1")

    ended = master.run(
        *("spark-submit", "app.py"),
        JAVA_HOME=machine.environment["JAVA_HOME"],
        EMRSIM_SPARK_VERSION="3.4.0",
        EMRSIM_RELEASE_LABEL="emr-6.12.0",
    )

    assert ended.stdout.startswith("submitted")
    said = "Spark 3.4.0 of emr-6.12.0 is not installed: Spark 3.4.1 runs in its place"
    assert f"emrsim: {said}" in ended.stderr
    assert said in (master.logs / "controller").read_text().splitlines()[1]


def test_python_that_is_asked_for_runs_if_it_is_there(tmp_path: Path) -> None:
    own = write(tmp_path / "bin/mypython", f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    own.chmod(0o755)

    chosen = choose_python(str(own), LINES["3.5"])

    assert chosen == (str(own), None)


@pytest.mark.parametrize("asked", ["/usr/bin/python3.99", "/opt/nowhere/python"])
def test_python_that_is_not_there_is_replaced_and_said(asked: str) -> None:
    chosen = choose_python(asked, LINES["4.3"])

    assert chosen.command == sys.executable
    assert chosen.remark
    assert chosen.remark.startswith(f"{asked} is not on this machine: {sys.executable} ")


def test_python_of_an_age_that_the_spark_runs_on_is_taken(tmp_path: Path) -> None:
    for version in ("3.9", "3.10"):
        minor = version.partition(".")[2]
        fake = write(tmp_path / f"bin/python{version}", f"#!/bin/sh\necho 3 {minor}\n")
        fake.chmod(0o755)
    generic = write(tmp_path / "bin/python3", "#!/bin/sh\necho 3 20\n")
    generic.chmod(0o755)

    chosen = choose_python("python3", LINES["3.3"], {"PATH": str(tmp_path / "bin")})

    assert chosen.command == str(tmp_path / "bin/python3.10")
    assert chosen.remark
    assert "python3 is Python 3.20 here" in chosen.remark


def test_users_own_python_of_another_age_runs_with_a_warning(tmp_path: Path) -> None:
    own = write(tmp_path / "env/bin/python", "#!/bin/sh\necho 3 20\n")
    own.chmod(0o755)

    chosen = choose_python(str(own), LINES["3.3"])

    assert chosen.command == str(own)
    assert chosen.remark
    assert "Spark 3.3 is for Python 3.7 to 3.10" in chosen.remark


def test_versions_of_pythons_are_told_without_running_most() -> None:
    assert python_version(sys.executable) == sys.version_info[:2]
    assert python_version(os.path.realpath(sys.executable)) == sys.version_info[:2]
    assert python_version("/bin/true") is None


def test_record_of_an_installed_spark_tells_its_jars(machine: Machine) -> None:
    machine.install("3.5.6")

    record = next((machine.folder / "cache").rglob("emrsim-installed.json"))

    assert json.loads(record.read_text()) == {"version": "3.5.6", "jars": 2, "bytes": 10}
