"""The clusters that a call is about."""

from __future__ import annotations

from collections.abc import Iterable

from emrsim.api.policies import check_auto_termination
from emrsim.core import errors, fleet_errors, policy_errors
from emrsim.core.model import Cluster
from emrsim.core.switches import reject_if_ending
from emrsim.service.region import Region


def group_cluster(region: Region, cluster_id: str, operation: str, other: str) -> Cluster:
    """The cluster of that id, if it does not use fleets; `other` is the operation to use if it does."""
    cluster = region.cluster(cluster_id)
    if cluster.uses_fleets:
        raise fleet_errors.fleets_and_groups_exclude("fleets", operation, other)
    return cluster


def fleet_cluster(region: Region, cluster_id: str, operation: str, other: str) -> Cluster:
    """The cluster of that id, if it uses fleets; `other` is the operation to use if it does not."""
    cluster = region.cluster(cluster_id)
    if not cluster.uses_fleets:
        raise fleet_errors.fleets_and_groups_exclude("groups", operation, other)
    return cluster


def policy_cluster(region: Region, cluster_id: str) -> Cluster:
    """The cluster of that id, if it is not ending, for an operation on its managed scaling policy.

    Raises ValidationException for both (source: terraform-provider-aws, managed_scaling_policy.go).
    """
    cluster = region.cluster(cluster_id, lambda: policy_errors.unknown_cluster_of_policy(cluster_id))
    reject_if_ending(cluster)
    return cluster


def auto_terminating_cluster(region: Region, cluster_id: str) -> Cluster:
    """The cluster of that id, if it is not ending and its release has auto-termination policies.

    Raises InvalidRequestException for an unknown one (source: terraform-provider-aws, cluster.go), else
    ValidationException.
    """
    cluster = region.cluster(cluster_id)
    reject_if_ending(cluster)
    check_auto_termination(cluster.request.release_label, cluster.request.ami_version)
    return cluster


def live_fleet_cluster(region: Region, cluster_id: str, operation: str, other: str) -> Cluster:
    """As `fleet_cluster`, if it is not ending."""
    cluster = fleet_cluster(region, cluster_id, operation, other)
    if cluster.is_ending:
        raise errors.ended_cluster_modified()
    return cluster


def live_job_flows(region: Region, job_flow_ids: Iterable[str]) -> list[Cluster]:
    """The clusters of those ids, if all are there and none is ending; so a call changes all or none."""
    clusters = [region.cluster(job_flow_id, errors.unknown_job_flow) for job_flow_id in job_flow_ids]
    if any(cluster.is_ending for cluster in clusters):
        raise errors.cluster_is_ending()
    return clusters
