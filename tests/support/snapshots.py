"""The whole state of an emulator as a value, to be compared."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy

from emrsim import Emulator
from emrsim.core.model import Cluster


def snapshot(emulator: Emulator) -> dict[str, Cluster]:
    """All clusters with all that has ever happened to them."""
    with emulator.running.state.locked() as state:
        return deepcopy(dict(state.clusters))


def _account(emulator: Emulator) -> dict[str, object]:
    with emulator.running.state.locked() as state:
        return dict(deepcopy(vars(state.account(state.region))))


@contextmanager
def nothing_changes(emulator: Emulator) -> Iterator[None]:
    """Fails the test if the block changes anything. What still moves on its own has to rest before."""
    before = snapshot(emulator), _account(emulator)
    yield
    assert (snapshot(emulator), _account(emulator)) == before
