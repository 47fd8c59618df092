"""Waiting for a cluster or a step to be in a state, on the thing itself."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from emrsim.core.model import Cluster, Step
from emrsim.core.states import (
    CLUSTER_MOVES,
    CLUSTER_STATE_NAMES,
    ENDED_CLUSTERS,
    ENDED_STEPS,
    STEP_MOVES,
    ClusterState,
    StepState,
)
from emrsim.core.suggestions import unknown
from emrsim.helpers.story import story_of
from emrsim.service.emulator import EmulatorState
from emrsim.service.watchers import WatchOver


class NotReached(AssertionError):
    """The state was not reached in time, or can no longer be reached; the message says why."""


@dataclass(frozen=True)
class _Awaited:
    """A cluster or step, and the states that are waited for."""

    what: str
    cluster: Cluster
    state: Callable[[], str]
    wanted: frozenset[str]
    moves: Mapping[str, Collection[str]]
    is_there: Callable[[], bool]

    def reached(self) -> str | None:
        """Return the state if it is a wanted one, else None. Raises NotReached if none can be reached."""
        state = self.state()
        if not self.is_there():
            raise NotReached(f"{self}, and has been forgotten by a reset.\n{story_of(self.cluster)}")
        if state in self.wanted:
            return state
        if not self.wanted & _reachable(state, self.moves):
            raise NotReached(f"{self}, a state that it can no longer reach.\n{story_of(self.cluster)}")
        return None

    def __str__(self) -> str:
        return f"{self.what} is {self.state()}, not {' or '.join(sorted(self.wanted))}"


def wait(
    state: EmulatorState,
    held_up: Callable[[Cluster], str | None],
    what: str,
    wanted: str | Collection[str] | None,
    seconds: float,
) -> str:
    """Return the state of a cluster (`j-…`) or step (`s-…`) once it is one of `wanted`, or final if None.

    The states of clusters may be named as in either interface of EMR: TERMINATED is COMPLETED's newer
    name too. `held_up` returns why nothing happens to a cluster (`service.held_up`). Raises NotReached,
    KeyError for an unknown id, ValueError for an unknown state.
    """
    with state.locked():
        awaited = _awaited(state, what, wanted)
    try:
        reached = state.wait_for(awaited.reached, seconds)
    except WatchOver as over:
        raise NotReached(f"{awaited}, and {over}.\n{story_of(awaited.cluster)}") from None
    if reached is None:
        with state.locked():
            reason = held_up(awaited.cluster)
            why = f" ({reason})" if reason else ""
            raise NotReached(f"{awaited}, after {seconds:g} seconds{why}.\n{story_of(awaited.cluster)}")
    return reached


def find_step(state: EmulatorState, step_id: str) -> tuple[Cluster, Step]:
    """A step by its id alone, with its cluster. Raises KeyError. To be called under the lock."""
    for cluster in state.clusters.values():
        if step := cluster.steps.get(step_id):
            return cluster, step
    raise KeyError(f"unknown step {step_id!r}: see emrsim.steps(CLUSTER_ID)")


def _awaited(state: EmulatorState, what: str, wanted: str | Collection[str] | None) -> _Awaited:
    def is_there() -> bool:
        return state.clusters.get(cluster.id) is cluster

    if what in state.clusters:
        cluster = state.clusters[what]
        states = _names(wanted, _CLUSTER_NAMES, ENDED_CLUSTERS)
        return _Awaited(what, cluster, lambda: cluster.state, states, _CLUSTER_GRAPH, is_there)
    if what.startswith("j-"):
        raise KeyError(unknown("cluster", what, state.clusters))
    cluster, step = find_step(state, what)
    states = _names(wanted, _STEP_NAMES, ENDED_STEPS)
    return _Awaited(f"{what} of {cluster.id}", cluster, lambda: step.state, states, _STEP_GRAPH, is_there)


def _names(
    wanted: str | Collection[str] | None, known: Mapping[str, frozenset[str]], ended: Collection[str]
) -> frozenset[str]:
    """Return the states that are meant; each may have its name from either interface of EMR."""
    if wanted is None:
        return frozenset(ended)
    names = [wanted] if isinstance(wanted, str) else list(wanted)
    if not names:
        raise ValueError("states: an empty list: leave it out to wait for any final state")
    for name in names:
        if name not in known:
            raise ValueError(unknown("state", name, known))
    return frozenset().union(*(known[name] for name in names))


def _reachable(state: str, moves: Mapping[str, Collection[str]]) -> set[str]:
    """All states that can come after `state`, however long it takes."""
    found: set[str] = set()
    ahead = [state]
    while ahead:
        following = set(moves.get(ahead.pop(), ())) - found
        found |= following
        ahead += following
    return found


def _graph(table: Mapping[tuple[Any, Any], Any]) -> dict[str, set[str]]:
    graph: dict[str, set[str]] = {}
    for (state, _), target in table.items():
        graph.setdefault(state, set()).add(target)
    return graph


_CLUSTER_GRAPH = _graph(CLUSTER_MOVES)
_STEP_GRAPH = _graph(STEP_MOVES)
_CLUSTER_NAMES: Mapping[str, frozenset[str]] = {
    name: frozenset(
        state
        for state in ClusterState
        if state is not ClusterState.NEW and name in {state.value, CLUSTER_STATE_NAMES[state]}
    )
    for name in [*ClusterState, *CLUSTER_STATE_NAMES.values()]
    if name != ClusterState.NEW
}
_STEP_NAMES: Mapping[str, frozenset[str]] = {state: frozenset({state}) for state in StepState}
