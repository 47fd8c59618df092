"""Which interpreter runs a script or command that asks for one this machine may lack.

EMR's images have `/usr/bin/python`, `python2.7` and others that a developer's machine has not. Nothing is
ever run by an interpreter of another major version in silence:

- `python3…` that is missing is run by the `python3` that is there, and a note says so;
- `python`, which is 2 or 3 by release, by `python3` if the script compiles there, with a note;
- `python2…` only by what the environment names: EMRSIM_PYTHON2 is the path of a Python 2.

EMRSIM_INTERPRETERS maps base names or whole paths: `python2.7=/opt/py27/python:/usr/bin/perl5=/usr/bin/perl`.
A file without `#!` is run by /bin/sh, as Java's ProcessBuilder does it.
"""

from __future__ import annotations

import errno
import os
import re
import shutil
import sys
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

PYTHON2 = "EMRSIM_PYTHON2"
INTERPRETERS = "EMRSIM_INTERPRETERS"

# Programs that call `resolve` where the machine lacks an interpreter; never what it finds itself.
STAND_INS = Path(__file__).parent / "programs" / "stand_ins"

_HEAD_BYTES = 256  # of a first line that the system looks at
_SOURCE_BYTES_MAX = 4 << 20
_PYTHON = re.compile(r"python(\d?)[0-9.]*")
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"
_SET = f"set {PYTHON2} (or --python2) to the path of a Python 2, or port the script to Python 3"


class CannotRun(Exception):
    """A program cannot be run; `number` is the errno that Java would report, the message says why."""

    def __init__(self, number: int, why: str = "") -> None:
        super().__init__(why)
        self.number = number


class Resolved(NamedTuple):
    """What to execute, and a note for the logs where it is not what was asked for."""

    argv: list[str]
    note: str | None = None


def resolve(
    argv: Sequence[str], folder: Path, environment: Mapping[str, str], cwd: Path | None = None
) -> Resolved:
    """Return how to execute a command in `folder`; a file there comes before PATH. Raises CannotRun.

    Scripts that arguments name are in `cwd`, without it in `folder`.
    """
    name = argv[0]
    environment = {**environment, "PATH": _without_stand_ins(environment.get("PATH", os.defpath))}
    program = _found(name, folder, environment["PATH"])
    if program is None:
        replaced = _replacement(name, argv[1:], cwd or folder, environment)
        if replaced is None:
            raise CannotRun(errno.ENOENT)
        return Resolved([replaced[0], *argv[1:]], replaced[1])
    if not os.access(program, os.X_OK):
        raise CannotRun(
            errno.EACCES, f"make it executable (chmod +x {name}), or ship it with -file or -files"
        )
    return _by_first_line([program, *argv[1:]], folder, environment)


def _without_stand_ins(path: str) -> str:
    return os.pathsep.join(one for one in path.split(os.pathsep) if one != str(STAND_INS))


def _found(name: str, folder: Path, path: str) -> str | None:
    if os.path.isabs(name):
        return name if os.path.exists(name) else None
    local = folder / name
    if local.is_file():
        return str(local)
    for directory in path.split(os.pathsep):
        candidate = os.path.join(directory, name)
        if directory and os.access(candidate, os.X_OK) and os.path.isfile(candidate):
            return candidate
    return None


