"""The buckets of a root: its directories, and read-only ones that live elsewhere."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from fake_s3 import errors
from fake_s3.keys import bucket_path, is_bucket_name, is_within, new_bucket_path
from fake_s3.locks import Locks
from fake_s3.metadata import Metadata


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket as ListBuckets shows it."""

    name: str
    created: datetime
    region: str


class Buckets:
    """Which buckets there are and where they lie."""

    def __init__(self, root: Path, read_only: Mapping[str, Path], metadata: Metadata, locks: Locks) -> None:
        self._root = root
        self._read_only = read_only
        self._metadata = metadata
        self._locks = locks

    def path(self, bucket: str) -> Path:
        """The directory of a bucket that exists (S3Error)."""
        directory = bucket_path(self._root, bucket)
        if directory.is_dir() and is_within(self._root, directory):
            return directory
        if bucket in self._read_only:
            return self._read_only[bucket]
        raise errors.no_such_bucket(bucket)

    def writable_path(self, bucket: str) -> Path:
        """The same, and refuses the read-only ones (S3Error)."""
        directory = self.path(bucket)
        if directory.parent != self._root:
            raise errors.read_only_bucket(bucket)
        return directory

    def all(self) -> list[Bucket]:
        """All buckets, by name."""
        return [self.describe(name) for name in self.names()]

    def names(self) -> list[str]:
        """Return the names of all buckets, sorted."""
        names = set(self._read_only)
        with (
            suppress(FileNotFoundError),
            os.scandir(self._root) as entries,
        ):  # a root that was removed is empty
            for entry in entries:
                if is_bucket_name(entry.name) and entry.is_dir() and is_within(self._root, Path(entry.path)):
                    names.add(entry.name)
        return sorted(names)

    def describe(self, bucket: str) -> Bucket:
        """A bucket that exists. Of directories made by hand the last change counts as the creation."""
        directory = self.path(bucket)
        created = self._metadata.setting(bucket, "created")
        moment = float(created) if created else directory.stat().st_mtime
        region = self._metadata.setting(bucket, "region") or "us-east-1"
        return Bucket(bucket, datetime.fromtimestamp(moment, UTC), region)

    def create(self, bucket: str, region: str, now: float, settings: Mapping[str, str] | None = None) -> None:
        """Make the directory; reject a bucket that is there already, except as us-east-1 does not.

        `settings` are known of the bucket from the moment that it is there: whoever writes to it at once
        loses nothing of what is kept.
        """
        directory = new_bucket_path(self._root, bucket)
        if bucket in self._read_only:
            raise errors.bucket_exists(bucket)
        self._root.mkdir(parents=True, exist_ok=True)
        with self._locks.held(f"{bucket}/"):
            if os.path.lexists(directory):
                self._allow_again(bucket, directory, region)
                return
            self._metadata.begin_bucket(bucket, {"created": repr(now), "region": region, **(settings or {})})
            # Made by hand since: then it is a bucket that is there, with what has just been said of it.
            directory.mkdir(exist_ok=True)

    def _allow_again(self, bucket: str, directory: Path, region: str) -> None:
        # source: S3 API Reference, CreateBucket: in us-east-1 re-creating one's own bucket succeeds.
        if not (directory.is_dir() and region == self.describe(bucket).region == "us-east-1"):
            raise errors.bucket_is_yours(bucket)

    def delete(self, bucket: str) -> None:
        """Remove the directory; the caller has seen that no object is in it."""
        directory = self.writable_path(bucket)
        with self._locks.held(f"{bucket}/"):
            if not remove_empty_folders(directory):
                raise errors.bucket_not_empty(bucket)
            self._metadata.forget_bucket(bucket)


def remove_empty_folders(directory: Path) -> bool:
    """Remove a directory that has only directories in it; return whether it was removed."""
    for folder, _, _ in os.walk(directory, topdown=False):
        with suppress(OSError):  # not empty: then those above are not either, and the answer tells
            os.rmdir(folder)
    return not directory.exists()
