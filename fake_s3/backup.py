"""What S3 knows beside the files of a root, exported and restored: files that were copied are other files.

Only what is valid is exported: rows of files that are still those they were written for.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fake_s3.errors import S3Error
from fake_s3.keys import BOOKKEEPING, object_path
from fake_s3.metadata import Metadata, file_stamp, folder_stamp

_FILE_NAME = "metadata.sqlite"


def dump_metadata(root: Path) -> dict[str, Any]:
    """The metadata of all objects and buckets below `root`, as plain data."""
    path = root / BOOKKEEPING / _FILE_NAME
    if not path.exists():
        return {"objects": [], "settings": []}
    metadata = Metadata(path)
    try:
        with metadata.connection() as connection:
            objects = connection.execute("SELECT bucket, key, stamp, etag, details FROM objects").fetchall()
            settings = connection.execute("SELECT bucket, name, value FROM settings").fetchall()
    finally:
        metadata.close()
    told = [
        [bucket, key, etag, details]
        for bucket, key, stamp, etag, details in objects
        if stamp == _stamp(root, bucket, key)
    ]
    return {"objects": told, "settings": [list(row) for row in settings]}


def check_metadata(dump: Any) -> None:
    """Raise ValueError for what `dump_metadata` has not written."""
    widths = {"objects": 4, "settings": 3}
    if not isinstance(dump, dict) or dump.keys() != widths.keys():
        raise ValueError("it has not the lists objects and settings")
    for name, width in widths.items():
        rows = dump[name]
        if not isinstance(rows, list) or not all(isinstance(row, list) and len(row) == width for row in rows):
            raise ValueError(f"{name} is not a list of rows of {width} texts")
        if not all(isinstance(text, str) for row in rows for text in row):
            raise ValueError(f"{name} has something else than texts")


def load_metadata(root: Path, dump: Mapping[str, Any]) -> None:
    """Let `dump` be all there is to know of the files below `root`, and nothing of uploads."""
    (root / BOOKKEEPING).mkdir(exist_ok=True)
    objects = [
        (bucket, key, stamp, etag, details)
        for bucket, key, etag, details in dump["objects"]
        if (stamp := _stamp(root, bucket, key)) is not None
    ]
    metadata = Metadata(root / BOOKKEEPING / _FILE_NAME)
    try:
        with metadata.transaction() as connection:
            tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for (table,) in tables:
                connection.execute(f"DELETE FROM {table}")
            connection.executemany("INSERT INTO objects VALUES (?, ?, ?, ?, ?)", objects)
            connection.executemany("INSERT INTO settings VALUES (?, ?, ?)", dump["settings"])
    finally:
        metadata.close()


def remove_all(root: Path, spared: Path) -> None:
    """Remove all that is below `root`, with what is known of it, but for `spared`."""
    for path in root.iterdir():
        if path.name == BOOKKEEPING or path == spared:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()
    shutil.rmtree(root / BOOKKEEPING / "uploads", ignore_errors=True)
    if (root / BOOKKEEPING / _FILE_NAME).exists():
        load_metadata(root, {"objects": [], "settings": []})
        (root / BOOKKEEPING / "uploads").mkdir(exist_ok=True)


def _stamp(root: Path, bucket: str, key: str) -> str | None:
    """What the file of a key is told by now; None if there is none."""
    try:
        status = os.stat(object_path(root / bucket, key))
    except (OSError, S3Error):
        return None
    return folder_stamp(status) if key.endswith("/") else file_stamp(status)
