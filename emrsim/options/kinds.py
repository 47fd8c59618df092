"""The types of options: what a value may be, how it is read from text, and what it is in `Settings`.

Nobody compares or prints them, and dataclasses without these methods load in a third of the time.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from emrsim.core.pace import BadPace, pace
from emrsim.core.suggestions import shown, unknown

_TRUE, _FALSE = ("true", "yes", "on", "1"), ("false", "no", "off", "0")


class Kind:
    """A type of options. `place` is the option as the user has spelt it, with which a message begins."""

    allowed: str
    """What a value may be, for messages and documentation: `a number from 0 to 55`."""
    metavar = "VALUE"
    is_path = False
    """Whether a value is a path, or may be one; ini files and markers have them relative to themselves."""

    def check(self, value: Any, place: str) -> Any:
        """The value, in its usual form. Raises TypeError or ValueError; None is checked before."""
        raise NotImplementedError

    def parse(self, text: str, place: str) -> Any:
        """The value that `text` of a command line, the environment or a file means. Raises ValueError."""
        return self.check(text, place)

    def setting(self, value: Any) -> Any:
        """What a checked value is in `Settings`."""
        return value

    def wrong_type(self, value: object, place: str) -> TypeError:
        """The error for a value of another type."""
        return TypeError(f"{place}: {shown(value)} is not {self.allowed}")


@dataclass(eq=False, repr=False)
class Number(Kind):
    """A number from `least` to `most`."""

    least: float
    most: float
    is_whole: bool = False
    metavar: str = "NUMBER"

    @property
    def allowed(self) -> str:  # type: ignore[override]
        """See `Kind`."""
        return f"a {self._what} from {self._range}"

    @property
    def _what(self) -> str:
        return "whole number" if self.is_whole else "number"

    @property
    def _range(self) -> str:
        return f"{_plain(self.least)} to {_plain(self.most)}"

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        kinds = int if self.is_whole else int | float
        if not isinstance(value, kinds) or isinstance(value, bool):
            raise TypeError(f"{place}: {shown(value)} is not a {self._what}: expected {self._range}")
        if not self.least <= value <= self.most:
            raise ValueError(f"{place}: {shown(value)} is out of range: expected {self._range}")
        return value

    def parse(self, text: str, place: str) -> Any:
        """See `Kind`."""
        try:
            value = int(text) if self.is_whole else float(text)
        except ValueError:
            raise ValueError(
                f"{place}: {shown(text)} is not a {self._what}: expected {self._range}"
            ) from None
        return self.check(value, place)


@dataclass(eq=False, repr=False)
class Seconds(Number):
    """A span of time in seconds."""

    metavar: str = "SECONDS"

    def setting(self, value: Any) -> Any:
        """See `Kind`."""
        return timedelta(seconds=value)


@dataclass(eq=False, repr=False)
class Size(Kind):
    """A number of bytes, as a number or as text such as `512m` and `2g`."""

    most: int
    allowed = "a number of bytes, or a size such as 512m or 2g"
    metavar = "SIZE"

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        if isinstance(value, str):
            return self.parse(value, place)
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.wrong_type(value, place)
        if not 1 <= value <= self.most:
            raise ValueError(f"{place}: {shown(value)} is out of range: expected 1 to {self.most} bytes")
        return value

    def parse(self, text: str, place: str) -> Any:
        """See `Kind`."""
        from emrsim.mapreduce.tasks.resources import size_bytes

        try:
            value = size_bytes(text)
        except ValueError:
            raise ValueError(f"{place}: {shown(text)} is not {self.allowed}") from None
        return self.check(value, place)


class Switch(Kind):
    """Yes or no."""

    allowed = "True or False"
    metavar = ""

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        if not isinstance(value, bool):
            raise self.wrong_type(value, place)
        return value

    def parse(self, text: str, place: str) -> Any:
        """See `Kind`."""
        if text.lower() not in {*_TRUE, *_FALSE}:
            raise ValueError(f"{place}: {shown(text)} is not true or false")
        return text.lower() in _TRUE


class ClockPace(Kind):
    """How fast the clock goes."""

    allowed = "real, instant, manual or a pace such as 60x"
    metavar = "PACE"

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        try:
            pace(value)
        except BadPace as error:
            raise BadPace(f"invalid {place} {shown(value)}: {error.allowed}") from None
        return value

    def setting(self, value: Any) -> Any:
        """See `Kind`."""
        return pace(value)


@dataclass(eq=False, repr=False)
class Text(Kind):
    """A text that is not empty; with `pattern`, a regular expression, one that it matches as a whole."""

    allowed: str
    metavar: str = "TEXT"
    pattern: str = ".+"

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        if not isinstance(value, str):
            raise self.wrong_type(value, place)
        if not re.fullmatch(self.pattern, value):
            raise ValueError(f"{place}: {shown(value)} is not {self.allowed}")
        return value


@dataclass(eq=False, repr=False)
class Choice(Kind):
    """One of several words."""

    words: tuple[str, ...]

    @property
    def allowed(self) -> str:  # type: ignore[override]
        """See `Kind`."""
        return " or ".join(self.words)

    @property
    def metavar(self) -> str:  # type: ignore[override]
        """See `Kind`."""
        return "|".join(self.words)

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        if not isinstance(value, str):
            raise self.wrong_type(value, place)
        if value not in self.words:
            raise ValueError(f"{place}: {unknown('value', value, self.words)}")
        return value


@dataclass(eq=False, repr=False)
class NameList(Kind):
    """Several names; the command line gives one with each use, a text separates them by spaces."""

    what: str
    metavar: str = "NAME"

    @property
    def allowed(self) -> str:  # type: ignore[override]
        """See `Kind`."""
        return f"a list of names ({self.what})"

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        is_list = isinstance(value, Iterable) and not isinstance(value, str | bytes | Mapping)
        if not is_list or not all(isinstance(one, str) and one for one in value):
            raise self.wrong_type(value, place)
        return tuple(value)

    def parse(self, text: str, place: str) -> Any:
        """See `Kind`."""
        return tuple(text.replace(",", " ").split())


class Origins(Kind):
    """Several origins of web pages: scheme, host and port; the command line gives one with each use."""

    allowed = "a list of web pages' origins, such as http://localhost:3000"
    metavar = "URL"

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        from emrsim.access import origin_of

        texts = NameList("origins").check(value, place)
        try:
            for text in texts:
                origin_of(text)
        except ValueError as error:
            raise ValueError(f"{place}: {error}") from None
        return texts

    def parse(self, text: str, place: str) -> Any:
        """See `Kind`."""
        return self.check(NameList("origins").parse(text, place), place)


@dataclass(eq=False, repr=False)
class FilePath(Kind):
    """The path of a file or folder; where it `must_exist`, one that is there."""

    what: str = "folder"
    must_exist: bool = False
    is_path = True

    @property
    def allowed(self) -> str:  # type: ignore[override]
        """See `Kind`."""
        return f"the path of a {self.what}"

    @property
    def metavar(self) -> str:  # type: ignore[override]
        """See `Kind`."""
        return self.what.upper()

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        if not isinstance(value, str | Path) or not str(value):
            raise self.wrong_type(value, place)
        path = Path(value)
        is_right = path.is_dir() if self.what == "folder" else path.is_file()
        if self.must_exist and not is_right:
            raise ValueError(f"{place}: {shown(str(value))} is not a {self.what} that exists")
        return path

    def setting(self, value: Any) -> Any:
        """See `Kind`."""
        return value.absolute()


class FileOrAddress(Kind):
    """The path of a file, or an address of the web."""

    allowed = "the path of a file, or an address such as http://127.0.0.1:8000/events"
    metavar = "FILE|URL"

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        if not isinstance(value, str | Path) or not str(value):
            raise self.wrong_type(value, place)
        if "://" not in str(value):
            return Path(value)
        if not re.fullmatch(r"https?://[^/\s?#]+\S*", str(value)):
            raise ValueError(f"{place}: {shown(str(value))} is not {self.allowed}")
        return str(value)

    def setting(self, value: Any) -> Any:
        """See `Kind`."""
        return value.absolute() if isinstance(value, Path) else value


class SeedData(Kind):
    """Clusters as plain data, or a file of them."""

    allowed = "the path of a .json or .yaml file, or a dictionary"
    metavar = "FILE"
    is_path = True

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`. What is in it is checked when it is used (`api.seeds`)."""
        return value if isinstance(value, Mapping) else FilePath("file", must_exist=True).check(value, place)


class Keys(Kind):
    """Secrets by access key, or a file of them in the format of ~/.aws/credentials; read when checked."""

    allowed = "the path of a file as ~/.aws/credentials, or a dictionary of secrets by access key"
    metavar = "FILE"
    is_path = True

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        from emrsim.access import UnusableKeys, keys_in

        if isinstance(value, Mapping):
            if not value or not all(isinstance(one, str) and one for pair in value.items() for one in pair):
                raise self.wrong_type(value, place)
            return dict(value)
        try:
            return keys_in(FilePath("file").check(value, place))
        except UnusableKeys as error:
            raise ValueError(f"{place}: {error}") from None


class Engines(Kind):
    """The caller's engines (`core.ports.Engine`)."""

    allowed = "a list of engines, which have accepts(job) and command(job)"

    def check(self, value: Any, place: str) -> Any:
        """See `Kind`."""
        if not isinstance(value, Iterable) or isinstance(value, str | bytes | Mapping):
            raise self.wrong_type(value, place)
        return tuple(value)


def _plain(number: float) -> str:
    return str(int(number)) if number == int(number) else f"{number:g}"
