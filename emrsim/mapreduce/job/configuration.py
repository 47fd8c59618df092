"""The properties of a job: both generations' names, one resolved value each."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from emrsim.mapreduce.errors import EXIT_BAD_CONFIGURATION, JobRefused
from emrsim.mapreduce.job.names import NEW_NAMES

_VARIABLE = r"\$\{([^}$\s]+)\}"
_INTEGER = re.compile(r"[+-]?(\d+|0[xX][0-9a-fA-F]+)", re.ASCII)
_SUBSTITUTIONS_MAX = 20  # Configuration.MAX_SUBST in Hadoop


class Configuration:
    """Properties under their Hadoop 2 names; the last setting of either name wins.

    An empty value counts as not set (docs/facts/streaming.md#recorded-jobs), and `${other}` in a
    value stands for the property or environment variable of that name.
    """

    def __init__(self) -> None:
        self._values: dict[str, str] = {}

    def set(self, name: str, value: str) -> None:
        """Give `name`, old or new, a value; an empty one removes it."""
        canonical = NEW_NAMES.get(name, name)
        if value:
            self._values[canonical] = value
        else:
            self._values.pop(canonical, None)

    def set_default(self, name: str, value: str) -> None:
        """Set `name` unless it has a value."""
        if self.text(name) is None:
            self.set(name, value)

    def text(self, name: str) -> str | None:
        """The value of `name` with its variables filled in, or None."""
        value = self._values.get(NEW_NAMES.get(name, name))
        if value is None or "${" not in value:
            return value
        return self._substituted(value)

    def bytes(self, name: str, default: bytes) -> bytes:
        """The value of `name` as UTF-8: separators may be longer than one byte."""
        value = self.text(name)
        return default if value is None else os.fsencode(value)

    def integer(self, name: str, default: int) -> int:
        """The value of `name` as a whole number, blanks around it allowed; refuses anything else."""
        value = self.text(name)
        if value is None:
            return default
        text = value.strip()
        if not _INTEGER.fullmatch(text):
            raise JobRefused(f'java.lang.NumberFormatException: For input string: "{text}"')
        return int(text, 16 if "x" in text.lower() else 10)

    def boolean(self, name: str, default: bool) -> bool:
        """The value of `name`; what is neither `true` nor `false` counts as not set, as in Hadoop."""
        value = (self.text(name) or "").strip().lower()
        return value == "true" if value in {"true", "false"} else default

    def __iter__(self) -> Iterator[tuple[str, str]]:
        for name in self._values:
            value = self.text(name)
            if value is not None:
                yield name, value

    def load_xml(self, path: Path) -> None:
        """Add the properties of a Hadoop configuration file."""
        from xml.etree import ElementTree

        try:
            root = ElementTree.parse(path).getroot()
        except (OSError, ElementTree.ParseError) as error:
            raise JobRefused(
                f"java.lang.RuntimeException: {path}: {error}", EXIT_BAD_CONFIGURATION
            ) from error
        for entry in root.iter("property"):
            name = (entry.findtext("name") or "").strip()
            if name:
                self.set(name, entry.findtext("value") or "")

    def _substituted(self, value: str) -> str:
        for _ in range(_SUBSTITUTIONS_MAX):
            variable = re.search(_VARIABLE, value)
            if variable is None:
                break
            found = self._variable(variable[1])
            if found is None:
                break
            value = value[: variable.start()] + found + value[variable.end() :]
        return value

    def _variable(self, name: str) -> str | None:
        if name.startswith("env."):
            return os.environ.get(name.removeprefix("env."))
        return self._values.get(NEW_NAMES.get(name, name))
