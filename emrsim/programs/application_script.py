"""The arguments that EMR's `hive-script` and `pig-script` have in common (docs/facts/api.md#steps-and-jars).

`--base-path URI --NAME-versions V --install-NAME [--NAME-site=URI]`, and `--run-NAME-script --args ARGS`.
Pentaho sends `--NAME-version V`.
"""

from __future__ import annotations

from dataclasses import dataclass


class BadArgument(Exception):
    """An argument that the script does not know; the message names it."""


@dataclass(frozen=True)
class ApplicationScript:
    """What is to be done: install, run with `arguments`, or both."""

    installs: bool
    site: str | None
    runs: bool
    arguments: list[str]


def parse_application_script(name: str, words: list[str]) -> ApplicationScript:
    """What the words after `NAME-script` ask for. Raises BadArgument."""
    before, arguments = _split(words)
    values: dict[str, str] = {}
    given = set()
    waiting = iter(before)
    for word in waiting:
        option, equals, value = word.partition("=")
        given.add(option)
        if option in {f"--install-{name}", f"--run-{name}-script"}:
            continue
        if option not in {"--base-path", f"--{name}-versions", f"--{name}-version", f"--{name}-site"}:
            raise BadArgument(f"{name}-script: unknown argument: {word}")
        values[option] = value if equals else next(waiting, "")
    installs, runs = f"--install-{name}" in given, f"--run-{name}-script" in given
    if not installs and not runs:
        raise BadArgument(f"{name}-script: neither --install-{name} nor --run-{name}-script")
    return ApplicationScript(installs, values.get(f"--{name}-site"), runs, arguments)


def _split(words: list[str]) -> tuple[list[str], list[str]]:
    if "--args" not in words:
        return words, []
    place = words.index("--args")
    return words[:place], words[place + 1 :]
