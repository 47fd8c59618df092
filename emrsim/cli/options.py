"""The options of `emrsim serve`, made of the table: flags, environment variables and [tool.emrsim].

The command line is before the environment, that before the file, and that before the default.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click
from click.core import ParameterSource

from emrsim.core.suggestions import unknown
from emrsim.options import Entrance, Option, options_of
from emrsim.options.kinds import NameList, Switch
from emrsim.options.reading import check

F = TypeVar("F", bound=Callable[..., Any])

_PREFIX = "EMRSIM_SERVE_"
_FILE = "pyproject.toml"
_HELP = {"-h", "--help"}


class ServeCommand(click.Command):
    """A command whose options may be given by the environment and by the current folder's pyproject.toml."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """See `click.Command`. Help is printed whatever else says."""
        if not _HELP & set(args):
            try:
                ctx.default_map = {**_of_file(Path(_FILE)), **_of_environment(os.environ)}
            except (TypeError, ValueError) as error:
                raise click.UsageError(str(error), ctx) from None
        return super().parse_args(ctx, args)


def serve_options(command: F) -> F:
    """Give `command` all options of `serve`, by their names in the table."""
    for option in reversed(list(options_of(Entrance.SERVE).values())):
        command = _click_option(option)(command)
    return command


def _click_option(option: Option) -> Callable[[F], F]:
    is_switch, is_list = isinstance(option.kind, Switch), isinstance(option.kind, NameList)
    default = option.default_of(Entrance.SERVE)
    flag = f"--{option.serve_name}"
    return click.option(
        option.name,
        f"{flag}/--no-{option.serve_name}" if is_switch else flag,
        type=None if is_switch else click.UNPROCESSED,
        multiple=is_list,
        default=default,
        callback=lambda ctx, _, value: _checked(ctx, option, value),
        metavar=option.kind.metavar or None,
        help=f"{option.help}{_default_text(option, default)}",
    )


def _checked(ctx: click.Context, option: Option, value: Any) -> Any:
    """The value; what does not come from the command line has been checked."""
    if ctx.get_parameter_source(option.name) is not ParameterSource.COMMANDLINE:
        return value
    place = f"--{option.serve_name}"
    try:
        return option.kind.parse(value, place) if isinstance(value, str) else option.kind.check(value, place)
    except (TypeError, ValueError) as error:
        raise click.UsageError(str(error), ctx) from None


def _default_text(option: Option, default: Any) -> str:
    if isinstance(option.kind, NameList):
        return " Can be given several times."
    if isinstance(option.kind, Switch) or (default is None and not option.default_text):
        return ""
    return f"  [default: {option.default_text if default is None else default}]"


def _of_environment(environment: Mapping[str, str]) -> dict[str, Any]:
    """The options that are set by EMRSIM_SERVE_…; an empty variable sets nothing. Raises ValueError."""
    known = {one.variable: one for one in options_of(Entrance.SERVE).values()}
    found = {}
    for variable, text in environment.items():
        if not variable.startswith(_PREFIX) or not text:
            continue
        if variable not in known:
            raise ValueError(unknown("environment variable", variable, known))
        option = known[variable]
        found[option.name] = option.kind.parse(text, variable)
    return found


def _of_file(path: Path) -> dict[str, Any]:
    """The options in [tool.emrsim] of a pyproject.toml, if there is one. Raises TypeError, ValueError."""
    import tomllib

    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise ValueError(f"{path}: cannot be read: {error}") from None
    table = content.get("tool", {}).get("emrsim", {})
    if not isinstance(table, Mapping):
        raise TypeError(f"{path}: tool.emrsim: expected a table of options")
    known = {one.serve_name: one for one in options_of(Entrance.SERVE).values()}
    found = {}
    for key, value in table.items():
        name = key.replace("_", "-")
        if name not in known:
            raise ValueError(f"{path}: tool.emrsim: {unknown('option', key, known)}")
        found[known[name].name] = check(known[name], value, f"{path}: tool.emrsim.{key}")
    return found
