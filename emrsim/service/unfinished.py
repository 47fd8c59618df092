"""Output that a step had begun when emrsim was stopped or killed: it is removed, so that it can run again.

Hadoop's committers write below `_temporary` in the output folder, and move files out of it when the job is
done. A folder among a step's S3 arguments in which there are no other files was begun and not finished. It is
no object of S3, so nothing that a client can see goes with it.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from urllib.parse import urlsplit

from emrsim.core.model import Step
from emrsim.core.ports import Storage, StorageError

_TEMPORARY = "_temporary"


def remove_unfinished(step: Step, storage: Storage) -> None:
    """Remove the output folders, named by arguments of `step`, that have no finished file in them."""
    for argument in step.request.args:
        folder = _folder(argument, storage)
        if folder is not None and _is_unfinished(folder):
            shutil.rmtree(folder, ignore_errors=True)


def _folder(argument: str, storage: Storage) -> Path | None:
    if not storage.is_s3(argument) or not urlsplit(argument).path.strip("/"):
        return None  # a bucket is there without files, too
    try:
        path = storage.writable_path(argument)
    except StorageError:  # nothing was written there, then
        return None
    return path if path.is_dir() and not path.is_symlink() else None


def _is_unfinished(folder: Path) -> bool:
    for current, folders, files in os.walk(folder):
        if files:
            return False
        if Path(current) == folder and _TEMPORARY in folders:
            folders.remove(_TEMPORARY)
    return True
