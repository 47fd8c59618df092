"""A step that is RUNNING and whose process has not started: it waits for the clock or a rule."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event, Lock
from typing import Protocol

from emrsim.core.events import StepFinished


class Run(Protocol):
    """What does the work of a step (`service.step_run`)."""

    def run(self) -> StepFinished:
        """Run it, and report how it ended."""

    def stop(self, force: bool = False) -> None:
        """Stop it, or prevent it from starting."""


class HeldRun:
    """A run that waits for `begin`, or `stop`; `on_begin` is called once, by whichever comes first.

    It gets whether the run starts its process: one that was stopped does not.

    `run` belongs to one thread, all else may be called from any.
    """

    def __init__(self, run: Run, on_begin: Callable[[bool], None]) -> None:
        self._run = run
        self._on_begin = on_begin
        self._lock = Lock()
        self._is_first = True
        self._has_begun = Event()

    @property
    def has_begun(self) -> bool:
        """Whether it runs, or has run."""
        return not self._is_first

    def begin(self) -> None:
        """Hold it up no longer."""
        self._begin(starts=True)

    def _begin(self, starts: bool) -> None:
        with self._lock:
            is_first, self._is_first = self._is_first, False
        if is_first:
            self._on_begin(starts)
            self._has_begun.set()

    def run(self) -> StepFinished:
        """Wait, then run the step; one that was stopped before ends without a process."""
        self._has_begun.wait()
        return self._run.run()

    def stop(self, force: bool = False) -> None:
        """See Run.stop."""
        self._run.stop(force)
        self._begin(starts=False)
