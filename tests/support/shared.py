"""Recorded requests and results that are too large, or not ours, to be in the repository."""

from __future__ import annotations

import os
from pathlib import Path

_REPOSITORY = Path(__file__).parents[2]


def shared_folder(name: str, variable: str = "EMRSIM_SHARED") -> Path | None:
    """The folder `name` of shared material, if it is on this machine.

    It is looked for where the environment variable says, and else beside the repository.
    """
    shared = Path(os.environ.get(variable) or _REPOSITORY.parent / "shared")
    folder = shared / name
    return folder if folder.is_dir() else None
