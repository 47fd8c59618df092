"""Part files, and the committer that makes them visible only when the whole job has succeeded."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import IO

from emrsim.mapreduce.errors import EXIT_IO_ERROR, EXIT_OUTPUT_EXISTS_HADOOP_1, JobRefused
from emrsim.mapreduce.formats import codecs
from emrsim.mapreduce.formats import pairs as keyvalue
from emrsim.mapreduce.formats.exchange import Exchange
from emrsim.mapreduce.job.classes import NULL_OUTPUT, SEQUENCE_FILE_OUTPUTS
from emrsim.mapreduce.job.job import Job
from emrsim.mapreduce.tasks.folders import remove_tree

TEMPORARY = "_temporary"
SUCCESS = "_SUCCESS"
_ARRAYS_FROM_BYTES = 16 << 20


def check_output(directory: Path, uri: str, generation: int) -> None:
    """Refuse an output directory that is there already, even an empty one."""
    if not os.path.lexists(directory):
        return
    message = f"Output directory {uri} already exists"
    if generation == 1:
        raise JobRefused(
            f"Error launching job , Output path already exists : {message}", EXIT_OUTPUT_EXISTS_HADOOP_1
        )
    raise JobRefused(f"Error Launching job : {message}", EXIT_IO_ERROR)


class Committer:
    """FileOutputCommitter: attempts write below `_temporary`, success renames their files into place."""

    def __init__(
        self, directory: Path, note_committed: Callable[[Path], None], *, may_exist: bool = False
    ) -> None:
        """`note_committed` is told of each path in the directory before it appears there."""
        self.directory = directory
        self._note_committed = note_committed
        self._may_exist = may_exist
        self._is_marked = False
        self._temporary = directory / TEMPORARY
        self._finished: list[Path] = []
        self._empty: list[Path] = []
        self._committed: list[Path] = []

    def set_up(self) -> None:
        """Make the output directory; one that is there already is used only where it may be."""
        self._temporary.mkdir(parents=True, exist_ok=self._may_exist)

    def attempt_folder(self, attempt: str) -> Path:
        """The folder of an attempt's files; side files that a command puts there are output too."""
        folder = self._temporary / attempt
        try:
            os.rename(self._empty.pop(), folder)
        except IndexError:
            folder.mkdir()
        return folder

    def keep(self, folder: Path) -> None:
        """Count an attempt's files in; safe to call from threads. An empty folder serves another attempt."""
        with os.scandir(folder) as entries:
            is_empty = next(entries, None) is None
        (self._empty if is_empty else self._finished).append(folder)

    def discard(self, folder: Path) -> None:
        """Throw a failed attempt's files away."""
        remove_tree(folder)

    def commit(self, *, mark: bool) -> None:
        """Make the output visible; `mark` it as a success last."""
        for folder in sorted(self._finished):
            for name in os.listdir(folder):
                self._note_committed(self.directory / name)
                self._committed.append(self.directory / name)
            _merge(folder, self.directory)
        remove_tree(self._temporary)
        if mark:
            self._is_marked = True
            (self.directory / SUCCESS).touch()

    def abort(self) -> None:
        """Remove what was written, committed or not; the directory itself stays, as Hadoop leaves it."""
        for path in (*([self.directory / SUCCESS] if self._is_marked else ()), *self._committed):
            if path.is_dir() and not path.is_symlink():
                remove_tree(path)
            else:
                path.unlink(missing_ok=True)
        remove_tree(self._temporary)


def _merge(source: Path, target: Path) -> None:
    for entry in os.scandir(source):
        destination = target / entry.name
        both_folders = entry.is_dir(follow_symlinks=False) and destination.is_dir()
        if both_folders and not destination.is_symlink():
            _merge(Path(entry.path), destination)
        else:
            os.replace(entry.path, destination)


class PartFile:
    """One `part-NNNNN`: text lines or a sequence file, compressed if the job says so.

    With lazy output the file appears with its first record.
    """

    def __init__(self, job: Job, exchange: Exchange, folder: Path, index: int) -> None:
        ending = codecs.output_ending(job.output.codec) if job.output.codec else ""
        self._is_sequence = job.output.format in SEQUENCE_FILE_OUTPUTS
        self._path = folder / f"part-{index:05d}{'' if self._is_sequence else ending}"
        self._job = job
        self._exchange = exchange
        self._form = job.output.lines
        self._file: IO[bytes] | None = None
        self._writer: codecs.Writer | None = None
        self._text_bytes = 0
        self.bytes_written = 0
        self._is_dropped = job.output.format == NULL_OUTPUT
        if not job.output.lazily and not self._is_dropped:
            self._open()

    def write(self, batch: keyvalue.Batch) -> None:
        """Add records."""
        if batch.count == 0 or self._is_dropped:
            return
        if self._is_sequence:
            self._write(batch.pairs())
            return
        batch = self._exchange.shown(batch, self._job.output_classes)
        if isinstance(batch, keyvalue.Lines):
            self._text_bytes += batch.size
            in_arrays = self._text_bytes > _ARRAYS_FROM_BYTES or "pyarrow" in sys.modules
            self._write(batch.rewritten(self._form, in_arrays=in_arrays))
        else:
            self._write(self._form.join(batch.pairs()))

    def close(self) -> None:
        """Finish the file."""
        if self._writer is not None:
            self._writer.close()
        if self._file is not None:
            self._file.close()
            self.bytes_written = self._path.stat().st_size

    def _write(self, data: object) -> None:
        if self._writer is None:
            self._open()
        assert self._writer is not None
        self._writer.write(data)  # type: ignore[arg-type]  # pairs or text, as the writer is made for

    def _open(self) -> None:
        self._file = open(self._path, "wb")  # noqa: SIM115  closed by close()
        codec = self._job.output.codec
        if self._is_sequence:
            from emrsim.mapreduce.tasks.sequenceoutput import writer_for

            self._writer = writer_for(self._job, self._file)  # type: ignore[assignment]
        elif codec:
            self._writer = codecs.compressed_writer(codec, self._file)
        else:
            self._writer = self._file
