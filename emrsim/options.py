"""The options of `Emulator`: what each may be, and the settings they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from emrsim.core.pace import pace
from emrsim.settings import Settings, default_slots, optional_seconds, settings_for

SECONDS_MAX = 1e9  # some 30 years; dates end later
_PORT_MAX = 65_535


@dataclass(frozen=True)
class _Number:
    """A number from `least` to `most`; None, where that is allowed, leaves the choice to emrsim."""

    is_whole: bool
    least: float
    most: float = float("inf")
    may_be_none: bool = False

    def check(self, name: str, value: object) -> None:
        if value is None and self.may_be_none:
            return
        kinds = int if self.is_whole else int | float
        if not isinstance(value, kinds) or isinstance(value, bool):
            what = "whole number" if self.is_whole else "number"
            raise TypeError(f"{name}: it must be a {what}, not {value!r}")
        if not self.least <= value <= self.most:
            limit = (
                f"at least {self.least:g}"
                if self.most == float("inf")
                else f"from {self.least:g} to {self.most:g}"
            )
            raise ValueError(f"{name}: it must be {limit}, not {value!r}")


_NUMBERS: Mapping[str, _Number] = {
    "port": _Number(True, 0, _PORT_MAX),
    "boot_seconds": _Number(False, 0, SECONDS_MAX, may_be_none=True),
    "step_seconds": _Number(False, 0, SECONDS_MAX, may_be_none=True),
    "shutdown_seconds": _Number(False, 0, SECONDS_MAX, may_be_none=True),
    "first_step_seconds": _Number(False, 0, SECONDS_MAX),
    "settle_seconds": _Number(False, 0, SECONDS_MAX),
    "slots": _Number(True, 1, may_be_none=True),
    "step_memory_bytes": _Number(True, 1, may_be_none=True),
    "step_cpu_seconds": _Number(True, 1, may_be_none=True),
}
_SWITCHES = ("strict", "keep")


def check_options(options: Mapping[str, object]) -> None:
    """Raises TypeError or ValueError (BadPace), naming the option, for what it cannot be."""
    for name, value in options.items():
        if name in _NUMBERS:
            _NUMBERS[name].check(name, value)
        elif name == "clock":
            pace(value)
        elif name in _SWITCHES and not isinstance(value, bool):
            raise TypeError(f"{name}: it must be True or False, not {value!r}")
        elif name == "pass_env" and not _is_names(value):
            raise TypeError(f"{name}: it must be a list of names of variables, not {value!r}")


def settings_of(root: Path, data: Path | None, options: Mapping[str, Any]) -> Settings:
    """The settings that such options, which have been checked, stand for."""
    return settings_for(
        root,
        data,
        port=options["port"],
        clock=pace(options["clock"]),
        boot=optional_seconds(options["boot_seconds"]),
        step=optional_seconds(options["step_seconds"]),
        shutdown=optional_seconds(options["shutdown_seconds"]),
        first_step=timedelta(seconds=options["first_step_seconds"]),
        settle=timedelta(seconds=options["settle_seconds"]),
        slots=options["slots"] or default_slots(),
        strict=options["strict"],
        pass_env=tuple(options["pass_env"]),
        step_memory_bytes=options["step_memory_bytes"],
        step_cpu_seconds=options["step_cpu_seconds"],
        keep=options["keep"],
    )


def _is_names(value: object) -> bool:
    is_several = isinstance(value, Iterable) and not isinstance(value, str | bytes)
    return is_several and all(isinstance(one, str) for one in value)  # type: ignore[attr-defined]
