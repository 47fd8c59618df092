"""`/_emrsim/faults`: failures on demand (see `core.faults` for the fields of one)."""

from __future__ import annotations

from typing import Any

from emrsim.core.faults import BadFault
from emrsim.web.control.calls import Call, Controls, NothingThere, Refusal


def read(controls: Controls, call: Call) -> dict[str, Any]:
    """The faults that are set, and how often each has struck."""
    return {"faults": controls.faults.list()}


def add(controls: Controls, call: Call) -> dict[str, Any]:
    """Set a fault; its id is answered."""
    try:
        return {"id": controls.faults.add(call.json())}
    except BadFault as error:
        raise Refusal(str(error)) from None


def clear(controls: Controls, call: Call) -> dict[str, Any]:
    """Take all faults away."""
    controls.faults.clear()
    return {}


def remove(controls: Controls, call: Call) -> dict[str, Any]:
    """Take one away, by its id."""
    try:
        controls.faults.remove(call.words["id"])
    except KeyError as error:
        raise NothingThere(str(error.args[0])) from None
    return {}
