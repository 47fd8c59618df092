"""Assertions about the requests of a test, with messages that show what was asked for instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from threading import Condition
from typing import Any

from emrsim.helpers.differences import contains, nearest
from emrsim.service.journal import Journal, RecordedCall

_SHOWN = 20
Wanted = str | tuple[str, Mapping[str, Any]]


def assert_called(
    journal: Journal, operation: str, parameters: Mapping[str, Any], count: int | None = None
) -> list[RecordedCall]:
    """The calls of `operation` with these parameters; AssertionError if there is none, or not `count`."""
    __tracebackhide__ = True  # pytest shows the test's line instead
    found = _matching(journal, operation, parameters)
    if not found and count != 0:
        raise AssertionError(_not_called(journal, operation, parameters))
    if count is not None and len(found) != count:
        times = "once" if count == 1 else f"{count} times"
        raise AssertionError(
            f"{_wanted(operation, parameters)} was called {len(found)} times, not {times}:\n{_lines(found)}"
        )
    return found


def assert_called_once(journal: Journal, operation: str, parameters: Mapping[str, Any]) -> RecordedCall:
    """The only such call."""
    __tracebackhide__ = True
    return assert_called(journal, operation, parameters, 1)[0]


def assert_not_called(journal: Journal, operation: str, parameters: Mapping[str, Any]) -> None:
    """AssertionError if there is such a call."""
    __tracebackhide__ = True
    if found := _matching(journal, operation, parameters):
        raise AssertionError(f"{_wanted(operation, parameters)} was called:\n{_lines(found)}")


def assert_called_in_order(journal: Journal, wanted: Sequence[Wanted]) -> list[RecordedCall]:
    """The first calls that fit, one after the other; there may be others in between."""
    __tracebackhide__ = True
    calls = iter(journal.calls())
    found: list[RecordedCall] = []
    for operation, parameters in map(named, wanted):
        call = next((one for one in calls if _fits(one, operation, parameters)), None)
        if call is None:
            after = f" after {found[-1]}" if found else ""
            raise AssertionError(
                f"{_wanted(operation, parameters)} was not called{after}.\n"
                f"These were:\n{_lines(journal.calls())}"
            )
        found.append(call)
    return found


def wait_for_call(
    journal: Journal, operation: str, parameters: Mapping[str, Any], seconds: float
) -> RecordedCall:
    """The first such call, as soon as it has been answered; AssertionError if there is none in time."""
    __tracebackhide__ = True
    changed = Condition()

    def look(*_: object) -> None:
        with changed:
            changed.notify_all()

    journal.listen(look, look)
    try:
        with changed:
            if changed.wait_for(lambda: _matching(journal, operation, parameters), seconds):
                return _matching(journal, operation, parameters)[0]
    finally:
        journal.stop_listening(look)
    raise AssertionError(f"{_not_called(journal, operation, parameters)}\n({seconds:g} seconds were waited)")


def named(wanted: Wanted) -> tuple[str, Mapping[str, Any]]:
    """An operation with its parameters, which may be left out."""
    return (wanted, {}) if isinstance(wanted, str) else (wanted[0], wanted[1])


def _fits(call: RecordedCall, operation: str, parameters: Mapping[str, Any]) -> bool:
    return call.operation == operation and contains(call.parameters, parameters)


def _matching(journal: Journal, operation: str, parameters: Mapping[str, Any]) -> list[RecordedCall]:
    return [call for call in journal.calls(operation) if contains(call.parameters, parameters)]


def _wanted(operation: str, parameters: Mapping[str, Any]) -> str:
    return f"{operation}({', '.join(f'{name}={value!r}' for name, value in parameters.items())})"


def _not_called(journal: Journal, operation: str, parameters: Mapping[str, Any]) -> str:
    return f"{_wanted(operation, parameters)} was not called.\n{_instead(journal, operation, parameters)}"


def _instead(journal: Journal, operation: str, parameters: Mapping[str, Any]) -> str:
    """What there was in its place: other calls of the operation, or else of other operations."""
    if same := journal.calls(operation):
        differs = nearest([one.parameters for one in same], parameters, "call")
        return f"It was called with other parameters:\n{_lines(same)}\n{differs}"
    others = journal.calls()
    if not others:
        return "Nothing was called."
    missing = f"\n({journal.left_out} earlier calls are no longer known)" if journal.left_out else ""
    return f"These were:\n{_lines(others)}{missing}"


def _lines(calls: Sequence[RecordedCall]) -> str:
    shown_calls = [f"  {call}" for call in calls[-_SHOWN:]]
    left_out = [f"  ... {len(calls) - _SHOWN} earlier"] if len(calls) > _SHOWN else []
    return "\n".join([*left_out, *shown_calls])
