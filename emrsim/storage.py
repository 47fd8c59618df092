"""URIs of S3 and HDFS as local paths: `s3://`, `s3n://`, `s3a://` and `hdfs://`."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import count
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from emrsim.core.ports import NoSuchBucket, ReadOnlyBucket, StorageError
from fake_s3.errors import S3Error
from fake_s3.keys import BOOKKEEPING, bucket_path, is_key_name, is_within, object_path

_S3_URI = re.compile(r"(s3[na]?)://(?:[^@/]*@)?([^/]*)(?:/(.*))?", re.DOTALL)
_HDFS_URI = re.compile(r"hdfs:(?://[^/]*)?(.*)", re.DOTALL)
_HDFS_HOME = "/user/hadoop"  # where relative names of EMR's user begin
# Names of files in the making: this process's own, and each once.
_TOKEN = os.urandom(8).hex()
_NUMBERS = count()
_OTHER_SCHEME = re.compile(r"([a-z][a-z0-9+.-]*):", re.IGNORECASE)

_SAMPLES = Path(__file__).parent / "samples"
# `us-east-1.elasticmapreduce` and so on are copies of one bucket, and so are those of samples.
_REGIONAL = re.compile(
    r"(?:[a-z]{2,3}(?:-[a-z]+)+-\d\.)?(elasticmapreduce(?:\.samples)?)|(support\.elasticmapreduce)"
)


class _BuiltInBuckets(Mapping[str, Path]):
    """EMR's buckets of samples by their names, each in all regions; only the first is listed."""

    _folders: Mapping[str, Path] = {
        name: _SAMPLES / name
        for name in ("elasticmapreduce", "elasticmapreduce.samples", "support.elasticmapreduce")
    }

    def __getitem__(self, bucket: str) -> Path:
        found = _REGIONAL.fullmatch(bucket)
        if found is None:
            raise KeyError(bucket)
        return self._folders[found.group(1) or found.group(2)]

    def __iter__(self) -> Iterator[str]:
        return iter(("elasticmapreduce",))

    def __len__(self) -> int:
        return 1


BUILT_IN_BUCKETS: Mapping[str, Path] = _BuiltInBuckets()


class Places(NamedTuple):
    """Local paths that are the cluster's own, where they are elsewhere on this machine."""

    here: Callable[[str], str | None]  # the path on this machine of one on EMR, None for one of the machine's
    on_emr: Callable[[str], str]  # the opposite; any other path as it is


_NO_PLACES = Places(lambda path: None, lambda path: path)


