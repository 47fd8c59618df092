"""RunJobFlow: create a cluster, with steps and bootstrap actions (source: EMR API Reference, RunJobFlow)."""

from __future__ import annotations

from typing import Any

from emrsim.api import names
from emrsim.api.new_cluster import check_new_cluster
from emrsim.api.requests import cluster_request
from emrsim.service.region import Region


def run_job_flow(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Start a cluster and answer its id at once."""
    check_new_cluster(params, region.account, region.emulator.strict)
    cluster = region.request_cluster(cluster_request(params, region.name))
    return {"JobFlowId": cluster.id, "ClusterArn": names.cluster_arn(cluster)}
