"""Assertions about EMR's events, with messages that show what there was instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from emrsim.core.suggestions import shown, unknown
from emrsim.helpers.differences import contains, nearest
from emrsim.service.events.event import DETAIL_TYPES, EmrEvent
from emrsim.service.events.log import EventLog

_SHOWN = 20


def matching(log: EventLog, detail_type: str | None, detail: Mapping[str, Any]) -> list[EmrEvent]:
    """The events of a type, or of all, with these members of the detail."""
    __tracebackhide__ = True  # pytest shows the test's line instead
    if detail_type is not None and detail_type not in DETAIL_TYPES:
        raise ValueError(unknown("detail-type", detail_type, DETAIL_TYPES))
    return log.events(detail_type, lambda given: contains(given, detail))


def assert_event(
    log: EventLog, detail_type: str, detail: Mapping[str, Any], count: int | None
) -> list[dict[str, Any]]:
    """Such events; AssertionError if there is none, or not `count`."""
    __tracebackhide__ = True
    found = matching(log, detail_type, detail)
    if not found and count != 0:
        raise AssertionError(_nothing_there(log, detail_type, detail))
    if count is not None and len(found) != count:
        raise AssertionError(
            f"{_wanted(detail_type, detail)} happened {len(found)} times, not {count}:\n{_lines(found)}"
        )
    return [one.as_aws() for one in found]


def wait_for_event(
    log: EventLog, detail_type: str, detail: Mapping[str, Any], seconds: float
) -> dict[str, Any]:
    """The first such event, as soon as it happens; AssertionError if it does not in time."""
    __tracebackhide__ = True
    matching(log, detail_type, detail)  # a name that is unknown is told at once
    found = log.wait_for(lambda: next(iter(matching(log, detail_type, detail)), None), seconds)
    if found is None:
        raise AssertionError(f"{_nothing_there(log, detail_type, detail)}\n({seconds:g} seconds were waited)")
    return found.as_aws()


def _nothing_there(log: EventLog, detail_type: str, detail: Mapping[str, Any]) -> str:
    """What there was instead: other events of the type, or else of other types."""
    text = f"There was no {_wanted(detail_type, detail)}.\n"
    if same := log.events(detail_type):
        differs = nearest([one.detail for one in same], detail, "event")
        return f"{text}There were:\n{_lines(same)}\n{differs}"
    others = log.events()
    if not others:
        return f"{text}There were no events."
    missing = f"\n({log.left_out} earlier events are no longer known)" if log.left_out else ""
    return f"{text}There were:\n{_lines(others)}{missing}"


def _wanted(detail_type: str, detail: Mapping[str, Any]) -> str:
    return f"{detail_type}({', '.join(f'{name}={value!r}' for name, value in detail.items())})"


def _lines(events: Sequence[EmrEvent]) -> str:
    left_out = [f"  ... {len(events) - _SHOWN} earlier"] if len(events) > _SHOWN else []
    return "\n".join([*left_out, *(f"  {_line(one)}" for one in events[-_SHOWN:])])


def _line(event: EmrEvent) -> str:
    ids = ("stepId", "instanceGroupId", "instanceFleetId", "resourceId", "clusterId")
    which = next(event.detail[name] for name in ids if name in event.detail)
    state, message = event.detail["state"], shown(event.detail["message"])
    return f"{event.detail_type}(state={state!r}) of {which}: {message}"
