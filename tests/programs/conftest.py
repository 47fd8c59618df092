"""Fixtures of the programs' tests."""

from __future__ import annotations

import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest

from emrsim.programs.jvm.classes import hadoop_jars
from emrsim.programs.jvm.java import Missing, find_java
from tests.programs.cluster import Master

SOURCES = Path(__file__).parent / "java"


@pytest.fixture(scope="session")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What is made once and kept, for all workers of a run."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if base.name.startswith("popen-") else base) / "emrsim-cache"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture
def master(tmp_path: Path, cache: Path) -> Master:
    """The master of a cluster without anything on it."""
    return Master(tmp_path, cache)


@pytest.fixture(scope="session")
def hadoop() -> None:
    """Java and Hadoop's classes; a test that needs them skips without."""
    try:
        find_java()
        hadoop_jars()
    except Missing as missing:
        pytest.skip(str(missing))


@pytest.fixture(scope="session")
def classes(hadoop: None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The compiled programs of `java/`."""
    if shutil.which("javac") is None:
        pytest.skip("no javac: apt-get install default-jdk-headless")
    folder = tmp_path_factory.mktemp("classes")
    class_path = str(hadoop_jars()[1])
    sources = map(str, SOURCES.glob("*.java"))
    subprocess.run(["javac", "--release=8", "-nowarn", "-cp", class_path, "-d", folder, *sources], check=True)
    return folder


@pytest.fixture(scope="session")
def jar(classes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A jar of all the programs, without a main class."""
    path = tmp_path_factory.mktemp("jars") / "programs.jar"
    with zipfile.ZipFile(path, "w") as archive:
        for file in classes.iterdir():
            archive.write(file, file.name)
    return path
