"""`/_emrsim/events`: EMR's events (see `service.events.log` for how many are kept)."""

from __future__ import annotations

from typing import Any

from emrsim.core.suggestions import unknown
from emrsim.service.events.event import DETAIL_TYPES
from emrsim.web.control.calls import Call, Controls, Refusal

# Filter -> the member of the detail that it is for.
_FILTERS = {"state": "state", "cluster": "clusterId", "step": "stepId"}
_TYPE = "detail-type"


def read(controls: Controls, call: Call) -> dict[str, Any]:
    """The events that are kept, oldest first; `?detail-type=`, `?state=`, `?cluster=`, `?step=` choose."""
    query = call.query
    for name in query:
        if name not in {_TYPE, *_FILTERS}:
            raise Refusal(f"{name}: {unknown('filter', name, [_TYPE, *_FILTERS])}")
    detail_type = query.get(_TYPE)
    if detail_type is not None and detail_type not in DETAIL_TYPES:
        raise Refusal(f"{_TYPE}: {unknown(_TYPE, detail_type, DETAIL_TYPES)}")
    wanted = {_FILTERS[name]: value for name, value in query.items() if name in _FILTERS}
    log = controls.events
    events = log.events(
        detail_type, lambda detail: all(detail.get(name) == value for name, value in wanted.items())
    )
    return {
        "events": [one.as_aws() for one in events],
        "left_out": log.left_out,
        "failures": [one.as_json() for one in log.failures],
    }


def clear(controls: Controls, call: Call) -> dict[str, Any]:
    """Forget all events and failures."""
    controls.events.clear()
    return {}
