"""`python`, `python2`, `pip2` of scripts, where the machine has none: the last folder of a cluster's PATH.

`python -m emrsim.programs.stand_in NAME ARGS` does what `emrsim.interpreters` says of the name.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from emrsim.interpreters import PYTHON2, CannotRun, resolve
from emrsim.programs.machine.said import rejected
from emrsim.programs.remarks import remark
from emrsim.programs.surroundings import surroundings

_NO_SUCH_PROGRAM = 127
_NOWHERE = Path("/nonexistent")  # a bare name is looked for on PATH only


def main(name: str, arguments: list[str]) -> int:
    """Become what may run in place of the program `name`; returns, with an exit code, if nothing may."""
    if name.startswith("pip"):
        return rejected(
            f"{name} is not on this machine, and Python 3's is not run in its place: use pip3",
            _NO_SUCH_PROGRAM,
        )
    try:
        resolved = resolve([name, *arguments], _NOWHERE, os.environ, Path.cwd())
    except CannotRun as error:
        said = str(error) or f"{name} is not on this machine: set {PYTHON2} to the path of a Python 2"
        return rejected(said, _NO_SUCH_PROGRAM)
    if resolved.note:
        remark(resolved.note, surroundings())
    return _become(resolved.argv)


def _become(argv: list[str]) -> NoReturn:
    os.execvp(argv[0], argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
