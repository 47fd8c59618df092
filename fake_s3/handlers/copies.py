"""Objects and parts made from other objects: CopyObject and what UploadPartCopy shares with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO
from urllib.parse import unquote

from werkzeug.wrappers import Response

from fake_s3 import checksums, errors, xml
from fake_s3.call import Call, answer
from fake_s3.checksums import FULL_OBJECT, Hasher
from fake_s3.conditions import check_copy_source, write_check
from fake_s3.handlers.common import isoformat
from fake_s3.headers import acl_settings, content_headers, storage_answer, storage_headers, tagging_header
from fake_s3.metadata import Checksum, Details
from fake_s3.numbers import offset
from fake_s3.staging import blocks
from fake_s3.store import ObjectInfo

_SOURCE = "x-amz-copy-source"
# A copy onto itself has to change one of these (source: S3 API Reference, CopyObject).
_CHANGES = ("x-amz-storage-class", "x-amz-website-redirect-location", "x-amz-server-side-encryption")


def copy_object(call: Call) -> Response:
    """CopyObject."""
    storage = storage_headers(call.headers)
    replaces = _directive(call, "x-amz-metadata-directive") == "REPLACE"
    if not replaces and source_of(call) == (call.bucket, call.key) and not any(map(storage.get, _CHANGES)):
        raise errors.copy_to_itself()
    with open_source(call) as (file, source):
        headers = content_headers(call.headers) if replaces else _kept_headers(source)
        retags = _directive(call, "x-amz-tagging-directive") == "REPLACE"
        tags = tagging_header(call.headers) if retags else source.details.tags
        settings = acl_settings(call.headers)
        hashed = HashedCopy(file, range(source.size_bytes), algorithm_of(call, source))

        def details() -> Details:
            checksum = Checksum(hashed.algorithm, hashed.checksum())
            return Details(headers | storage, tags, checksum, settings=settings)

        check = write_check(call.header, call.key)
        info = call.store.put(call.bucket, call.key, hashed, details, check)
    response = answer("CopyObjectResult", copy_result(info))
    response.headers.update(storage_answer(info.details))
    return response


def copy_result(info: ObjectInfo) -> list[xml.Node]:
    """The elements of CopyObjectResult."""
    nodes: list[xml.Node] = [("LastModified", isoformat(info.modified)), ("ETag", f'"{info.etag}"')]
    if checksum := info.details.checksum:
        nodes.append((checksums.element_name(checksum.algorithm), checksum.value))
        nodes.append(("ChecksumType", checksum.kind))
    return nodes


class HashedCopy:
    """Iterate it for the given bytes of a file; then `checksum()` is theirs."""

    def __init__(self, file: BinaryIO, wanted: range, algorithm: str) -> None:
        self.algorithm = algorithm
        self._file = file
        self._wanted = wanted
        self._hasher: Hasher = checksums.hasher(algorithm)

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(self._wanted.start)
        for block in blocks(self._file, len(self._wanted)):
            self._hasher.update(block)
            yield block

    def checksum(self) -> str:
        """The checksum of all the bytes, base64."""
        return checksums.encode(self._hasher.digest())


def is_copy(call: Call) -> bool:
    """Whether a PUT has another object for its body."""
    return call.header(_SOURCE) is not None


def source_of(call: Call) -> tuple[str, str]:
    """The bucket and key that are to be copied (InvalidArgument)."""
    value = call.header(_SOURCE) or ""
    path, _, query = value.partition("?")
    version = query.removeprefix("versionId=")
    bucket, _, key = unquote(path).removeprefix("/").partition("/")
    if not bucket or not key:
        why = "Copy Source must mention the source bucket and key: sourcebucket/sourcekey"
        raise errors.invalid_argument(_SOURCE, value, why)
    if query.startswith("versionId=") and version != "null":
        raise errors.no_such_version(key, version)
    return bucket, key


@contextmanager
def open_source(call: Call) -> Iterator[tuple[BinaryIO, ObjectInfo]]:
    """The object to copy, if it meets the request's conditions."""
    file, info = call.store.open(*source_of(call))
    with file:
        check_copy_source(call.header, info)
        yield file, info


def source_range(call: Call, source: ObjectInfo) -> range:
    """The bytes of the source that an UploadPartCopy asks for (InvalidArgument)."""
    name = "x-amz-copy-source-range"
    value = call.header(name)
    if value is None:
        return range(source.size_bytes)
    first, _, last = value.removeprefix("bytes=").partition("-")
    start, end = offset(first), offset(last)
    if start is None or end is None or start > end or not value.startswith("bytes="):
        why = (
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are "
            "the zero-based offsets of the first and last bytes to copy"
        )
        raise errors.invalid_argument(name, value[:200], why)
    if end >= source.size_bytes:
        raise errors.invalid_range(value[:200], source.size_bytes)
    return range(start, end + 1)


def algorithm_of(call: Call, source: ObjectInfo) -> str:
    """The checksum algorithm of a copy: the one asked for, or the source's."""
    asked = (call.header("x-amz-checksum-algorithm") or "").upper()
    kept = source.details.checksum
    return asked or (kept.algorithm if kept and kept.kind == FULL_OBJECT else checksums.DEFAULT)


def _directive(call: Call, name: str) -> str:
    value = (call.header(name) or "COPY").upper()
    if value not in {"COPY", "REPLACE"}:
        raise errors.invalid_argument(name, value, "Unknown metadata directive.")
    return value


def _kept_headers(source: ObjectInfo) -> dict[str, str]:
    headers = source.details.headers
    prefixes = ("x-amz-storage-class", "x-amz-website", "x-amz-server-side-encryption")
    return {name: value for name, value in headers.items() if not name.startswith(prefixes)}
