"""What a row of the table of options says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Flag, auto
from types import MappingProxyType
from typing import Any

from emrsim.options.kinds import Kind


class Entrance(Flag):
    """Where an option can be set."""

    EMULATOR = auto()  # a keyword of `Emulator`
    SERVE = auto()  # `emrsim serve`, its environment variables, and [tool.emrsim]
    MARKER = auto()  # a keyword of @pytest.mark.emrsim
    INI = auto()  # a line of pytest's ini file, for all emulators of the fixtures


NOT_OF_TESTS = Entrance.EMULATOR | Entrance.SERVE
EVERYWHERE = Entrance.EMULATOR | Entrance.SERVE | Entrance.MARKER | Entrance.INI


@dataclass(frozen=True)
class Option:
    """A row of the table.

    kind          its type and bounds, see `options.kinds`
    default       its value if none is given; None where emrsim chooses one (`default_text` says which)
    help          what it does, in a sentence or two
    entrances     where it can be set; everywhere, unless said
    setting       the field of `Settings` that it fills: that of its own name, unless said; "" for none
    flag          its name on the command line of `serve`, in the environment and in pyproject.toml, if
                  that is not its own: `settle` for settle_seconds
    defaults      other defaults, of some entrances
    default_text  the default in words, where it is not a constant
    """

    kind: Kind
    default: Any
    help: str
    entrances: Entrance = EVERYWHERE
    setting: str | None = None
    flag: str | None = None
    defaults: Mapping[Entrance, Any] = field(default_factory=lambda: MappingProxyType({}))
    default_text: str | None = None
    name: str = ""  # given by the table
    annotation: Any = None  # likewise

    @property
    def serve_name(self) -> str:
        """Its name for `serve`: `step-memory`."""
        return self.flag or self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """Its environment variable for `serve`."""
        return f"EMRSIM_SERVE_{self.serve_name.upper().replace('-', '_')}"

    @property
    def ini_name(self) -> str:
        """Its name in pytest's ini file."""
        return f"emrsim_{self.name}"

    def default_of(self, entrance: Entrance) -> Any:
        """The default where it is set by `entrance`."""
        return self.defaults.get(entrance, self.default)
