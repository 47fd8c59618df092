"""`/_emrsim/rules`: outcomes on demand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from emrsim.core.rule_form import RuleError
from emrsim.service.outcomes import NoSuchRule
from emrsim.web.control.calls import Call, Controls, NothingThere, Refusal

Found = TypeVar("Found")


def read_all(controls: Controls, call: Call) -> dict[str, Any]:
    """The rules in the order they were added, with how often each has been used."""
    return {"rules": controls.rules.all()}


def add(controls: Controls, call: Call) -> dict[str, Any]:
    """Add a rule; its id."""
    return {"id": _checked(lambda: controls.rules.add(call.json()))}


def remove_all(controls: Controls, call: Call) -> dict[str, Any]:
    """Forget all rules; what they have made hang runs."""
    controls.rules.clear()
    return read_all(controls, call)


def remove(controls: Controls, call: Call) -> dict[str, Any]:
    """Forget a rule; what it has made hang runs."""
    _checked(lambda: controls.rules.remove(call.words["id"]))
    return read_all(controls, call)


def release(controls: Controls, call: Call) -> dict[str, Any]:
    """Release the steps that a rule has made hang, as `then` in the body says; answers how many."""
    asked = call.json()
    for name in asked.keys() - {"then"}:
        raise Refusal(f"{name}: unknown: expected 'then'")
    return {"released": _checked(lambda: controls.rules.release(call.words["id"], asked.get("then")))}


def _checked(change: Callable[[], Found]) -> Found:
    try:
        return change()
    except RuleError as error:
        raise Refusal(str(error)) from None
    except NoSuchRule as error:
        raise NothingThere(str(error)) from None
