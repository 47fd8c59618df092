"""AddJobFlowSteps: append steps to a living cluster (source: EMR API Reference, AddJobFlowSteps)."""

from __future__ import annotations

from typing import Any

from emrsim.api.requests import step_requests
from emrsim.api.rules import check_steps
from emrsim.core.errors import unknown_job_flow
from emrsim.core.events import StepsAdded
from emrsim.service.emulator import EmulatorState


def add_job_flow_steps(state: EmulatorState, params: dict[str, Any]) -> dict[str, Any]:
    """Append the steps and answer their ids, in the same order."""
    cluster = state.cluster(params["JobFlowId"], unknown_job_flow)
    check_steps(params["Steps"], cluster.step_concurrency)
    steps = state.make_steps(step_requests(params["Steps"], params.get("ExecutionRoleArn")))
    state.post(cluster.id, StepsAdded(steps))
    return {"StepIds": [step.id for step in steps]}
