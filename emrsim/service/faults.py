"""The faults that are set: added, listed and taken away by any thread, asked by every request."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from threading import Lock
from typing import Any

from emrsim.core.clock import Clock
from emrsim.core.faults import LATENCY, Fault, Operations, fault_of
from emrsim.service.record.kept import KeptFault, KeptFaults


class Faults:
    """`emulator.faults`: failures on demand (the fields of one are described in `emrsim.core.faults`)."""

    def __init__(self, clock: Clock, operations: Callable[[], Operations]) -> None:
        """`operations` gives the services, and the names of their operations where these are known."""
        self._clock = clock
        self._operations = operations
        self._faults: tuple[Fault, ...] = ()
        self._made = 0
        self.version = 0  # grows with every change of what the record keeps
        self._lock = Lock()

    @property
    def known_operations(self) -> Operations:
        """The services, and the names of their operations where these are known."""
        return self._operations()

    @property
    def are_set(self) -> bool:
        """Whether there are any; without, a request pays for this question only."""
        return bool(self._faults)

    def add(self, given: Mapping[str, Any] | None = None, /, **fields: Any) -> str:
        """Set a fault, given as a dictionary or as keywords, and give its id. Raises BadFault."""
        whole = {**(given or {}), **fields} if given is None or isinstance(given, Mapping) else given
        with self._lock:
            added = fault_of(f"fault-{self._made + 1}", whole, self._operations())
            self._made += 1
            self._faults = (*self._faults, added)
            self.version += 1
        return added.id

    def remove(self, id: str) -> None:
        """Take a fault away. Raises KeyError."""
        with self._lock:
            left = tuple(fault for fault in self._faults if fault.id != id)
            if len(left) == len(self._faults):
                raise KeyError(f"unknown fault {id!r}")
            self._faults = left
            self.version += 1

    def clear(self) -> None:
        """Take all faults away."""
        with self._lock:
            self._faults = ()
            self.version += 1

    def picture(self) -> KeptFaults:
        """The faults as the record keeps them."""
        with self._lock:
            kept = [KeptFault(one.id, dict(one.given), one.met, one.struck) for one in self._faults]
            return KeptFaults(self._made, kept)

    def take_up(self, kept: KeptFaults) -> None:
        """Go on with the faults of the record. Token buckets are full, as at first."""
        with self._lock:
            self._made = kept.made
            self._faults = tuple(_taken_up(one, self._operations()) for one in kept.faults)

    def list(self) -> list[dict[str, Any]]:
        """Each as it was given, its `id`, how many requests it `met`, and how many of them it `struck`."""
        with self._lock:
            return [
                {"id": fault.id, **fault.given, "met": fault.met, "struck": fault.struck}
                for fault in self._faults
            ]

    def striking(self, service: str, operation: str) -> tuple[Fault, ...]:
        """What strikes a request, now: any number of latencies, and at most one other fault, the oldest."""
        now = self._clock.now()
        struck: list[Fault] = []
        with self._lock:
            is_hit = False
            for fault in self._faults:
                if (is_hit and fault.kind != LATENCY) or not fault.matches(service, operation):
                    continue
                self.version += 1
                if fault.strikes(operation, now):
                    struck.append(fault)
                    is_hit = is_hit or fault.kind != LATENCY
        return tuple(struck)


def _taken_up(kept: KeptFault, operations: Operations) -> Fault:
    fault = fault_of(kept.id, kept.fault, operations)
    fault.met, fault.struck = kept.met, kept.struck
    for _ in range(max(kept.met - fault.skip, 0) if fault.probability < 1 else 0):
        fault.random.random()  # so that a failure repeats
    return fault
