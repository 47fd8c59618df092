"""`/_emrsim/clock`: what time it is, how fast it goes, and moving it on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from emrsim.core.durations import BadDuration, duration, duration_text
from emrsim.core.pace import BadPace
from emrsim.service.clock import ClockMovedBackwards, ClockMovedTooFar, SteeredClock, still_under_way
from emrsim.service.held_up import is_over
from emrsim.web.control.calls import Call, Controls, Refusal


def read(controls: Controls, call: Call) -> dict[str, Any]:
    """The time, the mode, and what is waited for, soonest first."""
    clock = controls.clock
    now = clock.now()
    with controls.state.locked() as state:
        coming = [
            {"at": when.isoformat(), "in": duration_text(when - now), "for": one.what, "of": one.cluster_id}
            for when, one in clock.awaited()
            if not is_over(one, state.clusters.get(one.cluster_id))
        ]
    return {"now": now.isoformat(), "mode": clock.pace.name, "awaited": coming}


def change(controls: Controls, call: Call) -> dict[str, Any]:
    """Set `mode`, then `advance` by a duration; answers when what was due has been carried out."""
    asked = call.json()
    for name in asked.keys() - {"mode", "advance"}:
        raise Refusal(f"{name}: unknown: expected 'mode' or 'advance'")
    by = _duration(asked)
    _set_mode(controls.clock, asked)
    late = _move(controls.clock, by) if by else []
    warnings = {"warnings": [still_under_way(late)]} if late else {}
    return {**read(controls, call), **warnings}


def _duration(asked: dict[str, Any]) -> timedelta:
    try:
        by = duration(asked.get("advance", 0))
        if by < duration(0):
            raise ClockMovedBackwards("the clock cannot be moved backwards")
        return by
    except (BadDuration, ClockMovedBackwards) as error:
        raise Refusal(f"advance: {error}") from None


def _move(clock: SteeredClock, by: timedelta) -> list[str]:
    try:
        return clock.move(by)
    except ClockMovedTooFar as error:
        raise Refusal(f"advance: {error}") from None


def _set_mode(clock: SteeredClock, asked: dict[str, Any]) -> None:
    if "mode" in asked:
        try:
            clock.set_pace(asked["mode"])
        except BadPace as error:
            raise Refusal(f"mode: {error}") from None
