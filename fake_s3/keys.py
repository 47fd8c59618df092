"""Buckets and keys as paths below a root: the only module that turns one into the other."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path

from fake_s3.errors import S3Error, invalid_bucket_name, key_too_long, unusable_key

# Wider than today's rule (source: S3 User Guide, bucket naming): the buckets of 2010 had upper case and
# underscores. A leading dot is refused: dot-folders of the root are bookkeeping.
_BUCKET_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,254}")
# What S3 lets anybody create today.
_NEW_BUCKET_NAME = re.compile(r"(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9]|[.](?![.-])|-(?![.]))+(?<![.-])")
_NEW_BUCKET_NAME_LENGTHS = range(3, 64)
_NAME_BYTES_MAX = 255
_KEY_BYTES_MAX = 1024  # source: S3 User Guide, object key names

# The server's own files, at whatever depth, begin with this; no key can name them.
BOOKKEEPING = ".fake_s3"


def bucket_path(root: Path, bucket: str) -> Path:
    """The directory of `bucket` below `root`; refuses names that are no bucket's (S3Error)."""
    if not _BUCKET_NAME.fullmatch(bucket) or ".." in bucket:
        raise invalid_bucket_name(bucket)
    return root / bucket


def new_bucket_path(root: Path, bucket: str) -> Path:
    """As `bucket_path`, and refuses names that S3 does not give to a new bucket."""
    if len(bucket) not in _NEW_BUCKET_NAME_LENGTHS or not _NEW_BUCKET_NAME.fullmatch(bucket):
        raise invalid_bucket_name(bucket)
    return root / bucket


def is_bucket_name(name: str) -> bool:
    """Whether a directory of the root with this name is a bucket."""
    return _BUCKET_NAME.fullmatch(name) is not None and ".." not in name


def object_path(bucket_dir: Path, key: str, *, follows_links: bool = True) -> Path:
    """The file of `key` below a bucket's directory; a key that ends in `/` names the directory itself.

    Refuses keys that a directory cannot hold, and any that would leave the bucket, by name or by a
    symbolic link that points outside of the root (S3Error). Without `follows_links` the latter is left to
    the caller, who looks at what it has open (`is_open_within`).
    """
    if len(encoded := _utf8(key)) > _KEY_BYTES_MAX:
        raise key_too_long(len(encoded), _KEY_BYTES_MAX)
    for name in key.removesuffix("/").split("/"):
        _refuse_unusable(key, name)
    path = bucket_dir / key
    if follows_links and not is_within(bucket_dir.parent, path):
        raise leaves_root(key)
    return path


def leaves_root(key: str) -> S3Error:
    """The error of a key that a symbolic link leads out of the root."""
    return unusable_key(key, "it would leave the root through a symbolic link")


def is_within(root: Path, path: Path) -> bool:
    """Whether `path` is below `root` after all symbolic links are followed."""
    real_root, real_path = _real(root), os.path.realpath(path)
    return real_path == real_root or real_path.startswith(real_root.removesuffix("/") + "/")


def is_open_within(root: Path, descriptor: int, path: Path) -> bool:
    """Return whether what is open lies below `root`, whatever has become of its path since.

    Where the system does not tell (no /proc), the path has to do.
    """
    try:
        real_path = os.readlink(f"/proc/self/fd/{descriptor}")
    except OSError:
        return is_within(root, path)
    real_root = _real(root)
    return real_path == real_root or real_path.startswith(real_root.removesuffix("/") + "/")


@contextmanager
def opened_folder(folder: Path, root: Path) -> Iterator[int]:
    """Yield a descriptor of a folder below `root`, to name files in: it cannot be swapped (S3Error)."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        if not is_open_within(root, descriptor, folder):
            raise unusable_key(folder.name, "its folder has become a symbolic link that leaves the root")
        yield descriptor
    finally:
        os.close(descriptor)


@lru_cache
def _real(root: Path) -> str:
    # Asked for with each request, of few roots, which stay where they are.
    return os.path.realpath(root)


def is_key_name(name: str) -> bool:
    """Whether a file or folder of this name is part of a key: not bookkeeping, and valid as UTF-8."""
    return not name.startswith(BOOKKEEPING) and (name.isascii() or _is_utf8(name))


def is_too_long(key: str) -> bool:
    """Whether a file found in a directory has a path longer than S3's keys can be."""
    return len(key) * 4 > _KEY_BYTES_MAX and len(key.encode()) > _KEY_BYTES_MAX


def _refuse_unusable(key: str, name: str) -> None:
    if name in {"", ".", ".."}:
        raise unusable_key(key, f"a part of it is {name!r}")
    if name.startswith(BOOKKEEPING):
        raise unusable_key(key, f"names that begin with {BOOKKEEPING} are the server's own")
    if "\0" in name:
        raise unusable_key(key, "it has a NUL byte")
    if len(_utf8(name)) > _NAME_BYTES_MAX:
        raise unusable_key(key, f"a part of it is longer than {_NAME_BYTES_MAX} bytes")


def _utf8(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError as error:
        raise unusable_key(text, "it is not valid as UTF-8") from error


def _is_utf8(name: str) -> bool:
    # os.scandir turns bytes that are not UTF-8 into lone surrogates.
    return not any("\ud800" <= character <= "\udfff" for character in name)
