"""Builds the jars that come with emrsim, to the same bytes each time.

`python -m emrsim.java.build [NAME ...]` needs a javac of version 9 or later and the package pyspark, whose
Hadoop classes the sources are compiled against. The bytes are the same for one major version of javac, which
the manifest tells as Build-Jdk-Spec; the classes run on Java 8 and later.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from emrsim.programs.jvm.classes import jar_of_spark
from emrsim.runtimes.missing import Missing

_SOURCES = Path(__file__).parent
_PACKAGE = _SOURCES.parent

_MANIFEST = "META-INF/MANIFEST.MF"
_JAVAC_FLAGS = [
    "--release=8",
    "-g:source,lines",  # for stack traces; no local variables
    "-proc:none",
    "-encoding",
    "UTF-8",
    "-Xlint:all,-options",  # a later javac warns that release 8 is old
    "-Werror",
]
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first time that a zip can tell


class Jar(NamedTuple):
    """What is built: a folder of Java sources beside this file, and the jar in the package emrsim."""

    sources: str
    main_class: str | None
    target: str
    # Jars of Spark that the sources are compiled against; `|` parts names of which one is there.
    classes: tuple[str, ...] = ("hadoop-client-api",)


_OF_SPARK_EXAMPLES = (
    *("spark-core_2.13|spark-core_2.12", "spark-common-utils_2.13|spark-common-utils_2.12"),
    *("spark-common-utils-java_2.13|spark-core_2.12", "scala-library", "hadoop-client-api"),
)

JARS = {
    "examples": Jar("examples", "emrsim.examples.Examples", "java/emrsim-examples.jar"),
    "hadoop": Jar("hadoop", None, "java/emrsim-hadoop.jar"),
    "spark-examples": Jar(
        "sparkexamples",
        None,
        "java/spark-examples.jar",
        _OF_SPARK_EXAMPLES,
    ),
    "spark-yarn": Jar(
        "yarn",
        None,
        "java/emrsim-spark-yarn.jar",
        (
            *("spark-core_2.12", "spark-common-utils_2.12", "scala-library", "hadoop-client-api"),
            *("spark-launcher_2.12", "spark-network-common_2.12", "slf4j-api", "jsr305"),
        ),
    ),
    "hive": Jar(
        "hive",
        None,
        "java/emrsim-hive.jar",
        (
            *("hadoop-client-api", "hive-common", "hive-exec", "hive-metastore", "hive-serde"),
            *(
                "hive-cli",
                "hive-storage-api",
                "libthrift",
                "libfb303",
                "jackson-annotations",
                "jackson-core",
                "jackson-databind",
                "slf4j-api",
            ),
            *(
                "spark-hive-thriftserver_2.12",
                "scala-library",
                "spark-core_2.12",
                "spark-sql_2.12",
                "spark-common-utils_2.12",
            ),
        ),
    ),
    # Where `install-spark` of AMI versions had it.
    "spark-examples-1.2.0": Jar(
        "sparkexamples",
        None,
        "samples/support.elasticmapreduce/spark/1.2.0/spark-examples-1.2.0-hadoop2.4.0.jar",
        _OF_SPARK_EXAMPLES,
    ),
    "hive-ads": Jar(
        "hiveads",
        None,
        "samples/elasticmapreduce/samples/hive-ads/libs/jsonserde.jar",
        ("hadoop-client-api", "hive-serde", "jackson-annotations", "jackson-core", "jackson-databind"),
    ),
    "cloudburst": Jar(
        "cloudburst",
        "emrsim.samples.cloudburst.CloudBurst",
        "samples/elasticmapreduce/samples/cloudburst/cloudburst.jar",
    ),
}


class CannotBuild(Exception):
    """Something is missing here, or javac refused the sources: the text says what."""


def shipped_jar(name: str) -> Path:
    """Where the jar that comes with emrsim is."""
    return _PACKAGE / JARS[name].target


def build(name: str, target: Path) -> None:
    """Write the jar `name` to the file `target`; CannotBuild if it cannot be made."""
    jar = JARS[name]
    with TemporaryDirectory() as folder:
        classes = Path(folder)
        _compile(_SOURCES / jar.sources, classes, jar.classes)
        files = {**_others(_SOURCES / jar.sources), **_files(classes, classes.rglob("*.class"))}
    manifest = _manifest(jar.main_class, javac_version())
    target.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(target, "w") as archive:
        # A jar's manifest comes first. Nothing is compressed: zlib's output is not the same everywhere.
        for path, content in [(_MANIFEST, manifest), *sorted(files.items())]:
            archive.writestr(_entry(path), content)


def javac_version() -> int:
    """The major version of the javac on PATH; CannotBuild if there is none."""
    javac = shutil.which("javac")
    if javac is None:
        raise CannotBuild("there is no javac on PATH: install a JDK")
    told = subprocess.run([javac, "-version"], capture_output=True, text=True, check=True)
    found = re.search(r"javac (\d+)", told.stdout + told.stderr)
    if found is None:
        raise CannotBuild(f"{javac} does not tell its version: {told.stdout}{told.stderr}")
    return int(found.group(1))


def built_with(jar: Path) -> int:
    """The major version of the javac that a jar's classes are from."""
    with zipfile.ZipFile(jar) as archive:
        found = re.search(rb"^Build-Jdk-Spec: (\d+)", archive.read(_MANIFEST), re.MULTILINE)
    if found is None:
        raise ValueError(f"{jar} was not built by this program")
    return int(found.group(1))


def _compile(sources: Path, classes: Path, used: Iterable[str]) -> None:
    javac_version()
    files = sorted(str(path) for path in sources.rglob("*.java"))
    class_path = os.pathsep.join(map(str, jars_of_spark(used)))
    command = ["javac", *_JAVAC_FLAGS, "-cp", class_path, "-d", str(classes), *files]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)
    if ended.returncode != 0:
        raise CannotBuild(ended.stdout + ended.stderr)


def _others(sources: Path) -> dict[str, bytes]:
    """What goes into the jar as it is: declarations of services."""
    return _files(sources, sources.glob("META-INF/**/*.*"))


def _files(folder: Path, paths: Iterable[Path]) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def jars_of_spark(names: Iterable[str]) -> list[Path]:
    """The jars that sources are compiled against; CannotBuild if they are not here."""
    try:
        return [jar_of_spark(name) for name in names]
    except Missing as missing:
        raise CannotBuild(str(missing)) from missing


def _manifest(main_class: str | None, javac: int) -> bytes:
    lines = ["Manifest-Version: 1.0", "Created-By: emrsim", f"Build-Jdk-Spec: {javac}"]
    if main_class is not None:
        lines.append(f"Main-Class: {main_class}")
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def _entry(path: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(path, _EPOCH)
    entry.create_system = 3  # Unix, wherever it is built
    entry.external_attr = 0o100644 << 16
    return entry


def main(names: list[str]) -> None:
    """Build the jars named, or all of them, to where they are in the package."""
    for name in names or JARS:
        build(name, shipped_jar(name))


if __name__ == "__main__":
    try:
        main(sys.argv[1:])
    except CannotBuild as error:
        sys.exit(f"error: {error}")
