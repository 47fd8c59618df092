"""`s3-dist-cp ARGS`: what is said, in which order, and with which exit code it ends."""

from __future__ import annotations

import signal
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from emrsim.core.ports import StorageError
from emrsim.mapreduce.report.joblog import JobLog, console_log, file_log
from emrsim.programs.files import replacing, write_all
from emrsim.programs.s3distcp import manifest
from emrsim.programs.s3distcp.copying import Copier
from emrsim.programs.s3distcp.errors import EXIT_NO_DESTINATION, CopyRefused, runtime_error
from emrsim.programs.s3distcp.listing import manifest_entries, manifest_files, source_files
from emrsim.programs.s3distcp.options import Options, help_text, parse
from emrsim.programs.s3distcp.plan import Output, Source, plan, wanted
from emrsim.programs.surroundings import surroundings
from emrsim.storage import DirectoryStorage

LOGGER = "com.amazon.elasticmapreduce.s3distcp.S3DistCp"
_SIGNAL_EXIT_BASE = 128


def main(arguments: list[str]) -> int:
    """Copy as `arguments` say; returns the exit code of S3DistCp, 128+n when signal n stopped it."""
    around = surroundings()
    log = file_log(str(around.syslog)) if around.syslog else console_log()
    log.info(LOGGER, f"Running with args: {' '.join(arguments)}")
    try:
        options = parse(arguments)
        if options is None:
            print(help_text())
            return 0
        _stop_on_signals()
        _Run(options, around.storage, log).run()
    except CopyRefused as error:
        return _refuse(error, log, log_is_read=around.syslog is None)
    except _Signalled as signalled:
        log.error(LOGGER, f"Stopped by signal {signalled.number}")
        return _SIGNAL_EXIT_BASE + signalled.number
    return 0


def _refuse(error: CopyRefused, log: JobLog, *, log_is_read: bool) -> int:
    if error.fatal is not None:
        log.record("FATAL", LOGGER, error.fatal)
        if not log_is_read:
            print(error.fatal, file=sys.stderr)
    if error.exception is not None:
        print(f'Exception in thread "main" {error.exception}', file=sys.stderr)
    return error.exit_code


@dataclass
class _Run:
    """One copy from listing to manifest."""

    options: Options
    storage: DirectoryStorage
    log: JobLog

    def run(self) -> None:
        """Copy; raises CopyRefused."""
        for option in self.options.without_effect:
            self.log.info(LOGGER, f"{option} is accepted and changes nothing here")
        self._check_destination()
        files = self._files()
        known = self._previous_sizes()
        new = [file for file in files if known.get(file.relative) != file.size]
        self.log.info(LOGGER, f"Created 1 files to copy {len(new)} files")
        outputs = plan(new, self.options, self._existing)
        self._make_destination()
        copier = self._copier()
        copier.run(outputs)
        self._check_failures(copier)
        self.log.info(LOGGER, f"Copied {copier.copied_files} files, {copier.copied_bytes} bytes")
        self._write_manifest(files, outputs)

    def _copier(self) -> Copier:
        deletes = self.options.delete_on_success
        return Copier(self.storage, self.options.destination, deletes=deletes, log=self.log)

    def _check_destination(self) -> None:
        options = self.options
        try:
            self.storage.writable_path(options.destination)
        except StorageError as error:
            raise _no_destination(options.destination, error) from error
        if options.append and self.storage.is_s3(options.destination):
            message = "--appendToLastFile option is not supported for s3"
            raise CopyRefused(exception=f"java.lang.IllegalArgumentException: {message}")

    def _make_destination(self) -> None:
        if self.storage.is_s3(self.options.destination):
            return  # there are no folders in S3, but those of objects
        try:
            self.storage.writable_path(self.options.destination).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise _no_destination(self.options.destination, error) from error

    def _files(self) -> list[Source]:
        """All files that the patterns choose. Without any, the Hadoop job of S3DistCp has no input."""
        options = self.options
        if options.copies_from_manifest and options.previous_manifest is not None:
            purpose = "Failed to add file info from previous manifest file"
            entries = manifest_entries(self.storage, options.previous_manifest, purpose)
            found = manifest_files(self.storage, entries)
        else:
            found = source_files(self.storage, options.source, options.source_prefixes_file, self._warn)
        chosen = [file for file in found if wanted(file.uri, options)] if _has_patterns(options) else found
        if not chosen:
            reason = f"None of the {len(found)} files in {options.source} is to be copied"
            import uuid

            missing = f"Input path does not exist: hdfs:///tmp/{uuid.uuid4()}/files"
            cause = f"org.apache.hadoop.mapreduce.lib.input.InvalidInputException: {missing}"
            raise runtime_error("Error running job", cause, fatal=reason)
        return chosen

    def _warn(self, message: str) -> None:
        self.log.warn(LOGGER, message)

    def _previous_sizes(self) -> dict[str, int]:
        """Sizes of the files that the previous manifest says are copied, by their names."""
        options = self.options
        if options.previous_manifest is None or options.copies_from_manifest:
            return {}
        try:
            purpose = "Failed to load manifest file"
            entries = manifest_entries(self.storage, options.previous_manifest, purpose)
        except CopyRefused as error:
            if options.requires_previous_manifest:
                raise
            self._warn(f"No previous manifest: {error}")
            return {}
        return {entry.base_name: entry.size for entry in entries}

    def _existing(self, relative: str) -> int | None:
        """The size of what is at `relative` below the destination; None if nothing is."""
        path = self._destination(relative)
        try:
            return path.stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            return None

    def _destination(self, relative: str) -> Path:
        try:
            if relative.rpartition("/")[2] in {".", ".."}:
                raise StorageError(f"invalid name {relative!r}: it is no name of a file")
            return self.storage.writable_path(self._uri(relative))
        except StorageError as error:
            raise _no_destination(self._uri(relative), error) from error

    def _uri(self, relative: str) -> str:
        return f"{self.options.destination.rstrip('/')}/{relative}"

    def _check_failures(self, copier: Copier) -> None:
        if copier.failed:
            count = len(copier.failed)
            reason, first = f"{copier.reason}", copier.failed[0].uri
            self.log.error(LOGGER, f"Reducer task failed to copy {count} files: {first} etc")
            raise runtime_error(f"{count} files failed to copy", f"java.io.IOException: {reason}")

    def _write_manifest(self, files: Sequence[Source], outputs: Sequence[Output]) -> None:
        if self.options.output_manifest is None:
            return
        folder = self.options.destination.rstrip("/")
        written = {source.uri: self._uri(output.relative) for output in outputs for source in output.sources}
        entries = [
            manifest.Entry(
                written.get(file.uri) or self._uri(file.relative), file.relative, folder, file.size
            )
            for file in files
        ]
        target = self._destination(self.options.output_manifest.rpartition("/")[2])
        with replacing(str(target)) as made:
            write_all(made, manifest.written(entries))


def _has_patterns(options: Options) -> bool:
    return options.source_pattern is not None or options.group_by is not None


def _no_destination(uri: str, error: Exception) -> CopyRefused:
    return CopyRefused(f"Failed to create destination path {uri}: {error}", exit_code=EXIT_NO_DESTINATION)


class _Signalled(BaseException):
    """A signal asked for an end. What is under way is cleaned up as the exception passes."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def _stop_on_signals() -> None:
    """End soon on SIGTERM, SIGINT and SIGHUP; a second one does not disturb the end."""

    def handler(number: int, frame: FrameType | None) -> None:
        for each in numbers:
            signal.signal(each, signal.SIG_IGN)
        raise _Signalled(number)

    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    for number in numbers:
        signal.signal(number, handler)
