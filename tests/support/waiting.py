"""Waiting for what happens on other threads: a condition and a deadline, never a fixed time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Value = TypeVar("Value")

_PAUSE_SECONDS = 0.005


def wait_until(condition: Callable[[], Value], what: str = "", seconds: float = 20.0) -> Value:
    """The first true value of `condition`; fails the test when the deadline passes without one."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f"not within {seconds:g} s: {what or condition}")
        time.sleep(_PAUSE_SECONDS)
    return value
