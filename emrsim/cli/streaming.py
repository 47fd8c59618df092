"""`emrsim streaming ARGS`: Hadoop streaming as a command. Kept apart from click: a tiny job starts fast."""

from __future__ import annotations

import os
from pathlib import Path

from emrsim.mapreduce.command import main as run_streaming
from emrsim.storage import DirectoryStorage


def main(arguments: list[str]) -> int:
    """Run a streaming job with Hadoop's arguments.

    EMRSIM_ROOT names the directory that is S3 (default ./s3), EMRSIM_HDFS the folder that is HDFS, if any.
    """
    root = Path(os.environ.get("EMRSIM_ROOT", "s3")).absolute()
    hdfs = os.environ.get("EMRSIM_HDFS")
    return run_streaming(arguments, DirectoryStorage(root, Path(hdfs).absolute() if hdfs else None))
