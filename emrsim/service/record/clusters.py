"""The clusters of an emulator by id, in the order of their creation.

Those that have ended may be in the record only: they are read from it when asked for, and the last few of
them stay in memory.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, MutableMapping
from dataclasses import dataclass
from datetime import datetime

from emrsim.core.model import Cluster
from emrsim.core.states import ENDED_CLUSTERS, ClusterState

_IN_MEMORY_MAX = 256  # ended clusters


@dataclass(frozen=True, slots=True)
class EndedCluster:
    """What is known of an ended cluster without reading it."""

    id: str
    state: ClusterState
    created_at: datetime
    region: str


def _nothing_to_load(cluster_id: str) -> Cluster:
    raise KeyError(cluster_id)


class Clusters(MutableMapping[str, Cluster]):
    """See the module. To be used under the emulator's lock."""

    def __init__(self, load: Callable[[str], Cluster] = _nothing_to_load) -> None:
        """`load` reads a cluster from the record."""
        self._load = load
        self._all: dict[str, Cluster | EndedCluster] = {}
        self._order: list[str] = []  # their ids, oldest first
        self._places: dict[str, int] = {}  # in that list
        self._loaded: OrderedDict[str, Cluster] = OrderedDict()

    def __getitem__(self, cluster_id: str) -> Cluster:
        found = self._all[cluster_id]
        return found if isinstance(found, Cluster) else self._ended(cluster_id)

    def __setitem__(self, cluster_id: str, cluster: Cluster) -> None:
        if cluster_id not in self._all:
            self._places[cluster_id] = len(self._order)
            self._order.append(cluster_id)
        self._all[cluster_id] = cluster

    def __delitem__(self, cluster_id: str) -> None:
        del self._all[cluster_id]
        self._put_in_order()
        self._loaded.pop(cluster_id, None)

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)

    def __contains__(self, cluster_id: object) -> bool:
        return cluster_id in self._all

    def newest_first(self, after: str | None = None) -> Iterator[Cluster | EndedCluster]:
        """Yield all clusters, or those older than the one of the id `after`, which is found at once.

        Of ended ones that are not in memory, what is known without reading them. Raises KeyError for an
        unknown id.
        """
        first = len(self._order) if after is None else self._places[after]
        return (self._all[self._order[place]] for place in range(first - 1, -1, -1))

    def living(self) -> list[Cluster]:
        """Return the clusters that have not ended."""
        return [
            one for one in self._all.values() if isinstance(one, Cluster) and one.state not in ENDED_CLUSTERS
        ]

    def add(self, clusters: Iterable[Cluster | EndedCluster]) -> None:
        """Add clusters among the others by age."""
        everyone = sorted([*self._all.values(), *clusters], key=lambda one: one.created_at)
        self._all = {one.id: one for one in everyone}
        self._put_in_order()

    def _put_in_order(self) -> None:
        self._order = list(self._all)
        self._places = {cluster_id: place for place, cluster_id in enumerate(self._order)}

    def retire(self, cluster: Cluster) -> None:
        """Drop an ended cluster, which the record has, from memory; it goes when others were asked for."""
        self._all[cluster.id] = EndedCluster(cluster.id, cluster.state, cluster.created_at, cluster.region)
        self._remember(cluster)

    def _ended(self, cluster_id: str) -> Cluster:
        cluster = self._loaded.get(cluster_id)
        if cluster is None:
            cluster = self._load(cluster_id)
        self._remember(cluster)
        return cluster

    def _remember(self, cluster: Cluster) -> None:
        self._loaded[cluster.id] = cluster
        self._loaded.move_to_end(cluster.id)
        if len(self._loaded) > _IN_MEMORY_MAX:
            self._loaded.popitem(last=False)
