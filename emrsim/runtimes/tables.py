"""Jars of table formats: Iceberg's from a package of pip's, Delta's and Hudi's from the user.

They are in a folder of the cache for each format. No package has the jars of Delta or Hudi
(source: facts/releases 7).
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from emrsim.core.suggestions import unknown
from emrsim.runtimes.cache import cache_folder
from emrsim.runtimes.lines import line_name
from emrsim.runtimes.missing import Missing
from emrsim.runtimes.pip import download
from emrsim.runtimes.sparks import Spark

_JARS = "jars"
_ICEBERG_PACKAGE = "snowpark-connect-deps-iceberg"
# Versions of Iceberg and the versions of the package that have them complete; 1.0.3 lacks Jackson.
ICEBERG_VERSIONS: Mapping[str, str] = {"1.10.2": "1.0.2", "1.9.2": "1.0.1"}
_ICEBERG_JAR = re.compile(r"[^/]+/jars/(iceberg-spark-runtime-3\.5_2\.12-[\d.]+\.jar)")
# `iceberg-spark-runtime-3.5_2.12-1.10.2.jar`, `hudi-spark3.5-bundle_2.12-1.0.2.jar`: the line of Spark.
_FOR_SPARK = re.compile(r"(?:runtime-|spark)(\d\.\d+)[-_]")
# No Python of this machine's is asked: the package has jars only.
_PIP_OPTIONS = ("--only-binary=:all:", "--python-version=3.11")


class Format(NamedTuple):
    """A table format: EMR's places of its jars with the beginnings of their names, and its classes."""

    places: Mapping[str, tuple[str, ...]]
    package: str  # of its classes
    maven: str  # how its coordinates begin

    def jar_for(self, place: str, jars: list[Path]) -> Path | None:
        """Return the jar that stands for EMR's at `place`."""
        beginnings = self.places[place]
        return next((jar for jar in jars for begin in beginnings if jar.name.startswith(begin)), None)


FORMATS: Mapping[str, Format] = {
    "iceberg": Format(
        {"/usr/share/aws/iceberg/lib/iceberg-spark3-runtime.jar": ("iceberg-spark",)},
        "org.apache.iceberg.",
        "org.apache.iceberg:iceberg-spark",
    ),
    "delta": Format(
        {
            "/usr/share/aws/delta/lib/delta-core.jar": ("delta-core", "delta-spark"),
            "/usr/share/aws/delta/lib/delta-spark.jar": ("delta-spark", "delta-core"),
            "/usr/share/aws/delta/lib/delta-storage.jar": ("delta-storage",),
        },
        "io.delta.",
        "io.delta:delta-",
    ),
    "hudi": Format(
        {
            "/usr/lib/hudi/hudi-spark-bundle.jar": ("hudi-spark",),
            "/usr/lib/hudi/hudi-spark3-bundle.jar": ("hudi-spark",),
            "/usr/lib/hudi/hudi-utilities-bundle.jar": ("hudi-utilities",),
        },
        "org.apache.hudi.",
        "org.apache.hudi:hudi-",
    ),
}


def jars_of(name: str) -> list[Path]:
    """Return the jars of a format that are installed, newest version last by name."""
    return sorted((cache_folder() / _JARS / name).glob("*.jar"))


def how_to_get(name: str) -> str:
    """Return what a user does to get the jar of a format."""
    by_hand = f"emrsim install --jar FILE as {name}"
    return f"emrsim install iceberg, or {by_hand}" if name == "iceberg" else by_hand


def what_does_not_fit(jar: Path, spark: Spark) -> str | None:
    """Return why a jar cannot be for this Spark, as far as its name tells."""
    found = _FOR_SPARK.search(jar.name)
    if found is None or found[1] == line_name(spark.version):
        return None
    return f"{jar.name} is for Spark {found[1]}, and Spark {spark.version} runs here"


def install_iceberg(version: str | None, source: Path | None = None) -> Path:
    """Install the jar of a version of Iceberg for Spark 3.5; raises Missing, and then nothing has changed."""
    wanted = version or next(iter(ICEBERG_VERSIONS))
    if wanted not in ICEBERG_VERSIONS:
        raise Missing(unknown("version of Iceberg", wanted, ICEBERG_VERSIONS))
    package = ICEBERG_VERSIONS[wanted]
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=_folder("iceberg")) as scratch:
        wheel = _wheel(package, source, Path(scratch))
        try:
            with zipfile.ZipFile(wheel) as archive:
                names = [name for name in archive.namelist() if _ICEBERG_JAR.fullmatch(name)]
                if not names:
                    raise Missing(f"{wheel.name} has no jar of Iceberg for Spark 3.5 and Scala 2.12")
                unpacked = Path(scratch, "jar")
                with archive.open(names[0]) as content, open(unpacked, "wb") as file:
                    shutil.copyfileobj(content, file)
        except (zipfile.BadZipFile, OSError) as error:
            raise Missing(f"{wheel.name} cannot be unpacked: {error}") from error
        return _put(unpacked, "iceberg", names[0].rpartition("/")[2])


def install_jar(jar: Path, name: str) -> Path:
    """Install a user's own jar as one of a format's. Raises Missing."""
    if name not in FORMATS:
        raise Missing(unknown("table format", name, FORMATS))
    if not zipfile.is_zipfile(jar):
        raise Missing(f"{jar} is no jar: expected a zip file")
    with tempfile.TemporaryDirectory(prefix=".installing-", dir=_folder(name)) as scratch:
        copied = shutil.copyfile(jar, Path(scratch, "jar"))
        return _put(copied, name, jar.name if jar.name.endswith(".jar") else f"{jar.name}.jar")


def remove_jars(name: str) -> Path:
    """Remove the jars of a format and return where they were. Raises Missing where there are none."""
    folder = cache_folder() / _JARS / name
    if not jars_of(name):
        raise Missing(f"no jar of {name} is installed")
    shutil.rmtree(folder)
    return folder


def _folder(name: str) -> Path:
    folder = cache_folder() / _JARS / name
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise Missing(f"{folder} cannot be written to: {error.strerror}: set EMRSIM_CACHE") from error
    return folder


def _wheel(package: str, source: Path | None, scratch: Path) -> Path:
    if source is None:
        fetched = scratch / "wheel"
        fetched.mkdir()
        return download(f"{_ICEBERG_PACKAGE}=={package}", fetched, _PIP_OPTIONS)
    found = sorted(source.glob(f"{_ICEBERG_PACKAGE.replace('-', '_')}-{package}-*.whl"))
    if not found:
        options = " ".join(_PIP_OPTIONS)
        raise Missing(
            f"there is no archive of {_ICEBERG_PACKAGE} {package} in {source}: fetch it on a machine with a "
            f"network: pip download --no-deps {options} {_ICEBERG_PACKAGE}=={package}"
        )
    return found[0]


def _put(jar: Path, name: str, file_name: str) -> Path:
    """Move a jar to its place; of Iceberg's own there is one, the last that was installed."""
    place = _folder(name) / file_name
    if name == "iceberg":
        for other in jars_of(name):
            if other != place:
                other.unlink()
    os.replace(jar, place)
    return place
