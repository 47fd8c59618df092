"""`/_emrsim/requests`: the journal of requests (see `service.journal` for how many are kept)."""

from __future__ import annotations

from typing import Any

from emrsim.core.suggestions import unknown
from emrsim.web.control.calls import Call, Controls, Refusal

_FILTERS = ("operation", "service")


def read(controls: Controls, call: Call) -> dict[str, Any]:
    """The requests that are kept, oldest first; `?operation=` and `?service=` choose from them."""
    for name in call.query:
        if name not in _FILTERS:
            raise Refusal(f"{name}: {unknown('filter', name, _FILTERS)}")
    calls = controls.journal.calls(call.query.get("operation"), call.query.get("service"))
    return {"requests": [one.as_json() for one in calls], "left_out": controls.journal.left_out}


def clear(controls: Controls, call: Call) -> dict[str, Any]:
    """Forget all requests."""
    controls.journal.clear()
    return {}
