"""How long the invented waits are: as the settings say, else as the pace of the clock suggests.

A real clock has none. A faster one, one without waits and one that is moved by hand are there to see them,
so they are about what EMR takes: 214 s and 325 s to boot, 75 s and 81 s to end
(docs/facts/states.md#timelines).
"""

from __future__ import annotations

from datetime import timedelta

from emrsim.core.clock import Clock
from emrsim.core.pace import REAL
from emrsim.settings import Settings

_ZERO = timedelta(0)
_TYPICAL_BOOT = timedelta(minutes=4)
_TYPICAL_STEP = timedelta(minutes=1)  # the least that the start of a step's program takes; assumed
_TYPICAL_SHUTDOWN = timedelta(minutes=1)


class Waits:
    """The invented waits of an emulator, by its clock."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    @property
    def half_boot(self) -> timedelta:
        """In STARTING, and again in BOOTSTRAPPING."""
        return self._choose(self._settings.boot, _TYPICAL_BOOT) / 2

    @property
    def step(self) -> timedelta:
        """From the moment a step is RUNNING to the start of its process."""
        return self._choose(self._settings.step, _TYPICAL_STEP)

    @property
    def shutdown(self) -> timedelta:
        """In SHUTTING_DOWN."""
        return self._choose(self._settings.shutdown, _TYPICAL_SHUTDOWN)

    @property
    def first_step(self) -> timedelta:
        """What is left for a client to add a first step, when a cluster has been bootstrapped."""
        return self._clock.clients_time(self._settings.first_step, self.half_boot)

    def _choose(self, said: timedelta | None, typical: timedelta) -> timedelta:
        if said is not None:
            return said
        return _ZERO if self._clock.pace == REAL else typical
