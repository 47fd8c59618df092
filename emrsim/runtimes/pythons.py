"""A Python for the applications of a Spark: the one asked for, or one of an age that the Spark runs on."""

from __future__ import annotations

import os
import pwd
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from emrsim.runtimes.lines import Line, Version

# Names that mean the Python of the release, which another may stand in for.
_OF_THE_RELEASE = re.compile(r"(?:/usr/bin/|/usr/bin/env )?python(?:3(?:\.\d+)?)?")
_VERSION = re.compile(r"python(\d)\.(\d+)")
_VENV_VERSION = re.compile(r"^version(?:_info)? *= *(\d+)\.(\d+)", re.MULTILINE)
_BINARY = b"\x7fELF"
_ASK = "import sys; print(*sys.version_info[:2])"
_ASK_SECONDS_MAX = 10


class ChosenPython(NamedTuple):
    """A Python, and what a user should know of the choice."""

    command: str
    remark: str | None = None


def choose_python(asked: str | None, line: Line, environment: Mapping[str, str] = os.environ) -> ChosenPython:
    """Return the Python that is asked for if it is here, else one that the line of Spark runs on.

    Of none is asked: the one that runs emrsim, if it fits. Where none fits, the asked one, or emrsim's, is
    returned with a remark that says so: the application may still be one without Python.
    """
    path = environment.get("PATH", os.defpath)
    if asked:
        found = shutil.which(asked, path=path)
        version = python_version(found) if found else None
        if found and (version is None or line.fits_python(version)):
            return ChosenPython(asked)
        if found and not _OF_THE_RELEASE.fullmatch(asked):
            return ChosenPython(
                asked, f"{asked} is {_told(version)}, and Spark {line.name} is for {line.python_words}"
            )
        why = "is not on this machine" if not found else f"is {_told(version)} here"
        return _instead(f"{asked} {why}", asked, line, path)
    if line.fits_python(sys.version_info[:2]):
        return ChosenPython(sys.executable)
    return _instead(f"{sys.executable} is {_told(sys.version_info[:2])}", sys.executable, line, path)


def python_version(command: str) -> Version | None:
    """Return (3, 11); None if the program does not tell."""
    path = Path(command)
    if path == Path(sys.executable):
        return sys.version_info[:2]
    for told in (_of_venv(path), _of_name(path.resolve())):
        if told:
            return int(told[1]), int(told[2])
    return _asked(command)


def _of_name(path: Path) -> re.Match[str] | None:
    """`python3.11` as a binary; a script of that name, pyenv's say, may run another or none."""
    try:
        with open(path, "rb") as file:
            return _VERSION.fullmatch(path.name) if file.read(len(_BINARY)) == _BINARY else None
    except OSError:
        return None


def _instead(why: str, asked: str, line: Line, path: str) -> ChosenPython:
    found = next((one for one in _candidates(path, line) if _fits(one, line)), None)
    if found is None:
        return ChosenPython(
            asked if shutil.which(asked, path=path) else sys.executable,
            f"{why}, and there is no {line.python_words} on this machine, which Spark {line.name} is for: "
            "set PYSPARK_PYTHON to one",
        )
    return ChosenPython(found, f"{why}: {found} runs Spark {line.name}'s Python in its place")


def _fits(command: str, line: Line) -> bool:
    version = python_version(command)
    return version is not None and line.fits_python(version)


def _candidates(path: str, line: Line) -> Iterator[str]:
    """The Pythons of this machine, likely ones first."""
    yield sys.executable
    oldest, newest = line.pythons
    names = [f"python3.{minor}" for minor in range(min(newest[1], 20), oldest[1] - 1, -1)]
    for name in ("python3", *names):
        if found := shutil.which(name, path=path):
            yield found
    # The neighbours of this one, where pyenv and uv put them; HOME is the cluster's.
    homes = {Path(sys.base_prefix).parent, Path(pwd.getpwuid(os.geteuid()).pw_dir, ".pyenv", "versions")}
    for name in names:
        for folder in sorted(homes):
            yield from map(str, sorted(folder.glob(f"*/bin/{name}"), reverse=True))


def _of_venv(path: Path) -> re.Match[str] | None:
    try:
        return _VENV_VERSION.search((path.parent.parent / "pyvenv.cfg").read_text())
    except OSError:
        return None


def _asked(command: str) -> Version | None:
    try:
        told = subprocess.run(
            [command, "-S", "-c", _ASK], capture_output=True, text=True, check=True, timeout=_ASK_SECONDS_MAX
        )
        major, minor = told.stdout.split()
        return int(major), int(minor)
    except (OSError, ValueError, subprocess.SubprocessError):
        return None


def _told(version: Version | None) -> str:
    return "of an unknown version" if version is None else "Python {}.{}".format(*version)
