"""Assertions about the requests of a test, with messages that show what was asked for instead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from emrsim.service.journal import Journal, RecordedCall

_SHOWN = 20


def assert_called(journal: Journal, operation: str, parameters: Mapping[str, Any]) -> list[RecordedCall]:
    """The calls of `operation` with these parameters; AssertionError if there is none."""
    __tracebackhide__ = True  # pytest shows the test's line instead
    found = _matching(journal, operation, parameters)
    if not found:
        raise AssertionError(
            f"{_wanted(operation, parameters)} was not called.\n{_instead(journal, operation)}"
        )
    return found


def assert_called_once(journal: Journal, operation: str, parameters: Mapping[str, Any]) -> RecordedCall:
    """The only such call."""
    __tracebackhide__ = True
    found = assert_called(journal, operation, parameters)
    if len(found) > 1:
        raise AssertionError(
            f"{_wanted(operation, parameters)} was called {len(found)} times, not once:\n{_lines(found)}"
        )
    return found[0]


def assert_not_called(journal: Journal, operation: str, parameters: Mapping[str, Any]) -> None:
    """AssertionError if there is such a call."""
    __tracebackhide__ = True
    if found := _matching(journal, operation, parameters):
        raise AssertionError(f"{_wanted(operation, parameters)} was called:\n{_lines(found)}")


def contains(actual: object, expected: object) -> bool:
    """Whether `actual` has all that `expected` names: of dictionaries these members, of lists each item."""
    if isinstance(expected, Mapping):
        return isinstance(actual, Mapping) and all(
            name in actual and contains(actual[name], value) for name, value in expected.items()
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(actual, list | tuple)
            and len(actual) == len(expected)
            and all(map(contains, actual, expected))
        )
    return actual == expected


def _matching(journal: Journal, operation: str, parameters: Mapping[str, Any]) -> list[RecordedCall]:
    return [call for call in journal.calls(operation) if contains(call.parameters, parameters)]


def _wanted(operation: str, parameters: Mapping[str, Any]) -> str:
    return f"{operation}({', '.join(f'{name}={value!r}' for name, value in parameters.items())})"


def _instead(journal: Journal, operation: str) -> str:
    """What there was in its place: other calls of the operation, or else of other operations."""
    if same := journal.calls(operation):
        return f"It was called with other parameters:\n{_lines(same)}"
    others = journal.calls()
    if not others:
        return "Nothing was called."
    missing = f"\n({journal.left_out} earlier calls are no longer known)" if journal.left_out else ""
    return f"These were:\n{_lines(others)}{missing}"


def _lines(calls: list[RecordedCall]) -> str:
    shown = [f"  {call}" for call in calls[-_SHOWN:]]
    left_out = [f"  ... {len(calls) - _SHOWN} earlier"] if len(calls) > _SHOWN else []
    return "\n".join([*left_out, *shown])
