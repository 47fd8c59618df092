"""Files that travel with a job: fetched once, unpacked if asked, linked into each attempt's folder."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence, Set
from pathlib import Path

from emrsim.core.ports import Storage, StorageError
from emrsim.mapreduce.errors import EXIT_FILE_NOT_FOUND, JobRefused
from emrsim.mapreduce.job.arguments import Arguments
from emrsim.mapreduce.job.parts import Programs
from emrsim.mapreduce.job.programs import Program
from emrsim.mapreduce.tasks.folders import copy_file, remove_tree

_LINK_NAMES = (
    "You need to specify the uris as scheme://path#linkname,"
    "Please specify a different link name for all of your caching URIs"
)


class LocalFiles:
    """The job's own copies of its files; tasks get links to them, never to the user's originals."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.names: list[str] = []

    def link_into(self, folder: Path) -> None:
        """Make every file visible in a task's folder."""
        for name in self.names:
            os.symlink(self.folder / name, folder / name)

    def add_file(self, source: Path, name: str) -> None:
        """Copy a file, made executable, or a directory."""
        target = self._target(name)
        if source.is_dir():
            import shutil

            shutil.copytree(source, target, symlinks=True)
        else:
            copy_file(source, target)
            target.chmod(source.stat().st_mode & 0o777 | 0o755)

    def add_archive(self, source: Path, name: str) -> None:
        """Unpack an archive into a directory; members that would leave it are refused."""
        from emrsim.mapreduce.tasks.archives import unpack

        unpack(source, self._target(name))

    def _target(self, name: str) -> Path:
        target = self.folder / name
        if os.sep in name or name in {"", ".", ".."}:
            raise JobRefused(f"java.lang.IllegalArgumentException: Resource name must be relative: {name}")
        if name in self.names:
            if target.is_dir():
                remove_tree(target)
            else:
                target.unlink()
        else:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.names.append(name)
        return target


def localise(arguments: Arguments, programs: Programs, files: LocalFiles, storage: Storage) -> Programs:
    """Fetch what the options name, and programs given as S3 URIs; returns the programs as tasks call them.

    Raises JobRefused for what is missing.
    """
    _check_link_names(arguments.all("cacheFile") + arguments.all("cacheArchive"))
    for path in arguments.all("file"):
        files.add_file(_shipped(path, storage), Path(path.rstrip("/")).name)
    for option, add in (
        ("files", files.add_file),
        ("libjars", files.add_file),
        ("archives", files.add_archive),
    ):
        for value in arguments.generic.get(option, []):
            for uri in filter(None, value.split(",")):
                location, _, link = uri.partition("#")
                add(_generic_file(location, storage), link or _base_name(location))
    for option, add in (("cacheFile", files.add_file), ("cacheArchive", files.add_archive)):
        for uri in arguments.all(option):
            location, _, link = uri.partition("#")
            add(_cached(location, storage), link)
    shipped = {os.path.realpath(_shipped(path, storage)) for path in arguments.all("file")}

    def localised(program: Program) -> Program:
        return _fetched(_unqualified(program, shipped), files, storage)

    mapper, combiner, reducer = programs
    return Programs(localised(mapper), None if combiner is None else localised(combiner), localised(reducer))


def _check_link_names(uris: Sequence[str]) -> None:
    """Each cache URI needs a link name of its own, upper and lower case being the same."""
    links = [uri.partition("#")[2].lower() for uri in uris]
    if "" in links or len(set(links)) < len(links):
        raise JobRefused(_LINK_NAMES, usage=True)


def _shipped(path: str, storage: Storage) -> Path:
    source = _path(path, storage.shipped_path)
    if not os.access(source, os.R_OK):
        raise JobRefused(f"File: {source} does not exist, or is not readable.", usage=True)
    return source


def _generic_file(location: str, storage: Storage) -> Path:
    source = _path(location, storage.shipped_path)
    if not source.exists():
        raise JobRefused(f"java.io.FileNotFoundException: File {location} does not exist.", bare=True)
    return source


def _cached(location: str, storage: Storage) -> Path:
    source = _path(location, storage.path)
    if not source.exists():
        qualified = storage.qualify(location)
        raise JobRefused(
            f"Error launching job , bad input path : File does not exist: {qualified}", EXIT_FILE_NOT_FOUND
        )
    return source


def _unqualified(program: Program, shipped: Set[str]) -> Program:
    """A program that is one of the files of `-file` as its bare name, which is in the task's folder.

    Source: StreamJob.unqualifyIfLocalPath.
    """
    if not program.words or os.path.realpath(program.words[0]) not in shipped:
        return program
    if not os.path.isfile(program.words[0]):
        return program
    return Program(words=(os.path.basename(program.words[0]), *program.words[1:]))


def _fetched(program: Program, files: LocalFiles, storage: Storage) -> Program:
    """A program named by an S3 URI as `./name`, the file being fetched (EMR's feature; details assumed)."""
    if not program.words or not storage.is_s3(program.words[0]):
        return program
    location, _, link = program.words[0].partition("#")
    source = _path(location, storage.path)
    if not source.is_file():
        raise JobRefused(
            f"Error launching job , bad input path : File does not exist: {location}", EXIT_FILE_NOT_FOUND
        )
    name = link or _base_name(location)
    files.add_file(source, name)
    return Program(words=(f"./{name}", *program.words[1:]))


def _path(uri: str, resolve: Callable[[str], Path]) -> Path:
    try:
        return resolve(uri)
    except StorageError as error:
        raise JobRefused(f"java.io.FileNotFoundException: {error}", EXIT_FILE_NOT_FOUND) from error


def _base_name(location: str) -> str:
    return location.rstrip("/").rpartition("/")[2]
