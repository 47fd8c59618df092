"""Resuming from the record: clusters, rules, faults and clock of an emulator that has stopped."""

from __future__ import annotations

from collections.abc import Collection, Container
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from emrsim.core.model import Cluster, Step
from emrsim.core.ports import Storage
from emrsim.core.states import OCCUPYING_STEPS, StepState
from emrsim.core.waking import waking
from emrsim.service.clock import SteeredClock
from emrsim.service.emulator import EmulatorState
from emrsim.service.faults import Faults
from emrsim.service.outcomes import Outcomes
from emrsim.service.record import FILE_NAME
from emrsim.service.record.codec import encode
from emrsim.service.record.kept import CLOCK, FAULTS, RULES, RUN_AGAIN, KeptClock, KeptFaults, KeptRules
from emrsim.service.stream import caused_by
from emrsim.service.unfinished import remove_unfinished

if TYPE_CHECKING:
    from emrsim.service.record.file import RecordFile  # imports sqlite3


@dataclass(frozen=True)
class Found:
    """What a start has found in the record."""

    clusters: int
    living: int
    rules: int
    faults: int

    @property
    def is_empty(self) -> bool:
        return not (self.clusters or self.rules or self.faults)


class Resumption:
    """What an emulator with a record does when it starts and when it stops."""

    def __init__(self, record: RecordFile, state: EmulatorState, storage: Storage) -> None:
        self._record = record
        self._state = state
        self._storage = storage

    def take_up(self, clock: SteeredClock, rules: Outcomes, faults: Faults, keep_pace: bool) -> Found:
        """Load everything from the record; nothing goes on yet. Raises RecordError.

        `keep_pace`: the clock keeps its pace and does not take the record's.
        """
        state, record = self._state, self._record
        clock.take_up(record.kept_as(KeptClock, CLOCK), record.last_time, keep_pace)
        with state.locked():
            state.revive(record.known(), record.last_number)
            if kept_rules := record.kept_as(KeptRules, RULES):
                rules.take_up(kept_rules)
            if kept_faults := record.kept_as(KeptFaults, FAULTS):
                faults.take_up(kept_faults)
            for key, value in ((CLOCK, clock), (RULES, rules), (FAULTS, faults)):
                state.track(key, value)
            living = len(state.clusters.living())
            return Found(len(state.clusters), living, len(rules.all()), len(faults.list()))

    def wake(self) -> None:
        """Resume the clusters: what ran has failed or runs again, what waited waits (`core.waking`)."""
        run_again = self._record.kept_as(list[str], RUN_AGAIN) or []
        with caused_by("restart"), self._state.locked() as state:
            for cluster in state.clusters.living():
                plan = waking(cluster, run_again)
                for step in _moving(cluster, OCCUPYING_STEPS):
                    remove_unfinished(step, self._storage)
                for event in plan.events:
                    state.post(cluster.id, event)
                state.carry_out(plan.effects)
            if run_again:
                state.keep(RUN_AGAIN, encode([]))

    def sleep(self, requeue: bool) -> None:
        """Stop all changes; with `requeue`, what runs now is to run again after the restart."""
        with self._state.locked() as state:
            state.keep(RUN_AGAIN, encode(self._running_steps() if requeue else []))
        with self._state.locked() as state:
            self._record.picture_all(state.clusters.living(), state.last_number)
            state.freeze()

    def _running_steps(self) -> Collection[str]:
        clusters = self._state.clusters.living()
        return [step.id for cluster in clusters for step in _moving(cluster, {StepState.RUNNING})]


def _moving(cluster: Cluster, states: Container[StepState]) -> list[Step]:
    """The steps of a cluster in those states that had a process."""
    steps = cluster.steps.values()
    return [one for one in steps if one.state in states and one.id not in cluster.standing_still]


def remove_record(data: Path) -> None:
    """Remove the record."""
    for suffix in ("", "-wal", "-shm"):
        (data / f"{FILE_NAME}{suffix}").unlink(missing_ok=True)
