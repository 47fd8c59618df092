"""An emulator as its clients in one region see it: the clusters and the account of that region, no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from emrsim.core import events as ev
from emrsim.core.account import Account
from emrsim.core.account_events import AccountEvent
from emrsim.core.clock import Clock
from emrsim.core.errors import EmrError, unknown_cluster
from emrsim.core.model import Cluster, ClusterRequest
from emrsim.service.emulator import EmulatorState
from emrsim.service.record.clusters import EndedCluster


class Region:
    """The view of `emulator` from the region `name`. To be used under the emulator's lock."""

    def __init__(self, emulator: EmulatorState, name: str) -> None:
        self.emulator = emulator
        self.name = name

    @property
    def clock(self) -> Clock:
        return self.emulator.clock

    @property
    def account(self) -> Account:
        """The account in this region."""
        return self.emulator.account(self.name)

    def newest_clusters(self, after: str | None = None) -> Iterator[Cluster | EndedCluster]:
        """Yield the clusters of this region, newest first, or those older than the one of the id `after`.

        Those that have ended may not have been read. Raises KeyError for an unknown id.
        """
        everywhere = self.emulator.clusters.newest_first(after)
        return (cluster for cluster in everywhere if cluster.region == self.name)

    def cluster(self, cluster_id: str, unknown: Callable[[], EmrError] | None = None) -> Cluster:
        """The cluster of that id; raises what `unknown` makes, else the newer operations' error."""
        cluster = self.emulator.clusters.get(cluster_id)
        if cluster is None or cluster.region != self.name:
            raise unknown() if unknown else unknown_cluster(cluster_id)
        return cluster

    def cluster_of_group(self, group_id: str) -> Cluster | None:
        """The cluster that a group or fleet belongs to; None for an unknown group."""
        cluster = self.emulator.cluster_of_group(group_id)
        return cluster if cluster is not None and cluster.region == self.name else None

    def request_cluster(self, request: ClusterRequest) -> Cluster:
        """Create a cluster in this region; it is STARTING, with ids for all its parts."""
        return self.emulator.request_cluster(request)

    def post(self, cluster_id: str, event: ev.Event) -> None:
        """See `EmulatorState.post`."""
        self.emulator.post(cluster_id, event)

    def post_to_account(self, event: AccountEvent) -> None:
        """Let `event` happen to the account in this region; raises EmrError, with nothing changed."""
        self.emulator.post_to_account(self.name, event)
