"""The tree of logs under LogUri, and the step runner's own log (source: docs/facts/logs.md)."""

from __future__ import annotations

import gzip
import os
import re
import shlex
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from emrsim.core.ports import Storage, StorageError

STEP_FILES = ("controller", "syslog", "stdout", "stderr")
# Logs go where others read them.
_SECRET = re.compile(r"SECRET|PASSWORD|PASSWD|TOKEN|CREDENTIAL|PRIVATE|API_?KEY", re.IGNORECASE)
_GZIP_LEVEL = 1  # logs are read once or never


class ControllerLog:
    """The file `controller` of a step or bootstrap action, line by line as EMR's runners write it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "controller"

    def runs_again(self) -> None:
        """Say, of what was started before emrsim was stopped, that it is started once more; else nothing."""
        if self._path.is_file() and self._path.stat().st_size:
            self._line("WARN", "emrsim was stopped while this ran; it runs again from its beginning")

    def ensure_jar(self, number: int, jar: str) -> None:
        self._line("INFO", f"Ensure step {number} jar file {jar}")

    def not_downloaded(self, uri: str, why: str) -> None:
        self._line("INFO", f"Failed to download: {uri}")
        self._append(f"java.io.FileNotFoundException: {why}\n")

    def start(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        """The command that really runs here, where EMR's line has `hadoop jar …`."""
        self._line("INFO", f"startExec '{shlex.join(argv)}'")
        self._line("INFO", "Environment:")
        lines = (
            f"  {name}={'(not shown)' if _SECRET.search(name) else value}\n"
            for name, value in sorted(environment.items())
        )
        self._append("".join(lines))

    def cannot_run(self, reason: str) -> None:
        self._line("ERROR", reason)

    def process_ended(self, exit_code: int, seconds: float) -> None:
        self._line("INFO", f"waitProcessCompletion ended with exit code {exit_code}")
        self._line("INFO", f"total process run time: {seconds:.0f} seconds")

    def note(self, text: str) -> None:
        """What is not as it is on EMR: another interpreter, say."""
        self._line("WARN", text)

    def step_ended(self, succeeded: bool, exit_code: int, seconds: float) -> None:
        level, word = ("INFO", "succeeded") if succeeded else ("WARN", "failed")
        self._line(level, f"Step {word} with exitCode {exit_code} and took {seconds:.0f} seconds")

    def fetching(self, uri: str) -> None:
        """Of a bootstrap action, as the lines below (source: docs/facts/logs.md#controller)."""
        self._line("INFO", f"Fetching file '{uri}'")

    def skipped(self, path: str, rule_id: str) -> None:
        """Of a bootstrap action that a rule of a test lets not run."""
        self._line("INFO", f"Not run: {path}, as rule {rule_id} of emrsim says")

    def executing(self, working_folder: Path, argv: Sequence[str]) -> None:
        self._line("INFO", f"Working dir {working_folder}")
        self._line("INFO", f"Executing {shlex.join(argv)}")

    def execution_ended(self, exit_code: int) -> None:
        self._line("INFO", f"Execution ended with ret val {exit_code}")
        if exit_code != 0:
            self._line("ERROR", f"Execution failed with code '{exit_code}'")

    def not_copied(self, why: str) -> None:
        self._line("WARN", f"The logs could not be copied to the log URI: {why}")

    def _line(self, level: str, text: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._append(f"{now} {level} {text}\n")

    def _append(self, text: str) -> None:
        # A step may have removed it.
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with open(self._path, "a", encoding="utf-8", errors="backslashreplace") as controller:
            controller.write(text)


@dataclass(frozen=True)
class LogTarget:
    """Where a cluster's logs are, and where they are copied to: `uri` (None: they stay where they are).

    With `gzipped` the copies are compressed, as those of release labels are
    (docs/facts/logs.md#layout-under-loguri).
    """

    folder: Path
    storage: Storage
    uri: str | None = None
    gzipped: bool = False

    def client_name(self, path: Path) -> str:
        """What a client calls the log file `path`: the URI of its copy, if there is one."""
        if self.uri is None:
            return str(path)
        return f"{self.uri}/{path.relative_to(self.folder)}{'.gz' if self.gzipped else ''}"

    def copy(self, name: str, target: str | None = None) -> None:
        """Copy the folder `name` of the cluster's to `target` (the same name) below the log URI, if any.

        Raises StorageError if the URI cannot be written to.
        """
        source = self.folder / name
        if self.uri is None or not source.is_dir():
            return
        target_path = self.writable_path(target or name)
        try:
            copy = self._copy_file
            shutil.copytree(source, target_path, ignore=_no_files, dirs_exist_ok=True, copy_function=copy)
        except OSError as error:
            raise StorageError(f"{self.uri}: {error}") from error

    def write(self, name: str, text: str) -> None:
        """Make a file below the log URI; as it is, never compressed. Raises StorageError."""
        path = self.writable_path(name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise StorageError(f"{self.uri}: {error}") from error

    def writable_path(self, name: str) -> Path:
        """The local path of `name` below the log URI. Raises StorageError."""
        return self.storage.writable_path(f"{self.uri}/{name}")

    def _copy_file(self, source: str, target: str) -> None:
        if not self.gzipped or source.endswith(".gz"):
            shutil.copy2(source, target)
            return
        with open(source, "rb") as plain, gzip.open(f"{target}.gz", "wb", _GZIP_LEVEL) as packed:
            shutil.copyfileobj(plain, packed)


def _no_files(folder: str, names: list[str]) -> list[str]:
    """What a step has put among its logs and cannot be copied: pipes, sockets, links to nothing."""
    paths = {name: os.path.join(folder, name) for name in names}
    return [name for name, path in paths.items() if not (os.path.isfile(path) or os.path.isdir(path))]


def log_uri_of(log_uri: str, cluster_id: str) -> str:
    """Where a cluster's logs go; LogUri may or may not end in `/`."""
    return f"{log_uri.rstrip('/')}/{cluster_id}"
