"""Programs of a step or of a cluster's bootstrap: run one after the other, and stopped at any time."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock

from emrsim.core.ports import Command
from emrsim.engines.process import Limits, Place, StepProcess
from emrsim.processes.guardian import Guardian
from emrsim.service.world import World


@dataclass(frozen=True)
class Supervision:
    """What looks after a process: who ends it if emrsim is killed, and what it may use."""

    guardian: Guardian
    limits: Limits


class ProgramRun:
    """`run` belongs to one thread, `stop` may be called from any, at any time."""

    def __init__(self, supervision: Supervision, world: World) -> None:
        self._supervision = supervision
        self._world = world
        self._lock = Lock()
        self._process: StepProcess | None = None
        self.stop_requested = False

    def run(self, command: Command, place: Place) -> int | None:
        """The exit code of `command`, -N if signal N ended it; None if it was stopped before it began.

        Raises OSError if there is no such program.
        """
        command = command._replace(environment={**command.environment, **self._world.environment()})
        # Both on the world's thread: the process ends with the thread that has started it.
        return self._world.start(lambda: self._start_and_wait(command, place))

    def _start_and_wait(self, command: Command, place: Place) -> int | None:
        with self._lock:
            if self.stop_requested:
                return None
            guardian, limits = self._supervision.guardian, self._supervision.limits
            process = self._process = StepProcess(command, place, guardian, limits)
        return process.wait()

    @property
    def was_stopped(self) -> bool:
        """Whether `stop` has ended a process that would have gone on."""
        with self._lock:
            return self._process is not None and self._process.was_stopped

    def stop(self, force: bool = False) -> None:
        """End the process with all it has started; nothing more is started. Returns when it is gone.

        With `force` it is killed at once.
        """
        with self._lock:
            self.stop_requested = True
            process = self._process
        if process is not None:
            process.stop(force)
