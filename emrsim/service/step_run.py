"""One step from its start to its end: jar, engine, process, logs."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from emrsim.core.events import StepEnd, StepFinished
from emrsim.core.jars import KnownJar, known_jar
from emrsim.core.model import Failure
from emrsim.core.ports import CannotRun, Command, Engine, Job, Storage, StorageError
from emrsim.core.states import StepState
from emrsim.engines.process import Place
from emrsim.engines.route import route
from emrsim.programs.cluster_paths import place_named
from emrsim.service.failures import UNKNOWN, explain, notes, tail
from emrsim.service.info_files import StepFile, write_step_file
from emrsim.service.logs import STEP_FILES, ControllerLog, LogTarget
from emrsim.service.program_run import ProgramRun, Supervision
from emrsim.service.task_logs import copy_step_logs, copy_task_logs
from emrsim.service.world import World

_STATES = {
    StepEnd.SUCCEEDED: StepState.COMPLETED,
    StepEnd.FAILED: StepState.FAILED,
    StepEnd.STOPPED: StepState.CANCELLED,
}


@dataclass(frozen=True)
class StepServices:
    """What an emulator has for running steps."""

    engines: Sequence[Engine]
    storage: Storage
    supervision: Supervision
    keep: bool = False  # the folders of steps stay


class StepRun:
    """A step that is being run: `run` belongs to one thread, `stop` may be called from any, at any time."""

    def __init__(
        self,
        job: Job,
        number: int,
        services: StepServices,
        world: World,
        logs: LogTarget,
        warnings: Sequence[str] = (),
    ) -> None:
        """`warnings` are what its controller log says of the cluster."""
        self._job = job
        self._warnings = warnings
        self._number = number
        self._services = services
        self._logs = logs
        self._controller = ControllerLog(job.log_folder)
        self._world = world
        self._program = ProgramRun(services.supervision, world)
        self._began = datetime.now(UTC)

    def run(self) -> StepFinished:
        """Run the step and report how it ended; its logs are in place before that."""
        finished = self._run()
        self._publish_logs()
        if not self._services.keep:
            shutil.rmtree(self._job.work_folder, ignore_errors=True)
            shutil.rmtree(self._job.environment["TMPDIR"], ignore_errors=True)
        return finished

    def stop(self, force: bool = False) -> None:
        """Stop the step's process with all it has started, or prevent it from starting.

        With `force` it is killed at once. Returns when the process is gone.
        """
        self._program.stop(force)

    def _run(self) -> StepFinished:
        for name in STEP_FILES:
            (self._job.log_folder / name).touch()
        self._controller.runs_again()
        self._controller.ensure_jar(self._number, self._job.jar)
        for warning in self._warnings:
            self._controller.note(warning)
        try:
            command = route(self._services.engines, self._job)
            if command.is_hadoop_jar and (missing := _missing_jar(self._job.jar, self._services.storage)):
                return self._no_jar(missing)
            command = command._replace(environment={**self._job.environment, **command.environment})
            return self._run_program(command)
        except (CannotRun, OSError) as error:
            return self._cannot_run(str(error))

    def _run_program(self, command: Command) -> StepFinished:
        self._controller.start(command.argv, command.environment)
        started = time.monotonic()
        self._write_info(StepState.RUNNING)
        exit_code = self._program.run(command, Place(self._job.work_folder, self._job.log_folder))
        if exit_code is None:
            return StepFinished(self._job.step_id, StepEnd.STOPPED)
        seconds = time.monotonic() - started
        self._controller.process_ended(exit_code, seconds)
        for note in notes(self._job.log_folder):
            self._controller.note(note)
        finished = self._finished(exit_code)
        self._write_info(_STATES[finished.end], datetime.now(UTC))
        self._controller.step_ended(finished.end is StepEnd.SUCCEEDED, exit_code, seconds)
        return finished

    def _write_info(self, state: StepState, ended: datetime | None = None) -> None:
        """Write the step's file in /mnt/var/lib/info, unless a job has made that impossible."""
        job = self._job
        info = Path(job.environment["EMRSIM_MNT"], "var", "lib", "info")
        with suppress(OSError):
            write_step_file(info, self._number, StepFile(job.step_id, job.args, self._began, state, ended))

    def _finished(self, exit_code: int) -> StepFinished:
        if self._program.was_stopped and not (exit_code == 0 and _tells_when_done(self._job)):
            # Whatever it says of its end: one that traps the signal and exits with 0 was not done.
            return StepFinished(self._job.step_id, StepEnd.STOPPED)
        if exit_code == 0:
            return StepFinished(self._job.step_id, StepEnd.SUCCEEDED)
        failure = explain(self._job, exit_code, self._logs.client_name)
        if hint := self._hint():
            self._controller.note(hint)
            failure = replace(failure, message=f"{failure.message} ({hint})")
        return StepFinished(self._job.step_id, StepEnd.FAILED, failure)

    def _hint(self) -> str | None:
        """What a person should know of a path that a script names and this machine cannot show."""
        if self._world.shows_places():
            return None
        named = place_named(tail(self._job.log_folder / "stderr"))
        if named is None:
            return None
        return (
            f"{named} is a place of EMR's machines, which private mounts show; this machine allows none "
            "(emrsim doctor): inside scripts use $HOME, $EMRSIM_MNT or $EMRSIM_PLACES"
        )

    def _no_jar(self, why: str) -> StepFinished:
        self._controller.not_downloaded(self._job.jar, why)
        return self._failed(f"java.io.FileNotFoundException: {why}")

    def _cannot_run(self, reason: str) -> StepFinished:
        self._controller.cannot_run(reason)
        return self._failed(reason)

    def _failed(self, reason: str) -> StepFinished:
        """A step without a process; EMR's exit code for one is -1 (source: docs/facts/logs.md#controller)."""
        self._controller.step_ended(False, -1, 0)
        failure = Failure(UNKNOWN, reason, self._logs.client_name(self._job.log_folder / "controller"))
        return StepFinished(self._job.step_id, StepEnd.FAILED, failure)

    def _publish_logs(self) -> None:
        for copy in (copy_step_logs, copy_task_logs):
            try:
                copy(self._job, self._logs)
            except StorageError as error:
                self._controller.not_copied(str(error))


def _tells_when_done(job: Job) -> bool:
    """Return whether 0 is the exit code only of what is done, whatever signals came.

    So it is of emrsim's own streaming jobs, which undo their output when they are stopped.
    """
    known = known_jar(job.jar)
    is_command = known is KnownJar.COMMAND_RUNNER and job.args[:1] == ("hadoop-streaming",)
    return known is KnownJar.STREAMING or is_command


def _missing_jar(jar: str, storage: Storage) -> str | None:
    """Return why the jar of a step cannot be read from S3; None if it can, is EMR's own, or elsewhere.

    A jar in HDFS or on the master is checked by the program that runs it.
    """
    if known_jar(jar) is not None or not storage.is_s3(jar):
        return None
    try:
        path = storage.path(jar)
    except StorageError as error:
        return str(error)
    return None if path.is_file() else f"No such file or directory: '{jar}'"
