"""One program becomes another, as EMR's runners, which are Java's, start theirs."""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from emrsim.interpreters import CannotRun, resolve
from emrsim.programs.cluster_paths import on_this_machine
from emrsim.programs.pip import cluster_python
from emrsim.programs.remarks import remark
from emrsim.programs.surroundings import Surroundings, surroundings
from emrsim.programs.table import program_at, run

_NOWHERE = Path("/nonexistent")  # a bare name is looked for on PATH only
_OF_EMR = {"/usr/bin/python3", "/bin/python3"}


def execute(argv: Sequence[str]) -> int:
    """Become the program `argv`, found on PATH; returns, with an exit code, only where that fails.

    A program of emrsim's own runs in this process. What runs a script whose interpreter is not on this
    machine is told by `emrsim.interpreters`.
    """
    if own := program_at(argv[0]):
        return run(own, list(argv[1:]))
    around = surroundings()
    words = [on_this_machine(word, around) for word in argv]
    if words[0] in _OF_EMR:
        words[0] = cluster_python(around) or words[0]
    sys.stdout.flush()
    sys.stderr.flush()
    return _become(words, around)


def _become(words: list[str], around: Surroundings) -> int:
    try:
        here = Path.cwd()
        resolved = resolve(words, here if "/" in words[0] else _NOWHERE, os.environ, here)
        if resolved.note:
            remark(resolved.note, around)
        is_itself = resolved.argv[1:] == words[1:]
        os.execvp(resolved.argv[0], words if is_itself else resolved.argv)
    except CannotRun as error:
        number, why = error.number, str(error)
    except OSError as error:
        number, why = error.errno or errno.ENOENT, ""
    said = f'Cannot run program "{words[0]}" (in directory "."): error={number}, {os.strerror(number)}'
    print(f"{said}: {why}" if why else said, file=sys.stderr)
    return 127 if number == errno.ENOENT else 126
