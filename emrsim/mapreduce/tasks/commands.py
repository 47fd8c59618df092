"""The programs of commands: where they are, and what to do about missing interpreters."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from pathlib import Path

_PYTHON = r"python[0-9.]*"


def find_program(name: str, folder: Path, path: str) -> str | None:
    """The file that `name` runs in a task's `folder`, or None; a file in the folder is made executable."""
    if os.path.isabs(name):
        return name if os.path.exists(name) else None
    local = folder / name
    if local.is_file():
        if not os.access(local, os.X_OK):
            local.chmod(local.stat().st_mode | 0o111)
        return str(local)
    for directory in path.split(os.pathsep):
        candidate = os.path.join(directory, name)
        if directory and os.access(candidate, os.X_OK) and os.path.isfile(candidate):
            return candidate
    return None


def search_path(environment: Mapping[str, str]) -> str:
    """The tasks' PATH: the caller's, with the running interpreter's folder at its end.

    Samples of 2010 begin with `#!/usr/bin/env python`, and many a machine has only python3.
    """
    return os.pathsep.join([environment.get("PATH", os.defpath), os.path.dirname(sys.executable)])


def interpreter_of(program: str) -> list[str] | None:
    """The words to put before a script whose Python interpreter is missing on this machine, or None.

    `#!/usr/bin/python` of an old sample then runs on the interpreter that runs this.
    """
    try:
        with open(program, "rb") as script:
            first = script.readline(256)
    except OSError:
        return None
    words = os.fsdecode(first[2:]).split() if first.startswith(b"#!") else []
    if not words or os.path.exists(words[0]) or not re.fullmatch(_PYTHON, os.path.basename(words[0])):
        return None
    return [sys.executable, *words[1:]]
