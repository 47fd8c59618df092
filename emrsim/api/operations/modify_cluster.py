"""ModifyCluster: change the step concurrency or extended support (source: API Reference)."""

from __future__ import annotations

from typing import Any

from emrsim.api.checks import check_concurrency
from emrsim.core import errors
from emrsim.core.events import ExtendedSupportSet, StepConcurrencySet
from emrsim.service.region import Region


def modify_cluster(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Change what is given, and answer it."""
    cluster = region.cluster(params["ClusterId"])
    level, extended = params.get("StepConcurrencyLevel"), params.get("ExtendedSupport")
    if level is not None:
        check_concurrency(level, cluster.request.release_label, cluster.request.ami_version)
    if cluster.is_ending:
        raise errors.ended_cluster_modified()
    if level is not None:
        region.post(cluster.id, StepConcurrencySet(level))
    if extended is not None:
        region.post(cluster.id, ExtendedSupportSet(extended))
    return {"StepConcurrencyLevel": level, "ExtendedSupport": extended}
