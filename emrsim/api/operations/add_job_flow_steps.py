"""AddJobFlowSteps: append steps to a living cluster (source: EMR API Reference, AddJobFlowSteps)."""

from __future__ import annotations

from typing import Any

from emrsim.api.checks import check_steps
from emrsim.api.requests import step_requests
from emrsim.core.errors import unknown_job_flow
from emrsim.core.events import StepsAdded
from emrsim.core.states import ActionOnFailure
from emrsim.service.region import Region

# Of clusters that run steps side by side (source: API Reference, AddJobFlowSteps, ActionOnFailure).
_NOT_CONCURRENT = frozenset(ActionOnFailure) - {ActionOnFailure.CONTINUE}


def add_job_flow_steps(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Append the steps and answer their ids, in the same order."""
    cluster = region.cluster(params["JobFlowId"], unknown_job_flow)
    check_steps(params["Steps"], _NOT_CONCURRENT if cluster.step_concurrency > 1 else frozenset())
    steps = region.emulator.make_steps(step_requests(params["Steps"], params.get("ExecutionRoleArn")))
    region.post(cluster.id, StepsAdded(steps))
    return {"StepIds": [step.id for step in steps]}
