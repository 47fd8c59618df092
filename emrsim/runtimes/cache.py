"""Where everything is that is made or fetched once and used by all clusters."""

from __future__ import annotations

from pathlib import Path

from emrsim.settings import default_cache


def cache_folder() -> Path:
    """Return the folder that EMRSIM_CACHE names, which it does for programs of a cluster, else the user's."""
    return default_cache().absolute()
