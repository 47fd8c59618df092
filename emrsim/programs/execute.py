"""One program becomes another, as EMR's runners, which are Java's, start theirs."""

from __future__ import annotations

import errno
import os
import shutil
import sys
from collections.abc import Sequence

from emrsim.programs.cluster_paths import on_this_machine
from emrsim.programs.surroundings import surroundings
from emrsim.programs.table import program_at, run

_SHEBANG_BYTES_MAX = 256


def execute(argv: Sequence[str]) -> int:
    """Become the program `argv`, found on PATH; returns, with an exit code, only where that fails.

    A program of emrsim's own runs in this process. A text file that says no interpreter is run by /bin/sh,
    as Java's ProcessBuilder does (that EMR's runners do so: assumed).
    """
    if own := program_at(argv[0]):
        return run(own, list(argv[1:]))
    around = surroundings()
    argv = [on_this_machine(word, around) for word in argv]
    name = argv[0]
    sys.stdout.flush()
    sys.stderr.flush()
    try:
        os.execvp(name, list(argv))
    except OSError as error:
        if error.errno == errno.ENOEXEC and _is_text(name):
            os.execv("/bin/sh", ["/bin/sh", *argv])
        print(_cannot_run(name, error), file=sys.stderr)
        return 127 if error.errno == errno.ENOENT else 126


def _is_text(name: str) -> bool:
    path = shutil.which(name) or name
    with open(path, "rb") as file:
        return b"\0" not in file.read(_SHEBANG_BYTES_MAX)


def _cannot_run(name: str, error: OSError) -> str:
    """Java's words, and below them what a person can do about it."""
    said = f'Cannot run program "{name}" (in directory "."): error={error.errno}, {error.strerror}'
    interpreter = _interpreter(name) if error.errno == errno.ENOENT else None
    if interpreter is None:
        return said
    return f"{said}: its first line asks for {interpreter!r}, which is not on this machine"


def _interpreter(name: str) -> str | None:
    """What the first line of a script names; None if there is no such file, or no such line."""
    path = shutil.which(name) or name
    try:
        with open(path, "rb") as file:
            first = file.readline(_SHEBANG_BYTES_MAX)
    except OSError:
        return None
    words = first[2:].rstrip(b"\n").split() if first.startswith(b"#!") else []
    # A carriage return at the end of the line belongs to the name, and is why there is no such program.
    end = "\r" if first.endswith(b"\r\n") and len(words) == 1 else ""
    return words[0].decode("utf-8", "replace") + end if words else None
