"""DescribeStep: one step of a cluster (source: API Reference, DescribeStep)."""

from __future__ import annotations

from typing import Any

from emrsim.api.views import step_view
from emrsim.core.errors import unknown_step
from emrsim.service.region import Region


def describe_step(region: Region, params: dict[str, Any]) -> dict[str, Any]:
    """The shape Step of that id."""
    step = region.cluster(params["ClusterId"]).steps.get(params["StepId"])
    if step is None:
        raise unknown_step(params["StepId"])
    return {"Step": step_view(step)}
