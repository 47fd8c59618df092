"""Buckets and keys as paths below a root: the only module that turns one into the other."""

from __future__ import annotations

import re
from pathlib import Path

from fake_s3.errors import invalid_bucket_name, unusable_key

# Wider than today's rule (source: S3 User Guide, bucket naming): the buckets of 2010 had upper case and
# underscores. A leading dot is refused: dot-folders of the root are bookkeeping.
_BUCKET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{1,254}")
_NAME_BYTES_MAX = 255


def bucket_path(root: Path, bucket: str) -> Path:
    """The directory of `bucket` below `root`; refuses names that are no bucket's (S3Error)."""
    if not _BUCKET_NAME.fullmatch(bucket) or ".." in bucket:
        raise invalid_bucket_name(bucket)
    return root / bucket


def object_path(bucket_dir: Path, key: str) -> Path:
    """The file of `key` below a bucket's directory; a key that ends in `/` names the directory itself.

    Refuses keys that a directory cannot hold, and any that would leave the bucket, by name or by a
    symbolic link that points outside of it (S3Error).
    """
    for name in key.removesuffix("/").split("/"):
        _refuse_unusable(key, name)
    path = bucket_dir / key
    if not path.resolve().is_relative_to(bucket_dir.parent.resolve()):
        raise unusable_key(key, "it would leave the root through a symbolic link")
    return path


def _refuse_unusable(key: str, name: str) -> None:
    if name in {"", ".", ".."}:
        raise unusable_key(key, f"a part of it is {name!r}")
    if "\0" in name:
        raise unusable_key(key, "it has a NUL byte")
    if len(name.encode("utf-8", "surrogatepass")) > _NAME_BYTES_MAX:
        raise unusable_key(key, f"a part of it is longer than {_NAME_BYTES_MAX} bytes")
