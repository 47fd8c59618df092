"""`emrsim streaming ARGS`: Hadoop streaming as a command. Kept apart from click: a tiny job starts fast."""

from __future__ import annotations

import os
from pathlib import Path

from emrsim.mapreduce.command import main as run_streaming
from emrsim.storage import DirectoryStorage


def main(arguments: list[str]) -> int:
    """Run a streaming job with Hadoop's arguments on the root that EMRSIM_ROOT names (default ./s3)."""
    root = Path(os.environ.get("EMRSIM_ROOT", "s3"))
    return run_streaming(arguments, DirectoryStorage(root.absolute()))
