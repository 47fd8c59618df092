"""What the inside asks of the outside, as protocols: the rooms above supply the real things."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol


class StorageError(Exception):
    """A URI cannot be used; the message says which and why, in words for the person who wrote it."""


class NoSuchBucket(StorageError):
    """The bucket of an S3 URI has no directory under the root."""


class ReadOnlyBucket(StorageError):
    """A write into a built-in bucket was asked for."""


class Storage(Protocol):
    """URIs of S3 and of the local machine, as local paths.

    `s3://`, `s3n://` and `s3a://` name a directory tree; `file:` and plain paths the machine itself.
    Only names are turned into paths: whether something is there is for the caller to see.
    """

    def path(self, uri: str) -> Path:
        """The local path to read `uri` from; glob characters are ordinary characters of a name.

        Raises NoSuchBucket, or StorageError for a name that a directory cannot hold or that would
        leave the root.
        """

    def writable_path(self, uri: str) -> Path:
        """The local path to write `uri` to. Raises what `path` raises, and ReadOnlyBucket."""

    def qualify(self, uri: str) -> str:
        """`uri` as Hadoop prints it: an absolute URI with its scheme (`file:/data/in`, `s3://b/k`)."""
