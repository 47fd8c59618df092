"""CancelSteps: cancel pending and running steps (source: API Reference, CancelSteps)."""

from __future__ import annotations

from typing import Any

from emrsim.api.versions import is_before
from emrsim.core.errors import too_many_cancelled_steps
from emrsim.core.events import StepCancelRequested
from emrsim.core.limits import STEPS_PER_REQUEST_MAX
from emrsim.core.model import Cluster
from emrsim.core.states import StepState
from emrsim.service.region import Region

_FIRST_WITH_PENDING = (4, 8, 0)
_FIRST_WITH_RUNNING = (5, 28, 0)
_EXCEPTION = "emr-5.0.0"


def cancel_steps(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """Ask for each step to be cancelled; SUBMITTED does not mean that it will be."""
    cluster = region.cluster(params["ClusterId"])
    if len(params["StepIds"]) > STEPS_PER_REQUEST_MAX:
        raise too_many_cancelled_steps()
    force = params.get("StepCancellationOption") == "TERMINATE_PROCESS"
    return {"CancelStepsInfoList": [_cancel(region, cluster, one, force) for one in params["StepIds"]]}


def _cancel(region: Region, cluster: Cluster, step_id: str, force: bool) -> dict[str, Any]:
    refusal = _refusal(cluster, step_id)
    if refusal is not None:
        return {"StepId": step_id, "Status": "FAILED", "Reason": refusal}
    region.post(cluster.id, StepCancelRequested(step_id, force))
    return {"StepId": step_id, "Status": "SUBMITTED"}


def _refusal(cluster: Cluster, step_id: str) -> str | None:
    """Return why a step cannot be cancelled, in words of our own (docs/facts/states.md#cancelsteps)."""
    step = cluster.steps.get(step_id)
    version = (cluster.request.release_label, cluster.request.ami_version)
    if step is None:
        return f"Step id '{step_id}' is not valid."
    if is_before(_FIRST_WITH_PENDING, *version) or cluster.request.release_label == _EXCEPTION:
        return "Steps can be cancelled in releases 4.8.0 and later, except 5.0.0."
    if step.state is StepState.RUNNING and is_before(_FIRST_WITH_RUNNING, *version):
        return "Running steps can be cancelled in releases 5.28.0 and later."
    if step.state not in {StepState.PENDING, StepState.RUNNING, StepState.CANCEL_PENDING}:
        return f"The step is {step.state.value}."
    return None