class DirectoryStorage:
    """S3 as the directory `root` (see `core.ports.Storage`).

    `read_only` are buckets that live elsewhere; one of the same name under the root hides them. `hdfs` is
    the folder that is HDFS, whatever host an `hdfs://` URI names. Where there is one, it is what plain
    paths mean, as on a cluster; else they are the machine's own. `places` maps local paths of EMR's.
    """

    def __init__(
        self,
        root: Path,
        hdfs: Path | None = None,
        places: Places = _NO_PLACES,
        read_only: Mapping[str, Path] = BUILT_IN_BUCKETS,
    ) -> None:
        self.root = root
        self._hdfs = hdfs
        self._places = places
        self._read_only = read_only

    def path(self, uri: str) -> Path:
        """See `core.ports.Storage.path`."""
        s3 = _S3_URI.fullmatch(uri)
        if s3 is None:
            return self._other_path(uri)
        _, bucket, key = s3.groups()
        return self._object(uri, self._bucket(uri, bucket), key)

    def writable_path(self, uri: str) -> Path:
        """See `core.ports.Storage.writable_path`."""
        s3 = _S3_URI.fullmatch(uri)
        if s3 is not None and self._is_read_only(s3.group(2)):
            raise _read_only(uri, s3.group(2))
        return self.path(uri)

    def make_bucket(self, uri: str) -> None:
        """Make the directory of the bucket that `uri` names, if it is not there.

        Raises StorageError if `uri` is not of S3 or names no possible bucket or key, and ReadOnlyBucket.
        """
        s3 = _S3_URI.fullmatch(uri)
        if s3 is None:
            raise StorageError(f"invalid URI {uri!r}: expected s3://, s3n:// or s3a://")
        if self._is_read_only(s3.group(2)):
            raise _read_only(uri, s3.group(2))
        try:
            directory = bucket_path(self.root, s3.group(2))
        except S3Error as error:
            raise StorageError(f"{uri}: {error.message}") from error
        self._object(uri, directory, s3.group(3))
        directory.mkdir(parents=True, exist_ok=True)

    def shipped_path(self, uri: str) -> Path:
        """See `core.ports.Storage.shipped_path`."""
        return self.path(uri) if _OTHER_SCHEME.match(uri) else self._local_path(uri)

    def top(self, uri: str) -> Path:
        """The folder that holds all there is beside `uri`: its bucket, HDFS, or the machine's own root.

        Raises what `path` raises.
        """
        s3 = _S3_URI.fullmatch(uri)
        if s3 is not None:
            return self._bucket(uri, s3.group(2))
        if self._hdfs is not None and self._hdfs_name(uri) is not None:
            return self._hdfs
        return Path("/")

    def is_s3(self, uri: str) -> bool:
        """See `core.ports.Storage.is_s3`."""
        return _S3_URI.fullmatch(uri) is not None

    def qualify(self, uri: str) -> str:
        """See `core.ports.Storage.qualify`."""
        if s3 := _S3_URI.fullmatch(uri):
            key = s3.group(3)
            return uri if key is None else f"{uri[: s3.start(3)]}{_normalised(key)}"
        name = self._hdfs_name(uri)
        return f"hdfs://{name}" if name is not None else f"file:{self._local_path(uri)}"

    def _other_path(self, uri: str) -> Path:
        name = self._hdfs_name(uri)
        if name is None or self._hdfs is None:
            return self._local_path(uri)
        path = self._hdfs / name.lstrip("/")
        if not is_within(self._hdfs, path):
            raise StorageError(f"{uri}: it would leave HDFS through a symbolic link")
        return path

    def _hdfs_name(self, uri: str) -> str | None:
        """The absolute name of `uri` in HDFS, without `.` and `..`; None if it is not there."""
        if self._hdfs is None:
            return None
        hdfs = _HDFS_URI.fullmatch(uri)
        if hdfs is None and _OTHER_SCHEME.match(uri):
            return None
        path = hdfs.group(1) if hdfs else self._places.on_emr(uri)
        return "/" + posixpath.normpath(posixpath.join(_HDFS_HOME, path)).lstrip("/")

    def _local_path(self, uri: str) -> Path:
        path = _local_path(uri)
        own = self._places.here(str(path))
        return path if own is None else Path(own)

    def _bucket(self, uri: str, bucket: str) -> Path:
        try:
            directory = bucket_path(self.root, bucket)
        except S3Error as error:
            raise StorageError(f"{uri}: {error.message}") from error
        if self._is_read_only(bucket):
            return self._read_only[bucket]
        if not directory.is_dir():
            raise NoSuchBucket(f"{uri}: The specified bucket does not exist: no directory {directory}")
        return directory

    def _object(self, uri: str, directory: Path, key: str | None) -> Path:
        key = _normalised(key or "")
        if not key:
            return directory
        try:
            return object_path(directory, key)
        except S3Error as error:
            raise StorageError(f"{uri}: {error.message}") from error

    def _is_read_only(self, bucket: str) -> bool:
        return bucket in self._read_only and not (self.root / bucket).is_dir()


def _normalised(key: str) -> str:
    """A key as Hadoop's Path has it (source: its normalizePath): one slash for several, no `.`, no `..`."""
    parts: list[str] = []
    for part in key.split("/"):
        if part == ".." and parts and parts[-1] != "..":
            parts.pop()
        elif part not in {"", "."}:
            parts.append(part)
    return "/".join(parts) + ("/" if parts and key.endswith("/") else "")


def _read_only(uri: str, bucket: str) -> ReadOnlyBucket:
    return ReadOnlyBucket(f"{uri}: the bucket {bucket} is built in and cannot be written to")


# Whether a file or folder of a name can be seen in a listing: is not in the making, and has a UTF-8 name.
is_visible = is_key_name


def temporary_beside(path: str) -> str:
    """A name beside `path` that no listing shows: for a file in the making, to be renamed to `path`."""
    folder, _, _ = path.rpartition("/")
    return f"{folder}/{BOOKKEEPING}-{_TOKEN}-{next(_NUMBERS)}"


def _local_path(uri: str) -> Path:
    scheme = _OTHER_SCHEME.match(uri)
    if scheme is None:
        return Path(uri).absolute()
    if scheme.group(1).lower() != "file":
        raise StorageError(f"{uri}: No FileSystem for scheme: {scheme.group(1)}")
    return Path(unquote(urlsplit(uri).path))
