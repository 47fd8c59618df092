"""The clusters that a call is about."""

from __future__ import annotations

from collections.abc import Iterable

from emrsim.core import errors
from emrsim.core.model import Cluster
from emrsim.service.emulator import EmulatorState


def live_job_flows(state: EmulatorState, job_flow_ids: Iterable[str]) -> list[Cluster]:
    """The clusters of those ids, if all are there and none is ending; so a call changes all or none."""
    clusters = [state.cluster(job_flow_id, errors.unknown_job_flow) for job_flow_id in job_flow_ids]
    if any(cluster.is_ending for cluster in clusters):
        raise errors.cluster_is_ending()
    return clusters
