"""One step from its start to its end: folders, engine, process, logs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from emrsim.core.events import StepEnd, StepFinished
from emrsim.core.model import Failure
from emrsim.core.ports import CannotRun, Command, Engine, Job, Storage, StorageError
from emrsim.engines.guardian import Guardian
from emrsim.engines.process import StepProcess, step_environment
from emrsim.engines.route import route
from emrsim.service.failures import explain
from emrsim.service.logs import STEP_FILES, ControllerLog, copy_logs
from emrsim.service.task_logs import copy_task_logs


@dataclass(frozen=True)
class LogTarget:
    """Where a cluster's logs are, and the URI they are copied to (None: they stay where they are)."""

    folder: Path
    uri: str | None


class StepRun:
    """A step that is being run: `run` belongs to one thread, `stop` may be called from any, at any time."""

    def __init__(
        self,
        job: Job,
        number: int,
        engines: Sequence[Engine],
        storage: Storage,
        logs: LogTarget,
        guardian: Guardian,
    ) -> None:
        self._job = job
        self._number = number
        self._engines = engines
        self._storage = storage
        self._logs = logs
        self._guardian = guardian
        self._controller = ControllerLog(job.log_folder)
        self._lock = Lock()
        self._process: StepProcess | None = None
        self._stop_requested = False

    def run(self) -> StepFinished:
        """Run the step and tell how it ended; by then its logs are where clients look for them."""
        finished = self._run()
        self._publish_logs()
        shutil.rmtree(self._job.work_folder, ignore_errors=True)
        return finished

    def stop(self, force: bool = False) -> None:
        """End the step's process with all it has started, or see to it that it never starts.

        With `force` it is killed at once. Returns when the process is gone.
        """
        with self._lock:
            self._stop_requested = True
            process = self._process
        if process is not None:
            process.stop(force)

    def _run(self) -> StepFinished:
        for name in STEP_FILES:
            (self._job.log_folder / name).touch()
        self._controller.ensure_jar(self._number, self._job.jar)
        try:
            process = self._start(route(self._engines, self._job))
        except (CannotRun, OSError) as error:
            return self._cannot_run(str(error))
        if process is None:
            return StepFinished(self._job.step_id, StepEnd.STOPPED)
        return self._wait(process)

    def _start(self, command: Command) -> StepProcess | None:
        """The process, unless the step was stopped before it began."""
        self._controller.start(command.argv, step_environment(self._job.home, command.environment))
        with self._lock:
            if not self._stop_requested:
                self._process = StepProcess(command, self._job.home, self._job.log_folder, self._guardian)
            return self._process

    def _cannot_run(self, reason: str) -> StepFinished:
        self._controller.cannot_run(reason)
        self._controller.step_ended(False, -1, 0)
        failure = Failure("Unknown Error", reason, self._log_file("controller"))
        return StepFinished(self._job.step_id, StepEnd.FAILED, failure)

    def _wait(self, process: StepProcess) -> StepFinished:
        started = time.monotonic()
        exit_code = process.wait()
        seconds = time.monotonic() - started
        self._controller.process_ended(exit_code, seconds)
        self._controller.step_ended(exit_code == 0, exit_code, seconds)
        if exit_code == 0:
            return StepFinished(self._job.step_id, StepEnd.SUCCEEDED)
        if self._stop_requested:
            return StepFinished(self._job.step_id, StepEnd.STOPPED)
        failure = explain(self._job, exit_code, self._log_file)
        return StepFinished(self._job.step_id, StepEnd.FAILED, failure)

    def _log_file(self, name: str) -> str:
        """Where a client finds one of the step's four files."""
        if self._logs.uri is None:
            return str(self._job.log_folder / name)
        return f"{self._logs.uri}/steps/{self._job.step_id}/{name}"

    def _publish_logs(self) -> None:
        if self._logs.uri is None:
            return
        try:
            copy_logs(self._logs.folder, f"steps/{self._job.step_id}", self._storage, self._logs.uri)
            copy_task_logs(self._job, self._storage, self._logs.uri)
        except StorageError as error:
            self._controller.not_copied(str(error))