def _by_first_line(argv: list[str], folder: Path, environment: Mapping[str, str]) -> Resolved:
    """Return how to execute a file that is there, by what its first line asks for."""
    try:
        with open(argv[0], "rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return Resolved(argv)  # may be executed, but not read
    if not head.startswith(b"#!"):
        return (
            Resolved(["/bin/sh", *argv], _note_of_shell(argv[0], head)) if _is_text(head) else Resolved(argv)
        )
    line = os.fsdecode(head[2:].split(b"\n", 1)[0])
    interpreter, _, option = line.strip(" \t").partition(" ")
    if "\r" in line:
        raise CannotRun(
            errno.ENOENT,
            f"its first line, {line!r}, ends with a carriage return: save it with Unix line ends",
        )
    if not interpreter:
        return Resolved(["/bin/sh", *argv])
    option = option.strip(" \t")
    words = [interpreter, *([option] if option else [])]
    if os.path.exists(interpreter):
        if (
            os.path.basename(interpreter) != "env"
            or not option
            or " " in option
            or _on_path(option, environment)
        ):
            return Resolved(argv)  # the system does the rest
        words = [option]
    replaced = _replacement(words[0], [*words[1:], *argv], folder, environment)
    if replaced is None:
        raise CannotRun(errno.ENOENT, f"its first line asks for {words[0]!r}, which is not on this machine")
    return Resolved([replaced[0], *words[1:], *argv], replaced[1])


def _on_path(name: str, environment: Mapping[str, str]) -> bool:
    return shutil.which(name, path=environment.get("PATH", os.defpath)) is not None


def _is_text(head: bytes) -> bool:
    """Whether a file that names no interpreter is for the shell: an empty one is, a binary one is not."""
    return b"\0" not in head


def _note_of_shell(program: str, head: bytes) -> str | None:
    if head.startswith(_BYTE_ORDER_MARK):
        return f"{program} begins with a byte order mark, which hides its first line: /bin/sh runs it"
    return None


def _replacement(
    name: str, arguments: Sequence[str], folder: Path, environment: Mapping[str, str]
) -> tuple[str, str] | None:
    """Return what may run in place of a missing program, and a note; None: nothing. Raises CannotRun."""
    base = os.path.basename(name)
    mapped = _mapped(name, base, environment)
    python = _PYTHON.fullmatch(base)
    if mapped is None and python is not None and python[1] != "3":
        mapped = environment.get(PYTHON2) or None
    if mapped is not None:
        if not os.access(mapped, os.X_OK):
            raise CannotRun(errno.ENOENT, f"{mapped}, which is to run {name}, is not there")
        return mapped, f"{name} is not on this machine: {mapped} runs in its place"
    if python is None:
        return None
    if python[1] == "2":
        raise CannotRun(
            errno.ENOENT, f"{name} is not on this machine, and Python 3 is not run in its place: {_SET}"
        )
    python3 = shutil.which("python3", path=environment.get("PATH", os.defpath)) or sys.executable
    if python[1] == "" and (problem := _problem_of_source(arguments, folder)):
        raise CannotRun(
            errno.ENOENT,
            f"{name} is not on this machine, and Python 3 cannot run its script ({problem}): {_SET}",
        )
    return python3, f"{name} is not on this machine: {python3} runs in its place, which is Python 3"


def _mapped(name: str, base: str, environment: Mapping[str, str]) -> str | None:
    entries = dict(
        entry.partition("=")[::2]
        for entry in environment.get(INTERPRETERS, "").split(os.pathsep)
        if "=" in entry
    )
    return entries.get(name) or entries.get(base)


def _problem_of_source(arguments: Sequence[str], folder: Path) -> str | None:
    """Return why the script or `-c` text among some arguments is not Python 3; None if it may be."""
    words = list(arguments)
    while words and words[0].startswith("-"):
        if words[0] == "-c" and len(words) > 1:
            return _syntax_error(words[1].encode("utf-8", "surrogateescape"), "-c")
        if words[0] in {"-m", "-c", "-"}:
            return None
        words = words[2 if words[0] in {"-W", "-X"} else 1 :]
    script = folder / words[0] if words else None
    if script is None or not script.is_file() or script.stat().st_size > _SOURCE_BYTES_MAX:
        return None
    return _syntax_error(script.read_bytes(), script.name)


def _syntax_error(source: bytes, name: str) -> str | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(source, name, "exec", dont_inherit=True)
        except SyntaxError as error:
            return f"{name}, line {error.lineno}: {error.msg}"
        except (ValueError, RecursionError, MemoryError, OverflowError) as error:
            return f"{name}: {error}"
    return None
