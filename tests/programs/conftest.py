"""Programs of a cluster, run as its shims run them: processes, real files, the cluster in the environment."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from emrsim.programs.jvm.classes import hadoop_jars
from emrsim.runtimes.cache import cache_folder
from emrsim.runtimes.java import find_java
from emrsim.runtimes.missing import Missing
from tests.programs.cluster import Master

SOURCES = Path(__file__).parent / "java"
DEADLINE_SECONDS = 240
TELLS_ARGUMENTS = (
    f"#!{sys.executable}\nimport json, os, sys; print(json.dumps([sys.argv[1:], dict(os.environ)]))"
)


@pytest.fixture
def master(tmp_path: Path) -> Master:
    """The master of a cluster without anything on it, with the cache of the user, which `make jvm` fills."""
    return Master(tmp_path, cache_folder())


@pytest.fixture
def fake_spark(master: Master, tmp_path: Path) -> Path:
    """A package pyspark whose programs tell what they were started with."""
    package = tmp_path / "packages/pyspark"
    write(package / "jars/spark-core_2.12-3.5.6.jar", "")
    write(package / "__init__.py", "raise ImportError('it is never imported')")
    tell = write(package / "tell.py", TELLS_ARGUMENTS)
    tell.chmod(0o755)
    for name in ("spark-submit", "spark-sql", "spark-shell"):
        write(package / "bin" / name, f'exec {tell} "$@"')
    java = tmp_path / "java"
    write(java / "bin/java", "#!/bin/sh\n").chmod(0o755)
    write(java / "release", 'JAVA_VERSION="17.0.1"\nMODULES="java.base jdk.incubator.vector"\n')
    master.environment["JAVA_HOME"] = str(java)
    master.environment["PYTHONPATH"] = f"{tmp_path / 'packages'}:{master.environment['PYTHONPATH']}"
    return package


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


class Ended:
    """A program that has ended: its exit code and what it printed."""

    def __init__(self, code: int, out: bytes, errors: bytes) -> None:
        self.code = code
        self.raw = out
        self.out = out.decode(errors="surrogateescape")
        self.errors = errors.decode(errors="surrogateescape")


class Cluster:
    """A cluster's folders: `s3` holds the buckets, of which `b` is one, `hdfs` is its HDFS."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.s3 = folder / "s3"
        self.bucket = self.s3 / "b"
        self.hdfs = folder / "hdfs"
        self.logs = folder / "logs"
        for made in (self.bucket, self.hdfs / "user" / "hadoop", self.logs, folder / "home"):
            made.mkdir(parents=True)

    @property
    def environment(self) -> dict[str, str]:
        """What the programs find."""
        return {
            **os.environ,
            "EMRSIM_ROOT": str(self.s3),
            "EMRSIM_HDFS": str(self.hdfs),
            "HADOOP_LOG_DIR": str(self.logs),
            "HADOOP_LOGFILE": "syslog",
            "PYTHONPATH": str(Path(__file__).parents[2]),
            "TZ": "UTC",
        }

    @property
    def syslog(self) -> str:
        """What the programs logged."""
        return (self.logs / "syslog").read_text()

    def start(self, *words: str, stdin: int = subprocess.DEVNULL) -> subprocess.Popen[bytes]:
        """Start `emrsim WORDS` in the home of the cluster."""
        return subprocess.Popen(
            [sys.executable, "-m", "emrsim", *words],
            cwd=self.folder / "home",
            env=self.environment,
            stdin=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def run(self, *words: str, stdin: bytes | None = None) -> Ended:
        """Run `emrsim WORDS` to its end."""
        process = self.start(*words, stdin=subprocess.DEVNULL if stdin is None else subprocess.PIPE)
        out, errors = process.communicate(stdin, timeout=DEADLINE_SECONDS)
        return Ended(process.returncode, out, errors)


def write(path: Path, content: bytes | str) -> Path:
    """A file, with the folders above it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def contents(folder: Path) -> dict[str, bytes]:
    """All files below a folder, hidden ones too."""
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture
def cluster(tmp_path: Path) -> Cluster:
    """A cluster without any files."""
    return Cluster(tmp_path)
