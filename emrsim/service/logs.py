"""The tree of logs under LogUri, and the step runner's own log (source: log facts 1 and 2)."""

from __future__ import annotations

import shlex
import shutil
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from emrsim.core.ports import Storage, StorageError

STEP_FILES = ("controller", "syslog", "stdout", "stderr")


class ControllerLog:
    """The file `controller` of a step, line by line as the step runner of EMR writes it."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "controller"

    def ensure_jar(self, number: int, jar: str) -> None:
        self._line("INFO", f"Ensure step {number} jar file {jar}")

    def start(self, argv: Sequence[str], environment: Mapping[str, str]) -> None:
        """The command that really runs here, where EMR's line has `hadoop jar …`."""
        self._line("INFO", f"startExec '{shlex.join(argv)}'")
        self._line("INFO", "Environment:")
        self._append("".join(f"  {name}={value}\n" for name, value in sorted(environment.items())))

    def cannot_run(self, reason: str) -> None:
        self._line("ERROR", reason)

    def process_ended(self, exit_code: int, seconds: float) -> None:
        self._line("INFO", f"waitProcessCompletion ended with exit code {exit_code}")
        self._line("INFO", f"total process run time: {seconds:.0f} seconds")

    def step_ended(self, succeeded: bool, exit_code: int, seconds: float) -> None:
        level, word = ("INFO", "succeeded") if succeeded else ("WARN", "failed")
        self._line(level, f"Step {word} with exitCode {exit_code} and took {seconds:.0f} seconds")

    def not_copied(self, why: str) -> None:
        self._line("WARN", f"The logs could not be copied to the log URI: {why}")

    def _line(self, level: str, text: str) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        self._append(f"{now} {level} {text}\n")

    def _append(self, text: str) -> None:
        with open(self._path, "a", encoding="utf-8", errors="backslashreplace") as controller:
            controller.write(text)


def log_uri_of(log_uri: str, cluster_id: str) -> str:
    """Where a cluster's logs go; LogUri may or may not end in `/`."""
    return f"{log_uri.rstrip('/')}/{cluster_id}"


def copy_logs(folder: Path, name: str, storage: Storage, target_uri: str) -> None:
    """Copy the folder `name` below `folder` to the same name below `target_uri`.

    Raises StorageError if the URI cannot be written to.
    """
    source = folder / name
    if not source.is_dir():
        return
    target = storage.writable_path(f"{target_uri}/{name}")
    try:
        shutil.copytree(source, target, dirs_exist_ok=True)
    except OSError as error:
        raise StorageError(f"{target_uri}: {error}") from error
