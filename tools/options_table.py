"""The tables of docs/options.md, made of `emrsim.options`: `python -m tools.options_table` writes them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from emrsim.options import OPTIONS, Entrance, Option
from emrsim.options.kinds import Switch
from tools.generated import DOCS, write_part

PAGE = DOCS / "options.md"
NAME = "options"


def draw() -> str:
    """What has to stand between the marks."""
    return "\n".join(_lines())


def _lines() -> Iterable[str]:
    yield "| option | value | default | what it does |"
    yield "|---|---|---|---|"
    for one in OPTIONS.values():
        yield f"| `{one.name}` | {one.kind.allowed} | {_default(one)} | {one.help} |"
    yield ""
    yield "| option | `Emulator` | `emrsim serve` | environment of `serve` | marker | ini file |"
    yield "|---|---|---|---|---|---|"
    for one in OPTIONS.values():
        yield f"| `{one.name}` | {' | '.join(_spellings(one))} |"
    yield ""


def _default(option: Option) -> str:
    serve, tests = (option.default_of(one) for one in (Entrance.SERVE, Entrance.INI))
    others = [
        f"{_shown(value, option)} {where}"
        for value, where in ((serve, "with `serve`"), (tests, "in fixtures"))
        if value != option.default
    ]
    return "; ".join([_shown(option.default, option), *others])


def _shown(value: Any, option: Option) -> str:
    if value is None:
        return option.default_text or "none"
    return "none" if value == () else f"`{value}`"


def _spellings(option: Option) -> Iterable[str]:
    flag = f"--{option.serve_name}"
    if isinstance(option.kind, Switch):
        flag = f"{flag}, --no-{option.serve_name}"
    spellings = {
        Entrance.EMULATOR: (f"{option.name}=",),
        Entrance.SERVE: (flag, option.variable),
        Entrance.MARKER: (f"{option.name}=",),
        Entrance.INI: (option.ini_name,),
    }
    for entrance, texts in spellings.items():
        for text in texts:
            is_there = entrance & option.entrances or (option.name, entrance) == ("root", Entrance.EMULATOR)
            yield f"`{text}`" if is_there else ""


if __name__ == "__main__":
    write_part(PAGE, NAME, draw())
