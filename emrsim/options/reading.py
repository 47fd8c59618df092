"""From values of options to `Settings`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from emrsim.core.suggestions import unknown
from emrsim.options.table import OPTIONS, Entrance, Option, options_of
from emrsim.settings import Settings, settings_for

_STEP_KEY = "emrsim"


def check_options(
    options: Mapping[str, Any], entrance: Entrance, place: Callable[[Option], str] = lambda one: one.name
) -> dict[str, Any]:
    """The values, in their usual form. Raises TypeError or ValueError, naming the option by `place`."""
    known = options_of(entrance)
    for name in options:
        if name not in known:
            raise TypeError(unknown("option", name, known))
    return {name: check(known[name], value, place(known[name])) for name, value in options.items()}


def check(option: Option, value: Any, place: str) -> Any:
    """The value of one option, in its usual form; None where emrsim chooses. Raises TypeError, ValueError."""
    if value is None and option.default is None:
        return None
    return option.kind.check(value, place)


def settings_of(root: Path, options: Mapping[str, Any], entrance: Entrance) -> Settings:
    """The settings that checked `options` mean, with the defaults of `entrance` for those not given."""
    data = options.get("data")
    given = {name: options.get(name, one.default_of(entrance)) for name, one in OPTIONS.items()}
    settings = {
        one.setting: one.kind.setting(given[name])
        for name, one in OPTIONS.items()
        if one.setting and given[name] is not None
    }
    if options.get("in_memory"):
        settings["durable"] = False
    settings["is_clock_given"] = "clock" in options
    settings.setdefault("fresh", False)
    if keys := settings.get("keys"):
        import secrets  # few ask for it, and pytest's plugin imports this

        # A key of their own for the programs of steps: those of the file are the user's.
        step_key = (_STEP_KEY, secrets.token_urlsafe())
        settings |= {"keys": {**keys, **dict([step_key])}, "step_key": step_key}
    return settings_for(root, data.absolute() if data else None, **settings)
