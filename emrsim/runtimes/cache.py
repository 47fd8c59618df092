"""Where everything is that is made or fetched once and used by all clusters."""

from __future__ import annotations

import os
from pathlib import Path


def cache_folder() -> Path:
    """Return the folder that EMRSIM_CACHE names, else one below the user's cache folder."""
    if named := os.environ.get("EMRSIM_CACHE"):
        return Path(named).absolute()
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache").absolute() / "emrsim"
