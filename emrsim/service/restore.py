"""Clusters that are imported and exported: seeds, exports, snapshots."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from emrsim.core import events as ev
from emrsim.core import lifecycle
from emrsim.core.model import Cluster
from emrsim.core.pictures import picture_of
from emrsim.core.plain import PlainError, to_plain
from emrsim.core.restoring import check_ids, check_picture
from emrsim.service.emulator import EmulatorState


@dataclass(frozen=True)
class Seedling:
    """A cluster to import, and the event that creates it; `place` is where the seed describes it."""

    place: str
    cluster: Cluster
    event: ev.Restored


def restore(state: EmulatorState, seedlings: Sequence[Seedling]) -> list[str]:
    """Add the clusters, in the order of their creation among the others, and return their ids.

    Raises PlainError, with nothing changed, for an invalid one or an id that is taken.
    """
    with state.locked():
        effects = grow(seedlings, state.clock.now())
        for seedling in seedlings:
            if seedling.cluster.id in state.clusters:
                raise _taken(seedling)
        state.adopt([seedling.cluster for seedling in seedlings], effects)
        return [seedling.cluster.id for seedling in seedlings]


def grow(seedlings: Sequence[Seedling], now: datetime) -> list[ev.Effect]:
    """Make the clusters what they are to be, for nobody yet; what is to be done about them.

    Raises PlainError for an invalid one.
    """
    effects: list[ev.Effect] = []
    known: set[str] = set()
    for seedling in seedlings:
        check_ids(seedling.cluster.id, seedling.event, seedling.place)
        effects += lifecycle.apply(seedling.cluster, seedling.event, now)
        check_picture(seedling.cluster, seedling.place)
        if seedling.cluster.id in known:
            raise _taken(seedling)
        known.add(seedling.cluster.id)
    return effects


def export(state: EmulatorState) -> dict[str, Any]:
    """All clusters and accounts as plain data, in the form of a seed: seeding it makes the same ones."""
    with state.locked():
        clusters = [to_plain(picture_of(cluster)) for cluster in state.clusters.values()]
        accounts = {region: to_plain(account) for region, account in state.accounts().items()}
        return {"clusters": clusters, **({"accounts": accounts} if accounts else {})}


def _taken(seedling: Seedling) -> PlainError:
    return PlainError(f"{seedling.place}.id", f"{seedling.cluster.id} is there already")
