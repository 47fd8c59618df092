"""ListSteps: the steps of a cluster, newest first (source: API Reference, ListSteps)."""

from __future__ import annotations

from itertools import islice
from typing import Any

from emrsim.api.paging import page
from emrsim.api.views import step_view
from emrsim.core import errors
from emrsim.core.limits import LISTED_STEPS_MAX, STEP_ID_FILTER_MAX
from emrsim.core.model import Step
from emrsim.service.region import Region


def list_steps(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """A page of the last 1,000 steps, filtered by state or by id, not both."""
    cluster = region.cluster(params["ClusterId"])
    states, step_ids = params.get("StepStates"), params.get("StepIds")
    if states and step_ids:
        raise errors.both_step_filters()
    if len(step_ids or ()) > STEP_ID_FILTER_MAX:
        raise errors.too_many_step_ids()

    def is_wanted(step: Step) -> bool:
        return (not states or step.state.value in states) and (not step_ids or step.id in step_ids)

    newest = islice(reversed(cluster.steps.values()), LISTED_STEPS_MAX)
    steps, marker = page(newest, params, is_wanted)
    return {"Steps": [step_view(step) for step in steps], "Marker": marker}
