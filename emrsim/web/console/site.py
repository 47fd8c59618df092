"""What the pages are made of: the parts of a running emulator, and nothing of their own."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from emrsim.core.model import Cluster, Step
from emrsim.service.folders import ClusterFolder, DataFolder
from emrsim.service.record.clusters import EndedCluster
from emrsim.settings import Settings
from emrsim.storage import DirectoryStorage
from emrsim.web.console.timeline import History, Timeline
from emrsim.web.control.calls import Controls

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIApplication


class NotThere(Exception):
    """A page of something that is not there; the message says what."""


@dataclass(frozen=True)
class Site:
    """Parts of a running emulator. `control` answers below `/_emrsim`, whoever asks."""

    controls: Controls
    settings: Settings
    url: Callable[[], str]
    why_held_up: Callable[[Cluster], str | None]  # to be called under the lock
    history: History | None  # of the record; None where state is in memory
    control: WSGIApplication
    # Of this process: a page of another one can change nothing.
    token: str = field(default_factory=lambda: secrets.token_urlsafe(24))
    timeline: Timeline = field(init=False)
    names: dict[str, str] = field(default_factory=dict)  # of clusters, by id, once somebody has searched

    def __post_init__(self) -> None:
        object.__setattr__(self, "timeline", Timeline(self.controls.state, self.history))

    @property
    def now(self) -> datetime:
        """The time of the emulator's clock."""
        return self.controls.clock.now()

    @property
    def storage(self) -> DirectoryStorage:
        """S3, and no HDFS."""
        return DirectoryStorage(self.settings.root)

    def folder(self, cluster_id: str) -> ClusterFolder:
        """The folder of a cluster."""
        return DataFolder(self.settings.data).cluster(cluster_id)

    def cluster(self, cluster_id: str) -> Cluster:
        """Return a cluster of any region, under the lock. Raises NotThere."""
        try:
            return self.controls.state.clusters[cluster_id]
        except KeyError:
            raise NotThere(f"There is no cluster {cluster_id}.") from None

    def step(self, cluster_id: str, step_id: str) -> tuple[Cluster, Step]:
        """Return a step with its cluster, under the lock. Raises NotThere."""
        cluster = self.cluster(cluster_id)
        if step_id not in cluster.steps:
            raise NotThere(f"There is no step {step_id} in cluster {cluster_id}.")
        return cluster, cluster.steps[step_id]

    def name_of(self, cluster: Cluster | EndedCluster) -> str:
        """Return the name of a cluster; of one that has ended it is read once. Under the lock."""
        if isinstance(cluster, Cluster):
            return cluster.request.name
        if cluster.id not in self.names:
            self.names[cluster.id] = self.cluster(cluster.id).request.name
        return self.names[cluster.id]
