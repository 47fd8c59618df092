"""Moving along the tables of `core.states`; what they do not hold cannot happen."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeVar

from emrsim.core.model import Change, Cluster

State = TypeVar("State", bound=StrEnum)
Move = TypeVar("Move")


class InvalidTransition(Exception):
    """Something that cannot happen to a cluster: a bug of ours, with the cluster's story."""

    def __init__(self, cluster: Cluster, what: object) -> None:
        story = "\n".join(f"  {when.isoformat()} {event}" for when, event in cluster.story)
        super().__init__(f"{cluster.id} is {cluster.state}: {what!r} cannot happen. Its story:\n{story}")


def after_move(
    table: Mapping[tuple[State, Move], State], state: State, move: Move, cluster: Cluster, part: str, id: str
) -> State:
    """Return the state that `move` leads to from `state`, for a part of `cluster`, and note the change.

    Raises InvalidTransition where the table has no such row.
    """
    target = table.get((state, move))
    if target is None:
        raise InvalidTransition(cluster, (part, id, state, move))
    if target is not state:
        cluster.changes.append(Change(part, id, state.value, target.value))
    return target
