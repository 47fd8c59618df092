"""TerminateJobFlows: shut clusters down (source: EMR API Reference, TerminateJobFlows)."""

from __future__ import annotations

from typing import Any

from emrsim.core import errors
from emrsim.core.events import TerminationRequested
from emrsim.core.limits import JOB_FLOWS_PER_TERMINATE_MAX
from emrsim.service.region import Region


def terminate_job_flows(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Begin to shut down all that are not protected; an error if one was, as the service does it."""
    job_flow_ids = params["JobFlowIds"]
    if not job_flow_ids:
        raise errors.empty_job_flow_list()
    if len(set(job_flow_ids)) < len(job_flow_ids):
        raise errors.repeated_job_flow()
    if len(job_flow_ids) > JOB_FLOWS_PER_TERMINATE_MAX:
        raise errors.too_many_job_flows()
    clusters = [region.cluster(job_flow_id, errors.unknown_job_flow) for job_flow_id in job_flow_ids]
    spared = [cluster for cluster in clusters if cluster.termination_protected and not cluster.is_ending]
    for cluster in clusters:
        if cluster not in spared:
            region.post(cluster.id, TerminationRequested())
    if spared:
        raise errors.termination_protected()
    return {}
