"""Moving along the tables of `core.states`; what they do not hold cannot happen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from emrsim.core.model import Cluster

State = TypeVar("State")
Move = TypeVar("Move")


class InvalidTransition(Exception):
    """Something that cannot happen to a cluster: a bug of ours, with the cluster's story."""

    def __init__(self, cluster: Cluster, what: object) -> None:
        story = "\n".join(f"  {when.isoformat()} {event}" for when, event in cluster.story)
        super().__init__(f"{cluster.id} is {cluster.state}: {what!r} cannot happen. Its story:\n{story}")


def after_move(
    table: Mapping[tuple[State, Move], State], state: State, move: Move, cluster: Cluster, what: object
) -> State:
    """The state that `move` leads to from `state`. Raises InvalidTransition, about `what`, if none."""
    target = table.get((state, move))
    if target is None:
        raise InvalidTransition(cluster, what)
    return target
