"""What these programs say, and the machine's own program of a name."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from emrsim.programs.table import BIN

_ALSO = ("/usr/sbin", "/sbin", "/usr/bin", "/bin")  # a user's PATH may lack some


def say(text: str) -> None:
    """A line on stderr that is emrsim's."""
    print(f"emrsim: {text}", file=sys.stderr, flush=True)


def not_done(text: str) -> int:
    """Say what was not done and does no harm; 0."""
    say(text)
    return 0


def rejected(text: str, exit_code: int = 1) -> int:
    """Say why this is not done; `exit_code`."""
    # Not as a remark is said: it is why the program failed.
    print(f"emrsim error: {text}", file=sys.stderr, flush=True)
    return exit_code


def of_the_machine(name: str) -> str | None:
    """The machine's own program of a name, which is none of emrsim's; None if it has none."""
    folders = [*os.environ.get("PATH", "").split(os.pathsep), *_ALSO]
    for folder in filter(None, folders):
        path = Path(folder, name)
        if os.access(path, os.X_OK) and not path.is_dir() and path.resolve().parent != BIN:
            return str(path)
    return None


def become_the_machines(name: str, arguments: Sequence[str]) -> int:
    """Become the machine's own program of that name; 127 if it has none."""
    if program := of_the_machine(name):
        sys.stdout.flush()
        sys.stderr.flush()
        os.execv(program, [name, *arguments])
    return rejected(f"{name}: this machine has no {name}", 127)
