"""The lines of Spark (3.5 is one), and what each runs on (source: facts/releases 6.1)."""

from __future__ import annotations

import re
from typing import NamedTuple

DEFAULT = "3.5"  # what most release labels need

# Java 17 hides what Spark 3.2 uses; later Sparks ask for it by themselves (source: JavaModuleOptions).
_OPENED = (
    *("java.lang", "java.lang.invoke", "java.lang.reflect", "java.io", "java.net", "java.nio", "java.util"),
    *(
        "java.util.concurrent",
        "java.util.concurrent.atomic",
        "sun.nio.ch",
        "sun.nio.cs",
        "sun.security.action",
    ),
    *("sun.util.calendar",),
)
_OPEN_FLAGS = tuple(f"--add-opens=java.base/{package}=ALL-UNNAMED" for package in _OPENED)
_HIDING_JAVA = 17

Version = tuple[int, int]
NO_LIMIT = 999


class Line(NamedTuple):
    """A line of Spark. `javas` and `pythons` are the oldest and the newest that it runs on."""

    name: str
    newest: str  # its last version when this was written
    scala: str
    javas: tuple[int, int]
    pythons: tuple[Version, Version]
    java_module: str | None = None  # without which it does not start
    flags_on_java_17: tuple[str, ...] = ()

    def java_flags(self, major: int) -> tuple[str, ...]:
        """Return the flags that a Java of that major version needs for this Spark."""
        return self.flags_on_java_17 if major >= _HIDING_JAVA else ()

    def fits_python(self, version: Version) -> bool:
        """Whether a Python of that version runs this Spark's applications."""
        oldest, newest = self.pythons
        return oldest <= version <= newest

    @property
    def java_words(self) -> str:
        """Return `Java 8 to 11`, or `Java 17 or later`."""
        oldest, newest = self.javas
        return f"Java {oldest} or later" if newest == NO_LIMIT else f"Java {oldest} to {newest}"

    @property
    def python_words(self) -> str:
        """Return `Python 3.8 to 3.13`, or `Python 3.10 or later`."""
        oldest, newest = (".".join(map(str, version)) for version in self.pythons)
        return (
            f"Python {oldest} or later" if self.pythons[1][1] == NO_LIMIT else f"Python {oldest} to {newest}"
        )


_VECTOR = "jdk.incubator.vector"
_ANY_LATER = (3, NO_LIMIT)

LINES = {
    line.name: line
    for line in (
        Line("3.0", "3.0.3", "2.12", (8, 11), ((3, 6), (3, 8))),
        Line("3.1", "3.1.3", "2.12", (8, 11), ((3, 6), (3, 9))),
        Line("3.2", "3.2.4", "2.12", (8, 17), ((3, 6), (3, 9)), flags_on_java_17=_OPEN_FLAGS),
        Line("3.3", "3.3.4", "2.12", (8, 17), ((3, 7), (3, 10))),
        Line("3.4", "3.4.4", "2.12", (8, 17), ((3, 7), (3, 11))),
        Line("3.5", "3.5.9", "2.12", (8, 21), ((3, 8), (3, 13))),
        Line("4.0", "4.0.5", "2.13", (17, 21), ((3, 9), (3, 13)), _VECTOR),
        Line("4.1", "4.1.4", "2.13", (17, 21), ((3, 10), (3, 14)), _VECTOR),
        Line("4.2", "4.2.1", "2.13", (17, NO_LIMIT), ((3, 10), _ANY_LATER), _VECTOR),
        Line("4.3", "4.3.0", "2.13", (17, NO_LIMIT), ((3, 10), _ANY_LATER), _VECTOR),
    )
}
_LATEST = LINES["4.3"]


def numbers(version: str) -> tuple[int, ...]:
    """Return (3, 5, 6) of `3.5.6`, `3.5.6-amzn-1` and `3.5.6.dev0`."""
    found = re.match(r"\d+(?:\.\d+)*", version)
    return tuple(int(number) for number in found[0].split(".")[:3]) if found else ()


def line_name(version: str) -> str:
    """Return the line of a version: `3.5` of `3.5.6`."""
    return ".".join(map(str, numbers(version)[:2]))


def line_of(version: str) -> Line:
    """Return what a version runs on; of one later than the known, that of the latest known."""
    return LINES.get(line_name(version), _LATEST)


def can_run(version: str) -> bool:
    """Whether emrsim runs Sparks of that version at all: 1.x and 2.x need Java 8 or older."""
    return numbers(version)[:2] >= (3, 0)
