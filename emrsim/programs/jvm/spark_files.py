"""Files and archives that an application is shipped with, in the working directory, where YARN puts them.

One process is driver and executors here, so there is one working directory (source: Spark, Running on YARN,
`spark.yarn.dist.files` and `spark.yarn.dist.archives`).
"""

from __future__ import annotations

import glob
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

from emrsim.core.ports import StorageError
from emrsim.mapreduce.errors import JobRefused
from emrsim.programs.cluster_paths import on_this_machine
from emrsim.programs.surroundings import Surroundings
from emrsim.runtimes.missing import Missing

_PYTHON_SOURCE = ".py"
_GLOB = frozenset("*?[{")


def link_files(uris: Iterable[str], around: Surroundings, folder: Path) -> Iterator[str]:
    """Make each file of `uris` appear in `folder`, under the name behind `#` if there is one.

    Yield what a user should know. A name that is taken stays what it is. Raises Missing for a file that is
    not there.
    """
    for uri in uris:
        for source, name in _named(uri, around):
            place = folder / name
            if place.is_symlink() and place.readlink() == source:
                continue
            if place.exists() or place.is_symlink():
                yield f"{place} is there already: {uri} is not put in its place"
            else:
                place.symlink_to(source)


def unpack_archives(uris: Iterable[str], around: Surroundings, folder: Path) -> Iterator[str]:
    """Unpack each archive of `uris` into a folder of the name behind `#` in `folder`; see `link_files`."""
    from emrsim.mapreduce.tasks.archives import unpack

    for uri in uris:
        for source, name in _named(uri, around):
            place = folder / name
            if place.exists() or place.is_symlink():
                yield f"{place} is there already: {uri} is not unpacked in its place"
                continue
            try:
                unpack(source, place)
            except JobRefused as error:
                shutil.rmtree(place, ignore_errors=True)
                raise Missing(str(error)) from error


def packages_of(py_files: Iterable[str]) -> list[str]:
    """Return those of --py-files that are packages: zip, egg, whl."""
    return [uri for uri in py_files if not uri.partition("#")[0].endswith(_PYTHON_SOURCE)]


def local_paths(uris: Iterable[str], around: Surroundings) -> list[str]:
    """Return where the files of `uris` are on this machine. Raises Missing."""
    return [str(source) for uri in uris for source, _ in _named(uri, around)]


def split_list(text: str) -> list[str]:
    """Return the members of a comma-separated list."""
    return [word.strip() for word in text.split(",") if word.strip()]


def _named(uri: str, around: Surroundings) -> Iterator[tuple[Path, str]]:
    """The local path and the name of what a URI stands for, several for a pattern. Raises Missing."""
    plain, _, name = uri.partition("#")
    try:
        path = around.storage.shipped_path(on_this_machine(plain, around))
    except StorageError as error:
        raise Missing(str(error)) from error
    found = [Path(one) for one in glob.glob(os.fspath(path))] if _GLOB & set(path.name) else [path]
    if not found or not all(one.exists() for one in found):
        raise Missing(f"File does not exist: {plain}")
    for one in found:
        yield one, name or one.name
