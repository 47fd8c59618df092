"""The Sparks that are installed here: in the cache, and in the package pyspark, which is never imported."""

from __future__ import annotations

import importlib.util
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from emrsim.runtimes.cache import cache_folder
from emrsim.runtimes.lines import Line, line_of, numbers
from emrsim.runtimes.missing import Missing

SPARKS = "spark"  # the folder of installed Sparks in the cache
RECORD = "emrsim-installed.json"  # written last: how many jars there are and of what size
HOW_TO_GET_CLASSES = "pip install 'emrsim[jvm]'"

_CORE_JAR = re.compile(r"spark-core_([\d.]+)-(\d.*)\.jar")


@dataclass(frozen=True)
class Spark:
    """A Spark: the folder with its `bin` and `jars`, and its version.

    `is_package`: it is the one of the package pyspark.
    """

    home: Path
    version: str
    is_package: bool = False

    @property
    def line(self) -> Line:
        """Return what it runs on."""
        return line_of(self.version)

    @property
    def order(self) -> tuple[int, ...]:
        """Return what orders versions: (3, 5, 6)."""
        return numbers(self.version)


def installed_sparks() -> list[Spark]:
    """Return the Sparks that are here, newest first; of two of one version the package comes first."""
    return sorted([*_of_package(), *_of_cache()], key=lambda spark: spark.order, reverse=True)


def package_spark() -> Spark:
    """Return the Spark of the package pyspark. Raises Missing."""
    package = importlib.util.find_spec("pyspark")
    if package is None or package.origin is None:
        raise Missing(
            f"the package pyspark, which has the classes of Hadoop and Spark, is not installed: "
            f"{HOW_TO_GET_CLASSES}"
        )
    home = Path(package.origin).parent
    if not (home / "jars").is_dir():
        raise Missing(f"the pyspark in {home} is a client only, without classes: {HOW_TO_GET_CLASSES}")
    found = core_jar(home / "jars")
    return Spark(home, found[1] if found else "", is_package=True)


def default_spark() -> Spark:
    """Return the Spark for no release: the package's, else the newest. Raises Missing."""
    try:
        return package_spark()
    except Missing:
        if cached := list(_of_cache()):
            return max(cached, key=lambda spark: spark.order)
        raise


def spark_folder(version: str) -> Path:
    """Return where the Spark of that version is, once it is installed."""
    return cache_folder() / SPARKS / f"spark-{version}"


def what_is_damaged(spark: Spark) -> str | None:
    """Return what an installed Spark lacks; None if it is as it was installed, or is pip's."""
    if spark.is_package:
        return None
    try:
        record = json.loads((spark.home / RECORD).read_text())
        jars, size = jar_totals(spark.home)
    except (OSError, ValueError) as error:
        return str(error)
    if (jars, size) == (record["jars"], record["bytes"]):
        return None
    return f"its jars are {jars} of {size} bytes, expected {record['jars']} of {record['bytes']} bytes"


def jar_totals(home: Path) -> tuple[int, int]:
    """Return how many jars a Spark has and how many bytes they are together. Raises OSError."""
    with os.scandir(home / "jars") as entries:
        sizes = [entry.stat().st_size for entry in entries if entry.name.endswith(".jar")]
    return len(sizes), sum(sizes)


def core_jar(folder: Path) -> tuple[str, str] | None:
    """Return the versions of Scala and of Spark that the jars in `folder` are of; None if it has no Spark."""
    matches = (_CORE_JAR.fullmatch(name) for name in os.listdir(folder))
    return next(((found[1], found[2]) for found in matches if found), None)


def _of_package() -> Iterator[Spark]:
    try:
        yield package_spark()
    except Missing:
        return


def _of_cache() -> Iterator[Spark]:
    for home in (cache_folder() / SPARKS).glob("spark-*"):
        yield Spark(home, home.name.removeprefix("spark-"))
