"""Files and archives that an application is shipped with, in the working directory, where YARN puts them.

One process is driver and executors here, so there is one working directory (source: Spark, Running on YARN,
`spark.yarn.dist.files` and `spark.yarn.dist.archives`).
"""

from __future__ import annotations

import fcntl
import glob
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path

from emrsim.core.ports import StorageError
from emrsim.mapreduce.errors import JobRefused
from emrsim.programs.cluster_paths import on_this_machine
from emrsim.programs.surroundings import Surroundings
from emrsim.runtimes.missing import Missing

_PYTHON_SOURCE = ".py"
_GLOB = frozenset("*?[{")


def link_files(
    uris: Iterable[str], around: Surroundings, folder: Path, made: list[Path] | None = None
) -> Iterator[str]:
    """Make each file of `uris` appear in `folder`, under the name behind `#` if there is one.

    Yield what a user should know; add what is new to `made`. A name that is taken stays what it is. Raises
    Missing for a file that is not there.
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
                if made is not None:
                    made.append(place)


def unpack_archives(
    uris: Iterable[str], around: Surroundings, folder: Path, made: list[Path] | None = None
) -> Iterator[str]:
    """Unpack each archive of `uris` into a folder of the name behind `#` in `folder`; see `link_files`."""
    from emrsim.mapreduce.tasks.archives import unpack

    for uri in uris:
        for source, name in _named(uri, around):
            place = folder / name
            if place.exists() or place.is_symlink():
                yield f"{place} is there already: {uri} is not unpacked in its place"
                continue
            if made is not None:
                made.append(place)
            try:
                unpack(source, place)
            except JobRefused as error:
                shutil.rmtree(place, ignore_errors=True)
                raise Missing(str(error)) from error


class Borrowed:
    """A folder of a user's own, in which a program has what it is shipped with for as long as it runs."""

    def __init__(self, folder: Path) -> None:
        """Wait while others remove theirs from the folder; until this process ends they leave it alone."""
        self.made: list[Path] = []
        self._folder = os.open(folder, os.O_RDONLY)
        with suppress(OSError):  # a file system without locks
            fcntl.flock(self._folder, fcntl.LOCK_SH)

    def remove(self) -> None:
        """Remove what was made."""
        for path in self.made:
            if path.is_symlink() or path.is_file():
                path.unlink(missing_ok=True)
            else:
                shutil.rmtree(path, ignore_errors=True)

    def remove_at_the_end(self) -> None:
        """Remove what was made once this process, or what it becomes, has ended, however it ends.

        Where others run in the folder, once these have ended too: they may have found the same files there.
        """
        os.set_inheritable(self._folder, True)
        if not self.made:
            return
        reader, writer = os.pipe()
        if os.fork() != 0:
            os.close(reader)
            os.set_inheritable(writer, True)
            return
        os.setsid()
        try:
            self._wait(reader)
            self.remove()
        finally:
            os._exit(0)

    def _wait(self, reader: int) -> None:
        """Wait for the other end of the pipe; nothing else that was open is kept open meanwhile."""
        os.dup2(reader, 0)
        os.dup2(self._folder, 1)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        os.closerange(3, os.sysconf("SC_OPEN_MAX"))
        os.read(0, 1)
        with suppress(OSError):
            fcntl.flock(1, fcntl.LOCK_EX)


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
