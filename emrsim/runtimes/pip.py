"""Archives from Python's package index, by the machine's own pip: what its configuration says holds."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from emrsim.core.suggestions import unknown
from emrsim.runtimes.missing import Missing

_OPTIONS = ("--no-deps", "--quiet", "--disable-pip-version-check", "--no-input", "--retries=1")
_TOLD_LINES = 3
_VERSIONS = re.compile(r"\(from versions: (\d[^)]*)\)")


def download(requirement: str, folder: Path, options: Sequence[str] = ()) -> Path:
    """Fetch the archive of `requirement` into the empty `folder` and return it; nothing is installed.

    Raises Missing where there is no pip, no network, or no such version.
    """
    command = [*_pip(), "download", *_OPTIONS, *options, "--dest", str(folder), requirement]
    ended = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    found = list(folder.iterdir())
    if versions := _VERSIONS.search(ended.stderr):
        package, _, version = requirement.partition("==")
        raise Missing(unknown(f"version of {package}", version, versions[1].split(", ")))
    if ended.returncode != 0 or len(found) != 1:
        told = [line for line in ended.stderr.splitlines() if line.startswith("ERROR")] or [ended.stderr]
        raise Missing(
            f"pip could not download {requirement}: {' '.join(told[-_TOLD_LINES:]).strip()}; "
            f"without a network: put its archive into a folder DIR, and add --from DIR"
        )
    return found[0]


def _pip() -> list[str]:
    if find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    if on_path := shutil.which("pip") or shutil.which("pip3"):
        return [os.fspath(on_path)]
    raise Missing(f"there is no pip for {sys.executable}: {sys.executable} -m ensurepip")
