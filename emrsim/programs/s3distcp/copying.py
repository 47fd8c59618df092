"""Outputs written: several at once, each whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from threading import Event, Lock, Semaphore, Thread

from emrsim.core.ports import StorageError
from emrsim.mapreduce.errors import TaskFailed
from emrsim.mapreduce.formats import codecs
from emrsim.mapreduce.report.joblog import JobLog
from emrsim.mapreduce.tasks.resources import available_cores
from emrsim.programs.files import Stopped, add_file, copy_file, copy_new_file, new_folder, replacing
from emrsim.programs.s3distcp.plan import Output, Source, codec_of
from emrsim.storage import DirectoryStorage

LOGGER = "com.amazon.elasticmapreduce.s3distcp.CopyFilesRunnable"
# Work is handed out in pieces, each of one folder: of many small files, so that a new folder can be made as
# a whole; of few large ones, so that all threads have some.
_BATCH_FILES = 1000
_BATCH_BYTES = 32 << 20
_WORKERS_MAX = 8
_PLAIN_NAME_MAX = 200  # longer names may be refused, as may those that are not ASCII
_CHUNK_BYTES = 1 << 20
_CODEC_CLASSES = {"gz": "GzipCodec", "snappy": "SnappyCodec"}


class Copier:
    """Writes outputs below `destination`. What failed is in `failed`, why first in `reason`; sources of what
    did not are removed if `deletes` says so."""

    def __init__(self, storage: DirectoryStorage, destination: str, *, deletes: bool, log: JobLog) -> None:
        self._stop = Event()
        self.failed: list[Source] = []
        self.reason = ""
        self.copied_files = 0
        self.copied_bytes = 0
        self._storage = storage
        self._destination = destination.rstrip("/")
        self._deletes = deletes
        self._log = log
        self._lock = Lock()
        self._ended = Semaphore(0)
        self._bug: BaseException | None = None
        self._folders: dict[str, str] = {}

    def run(self, outputs: Sequence[Output]) -> None:
        """Write all outputs, as far as they can be. An exception that passes ends all threads first."""
        batches = iter(list(_batches(outputs)))
        count = min(available_cores(), _WORKERS_MAX)
        workers = [Thread(target=self._work, args=(batches,), name=f"s3distcp-{n}") for n in range(count)]
        try:
            for worker in workers:
                worker.start()
            for _ in workers:
                self._ended.acquire()  # unlike join, this may be left by an exception of a signal handler
        finally:
            self._stop.set()
            for worker in workers:
                if worker.ident is not None:  # it was started
                    worker.join()
        if self._bug is not None:
            raise self._bug

    def _work(self, batches: Iterator[Sequence[Output]]) -> None:
        """What a worker does: a batch after the other. Its exceptions are raised by `run`."""
        try:
            for batch in batches:
                self._batch(batch)
        except BaseException as error:
            self._bug = error
            self._stop.set()
        finally:
            self._ended.release()

    def _batch(self, outputs: Sequence[Output]) -> None:
        relative = outputs[0].relative.rpartition("/")[0]
        if len(outputs) > 1 and not self._deletes and all(output.codec is None for output in outputs):
            target = self._new_folder(relative)
            if target is not None:
                self._copy_folder(outputs, target)
                return
        self._each(outputs, self._write)

    def _copy_folder(self, outputs: Sequence[Output], target: str) -> None:
        """Make a folder as a whole."""

        def copy(output: Output) -> int:
            self._check_name(output.relative)
            name = output.relative.rpartition("/")[2]
            return copy_new_file(output.sources[0].path, f"{made}/{name}", self._stop.is_set)

        try:
            with new_folder(target) as made:
                self._each(outputs, copy)
        except OSError as error:  # of the folder: those of its files are seen to
            self._fail_all(outputs, error)

    def _each(self, outputs: Sequence[Output], write: Callable[[Output], int]) -> None:
        """Write the outputs one after the other, and count them."""
        size = files = 0
        for output in outputs:
            if self._stop.is_set():
                break
            try:
                size += write(output)
            except Stopped:
                break
            except (OSError, StorageError, TaskFailed) as error:
                self._fail(output, error)
            else:
                files += len(output.sources)
        with self._lock:
            self.copied_bytes += size
            self.copied_files += files

    def _write(self, output: Output) -> int:
        target = self._target(output.relative)
        if output.codec is None:
            size = copy_file(output.sources[0].path, target, self._stop.is_set)
        else:
            with replacing(target) as made:
                if output.append:
                    add_file(target, made, self._stop.is_set)
                codec = output.codec
                size = sum(self._add(source, codec, made) for source in output.sources)
        if self._deletes:
            self._delete(output.sources, target)
        return size

    def _target(self, relative: str) -> str:
        self._check_name(relative)
        folder, _, name = relative.rpartition("/")
        return f"{self._folder(folder)}/{name}"

    def _check_name(self, relative: str) -> None:
        """Let the storage refuse a name; most names need no such question."""
        folder, _, name = relative.rpartition("/")
        if name in {".", ".."} or (".." in folder and ".." in folder.split("/")):
            raise StorageError(
                f"{self._destination}/{relative}: invalid name {name!r}: it is no name of a file"
            )
        if not (name.isascii() and len(name) < _PLAIN_NAME_MAX):
            self._storage.writable_path(f"{self._destination}/{relative}")

    def _add(self, source: Source, codec: str, made: int) -> int:
        """Write a source in the form of `codec`; what is in that form already needs no second look."""
        if _is_in_form(source, codec):
            return add_file(source.path, made, self._stop.is_set)
        size = 0
        with open(made, "wb", closefd=False) as target:
            writer = codecs.compressed_writer(_CODEC_CLASSES[codec], target) if codec else target
            for chunk in self._plain(source):
                writer.write(chunk)
                size += len(chunk)
            if codec:
                writer.close()
        return size

    def _plain(self, source: Source) -> Iterator[bytes]:
        codec = codec_of(source.relative)
        chunks = codecs.read_chunks(Path(source.path), ending=f".{codec}") if codec else _chunks(source.path)
        for chunk in chunks:
            if self._stop.is_set():
                raise Stopped
            yield chunk

    def _folder(self, relative: str) -> str:
        """Where a folder below the destination is; made when it is first asked for."""
        found = self._folders.get(relative)
        if found is None:
            path = self._storage.writable_path(f"{self._destination}/{relative}".rstrip("/"))
            path.mkdir(parents=True, exist_ok=True)
            found = self._folders[relative] = str(path)
        return found

    def _new_folder(self, relative: str) -> str | None:
        """Where a folder below the destination is to be; None if it is there. Those above it are made."""
        if relative in self._folders:
            return None
        try:
            path = self._storage.writable_path(f"{self._destination}/{relative}".rstrip("/"))
            if path.exists() or path.is_symlink():
                return None
            path.parent.mkdir(parents=True, exist_ok=True)
        except (OSError, StorageError):
            return None  # each output will meet this, and tell
        return str(path)

    def _fail(self, output: Output, error: Exception) -> None:
        self._log.error(LOGGER, f"Error downloading input files. Not marking as committed: {error}")
        with self._lock:
            self.reason = self.reason or str(error)
            self.failed.extend(output.sources)

    def _fail_all(self, outputs: Sequence[Output], error: Exception) -> None:
        known = set(self.failed)
        for output in outputs:
            if known.isdisjoint(output.sources):
                self._fail(output, error)

    def _delete(self, sources: Sequence[Source], target: str) -> None:
        for source in sources:
            if os.path.realpath(source.path) == os.path.realpath(target):
                self._log.warn(LOGGER, f"Not deleting {source.uri}: it is its own copy")
                continue
            try:
                os.unlink(source.path)
                if self._storage.is_s3(source.uri):
                    _remove_empty_folders(source.path, str(self._storage.top(source.uri)))
            except OSError as error:
                self._log.error(LOGGER, f"Failed to delete file {source.uri}. Skipping: {error}")


def _is_in_form(source: Source, codec: str) -> bool:
    return codec_of(source.relative) == codec


def _chunks(path: str) -> Iterator[bytes]:
    with open(path, "rb") as source:
        while chunk := source.read(_CHUNK_BYTES):
            yield chunk


def _batches(outputs: Sequence[Output]) -> Iterator[Sequence[Output]]:
    start = size = 0
    folder = ""
    for index, output in enumerate(outputs):
        here = output.relative.rpartition("/")[0]
        if index > start and (here != folder or index - start >= _BATCH_FILES or size >= _BATCH_BYTES):
            yield outputs[start:index]
            start, size = index, 0
        folder = here
        for source in output.sources:
            size += source.size
    if outputs:
        yield outputs[start:]


def _remove_empty_folders(path: str, top: str) -> None:
    """S3 has no empty folders: those above the file that was at `path` go, up to the bucket."""
    folder = os.path.dirname(path)
    while folder != top and not os.listdir(folder):
        os.rmdir(folder)
        folder = os.path.dirname(folder)
