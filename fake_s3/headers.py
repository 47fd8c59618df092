"""The headers of objects: which of a request's are kept, and what an answer shows."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Mapping
from email.utils import formatdate
from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

from werkzeug.datastructures import EnvironHeaders

from fake_s3 import acl, checksums, errors
from fake_s3.metadata import Details
from fake_s3.store import ObjectInfo
from fake_s3.underscores import UNDERSCORE

META_PREFIX = "x-amz-meta-"
# What the server makes of an underscore in the name of such a header (see `fake_s3.server`).
DEFAULT_CONTENT_TYPE = "binary/octet-stream"  # source: S3 API Reference, PutObject
_META_BYTES_MAX = 2048  # source: S3 User Guide, Working with object metadata
_TAGS_MAX = 10  # source: S3 User Guide, Object tagging
_TAG_KEY_MAX, _TAG_VALUE_MAX = 128, 256

# Replaced by a copy with x-amz-metadata-directive REPLACE, kept by one without.
_CONTENT_HEADERS = (
    "content-type",
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "expires",
)
# Of the object as stored here; a copy takes its own.
_STORAGE_HEADERS = (
    "x-amz-storage-class",
    "x-amz-website-redirect-location",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
    "x-amz-server-side-encryption-bucket-key-enabled",
)
_STORAGE_CLASSES = {
    "STANDARD", "REDUCED_REDUNDANCY", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER",
    "DEEP_ARCHIVE", "OUTPOSTS", "GLACIER_IR", "SNOW", "EXPRESS_ONEZONE",
}  # fmt: skip

_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


def take_headers_from_query(environ: WSGIEnvironment, query: Mapping[str, str]) -> None:
    """Makes the x-amz- parameters of a query headers of the request: presigned URLs carry headers so."""
    amz = {name: value for name, value in query.items() if name.startswith("x-amz-")}
    for name, value in as_environ(amz).items():
        environ.setdefault(name, value)


def as_environ(headers: Mapping[str, str]) -> dict[str, str]:
    """Headers, named in lower case, as WSGI has them: their bytes as Latin-1."""
    return {environ_name(name): value.encode().decode("latin-1") for name, value in headers.items()}


def environ_name(header: str) -> str:
    """What WSGI calls a header, named in lower case."""
    if header.startswith(META_PREFIX):
        header = header.replace("_", UNDERSCORE)
    return "HTTP_" + header.upper().replace("-", "_")


def content_headers(headers: EnvironHeaders) -> dict[str, str]:
    """The Content-* headers and user metadata of a request, to be kept (MetadataTooLarge)."""
    kept = {name: value for name in _CONTENT_HEADERS if (value := headers.get(name))}
    if encoding := _without_aws_chunked(kept.pop("content-encoding", "")):
        kept["content-encoding"] = encoding
    meta = {_meta_name(name): value for name, value in headers if name.lower().startswith(META_PREFIX)}
    refuse_control_characters(kept | meta)
    size = sum(len(name) - len(META_PREFIX) + len(value) for name, value in meta.items())
    if size > _META_BYTES_MAX:
        raise errors.metadata_too_large(size, _META_BYTES_MAX)
    return kept | meta


def storage_headers(headers: EnvironHeaders) -> dict[str, str]:
    """The headers that say how to store the object; storage classes and encryption are but remembered."""
    if headers.get("x-amz-server-side-encryption-customer-algorithm"):
        raise errors.not_implemented("encryption with keys of the client's (SSE-C)")
    storage_class = headers.get("x-amz-storage-class", "STANDARD")
    if storage_class not in _STORAGE_CLASSES:
        raise errors.S3Error("InvalidStorageClass", "The storage class you specified is not valid", 400)
    kept = {name: value for name in _STORAGE_HEADERS if (value := headers.get(name))}
    refuse_control_characters(kept)
    return kept


def acl_settings(headers: EnvironHeaders) -> dict[str, str]:
    """The ACL of a request's headers, in the form that an object's settings keep."""
    grants = acl.from_headers(headers)
    return {} if grants is None else {"acl": acl.dump(grants)}


def tagging_header(headers: EnvironHeaders) -> dict[str, str]:
    """The tags of an `x-amz-tagging` header."""
    pairs = parse_qsl(headers.get("x-amz-tagging", ""), keep_blank_values=True)
    return checked_tags(pairs)


def checked_tags(pairs: list[tuple[str, str]], tags_max: int = _TAGS_MAX) -> dict[str, str]:
    """Tags within S3's limits, sorted (S3Error)."""
    if len(pairs) > tags_max:
        raise errors.S3Error("InvalidTag", f"Object tags cannot be greater than {tags_max}", 400)
    if len({name for name, _ in pairs}) < len(pairs):
        raise errors.S3Error("InvalidTag", "Cannot provide multiple Tags with the same key", 400)
    for name, value in pairs:
        if not 0 < len(name) <= _TAG_KEY_MAX:
            raise errors.S3Error("InvalidTag", "The TagKey you have provided is invalid", 400)
        if len(value) > _TAG_VALUE_MAX:
            raise errors.S3Error("InvalidTag", "The TagValue you have provided is invalid", 400)
    return dict(sorted(pairs))


def object_headers(info: ObjectInfo, *, with_checksum: bool) -> dict[str, str]:
    """The headers of an answer to GET or HEAD."""
    headers = {
        "Content-Type": DEFAULT_CONTENT_TYPE,
        "ETag": f'"{info.etag}"',
        "Last-Modified": last_modified(info),
        "Accept-Ranges": "bytes",
    }
    for name, value in info.details.headers.items():
        if (name, value) != ("x-amz-storage-class", "STANDARD"):
            headers[_titled(name)] = _metadata_value(value) if name.startswith(META_PREFIX) else value
    if info.details.tags:
        headers["x-amz-tagging-count"] = str(len(info.details.tags))
    if with_checksum:
        headers |= checksum_headers(info.details)
    return headers


def _metadata_value(value: str) -> str:
    """Return user metadata as a header can carry it.

    It is kept as WSGI has it, its bytes as Latin-1. What is UTF-8 goes out as Latin-1 where that has all its
    characters, for that is how clients read headers; else as RFC 2047 says (source: S3 User Guide,
    User-defined object metadata).
    """
    if value.isascii():
        return value
    try:
        text = value.encode("latin-1").decode()
    except UnicodeError:
        return value  # Latin-1 from the beginning
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return f"=?UTF-8?B?{b64encode(text.encode()).decode()}?="
    return text


def last_modified(info: ObjectInfo) -> str:
    """The value of Last-Modified."""
    return formatdate(info.modified_ns // 1_000_000_000, usegmt=True)


def checksum_headers(details: Details) -> dict[str, str]:
    """The headers that carry the object's checksum, if it has one."""
    checksum = details.checksum
    if checksum is None:
        return {}
    name = checksums.header_name(checksum.algorithm)
    return {name: checksum.value, "x-amz-checksum-type": checksum.kind}


def storage_answer(details: Details) -> dict[str, str]:
    """The headers about encryption that the answer to a write repeats."""
    prefix = "x-amz-server-side-encryption"
    return {name: value for name, value in details.headers.items() if name.startswith(prefix)}


def refuse_control_characters(headers: Mapping[str, str]) -> None:
    """Reject values that no header can have (InvalidArgument)."""
    # No header of HTTP has any; fields of forms and parameters of queries that stand for headers may.
    for name, value in headers.items():
        if _CONTROL.search(value):
            raise errors.invalid_argument(name, value, "Header values must not have control characters")


def _meta_name(header: str) -> str:
    """The name of a user metadata header as the client sent it, lower case."""
    return header.replace(UNDERSCORE, "_").lower()


def _without_aws_chunked(encoding: str) -> str:
    # It described the request's body, not the object.
    if "aws-chunked" not in encoding:
        return encoding
    encodings = [item.strip() for item in encoding.split(",")]
    return ", ".join(item for item in encodings if item not in {"", "aws-chunked"})


def _titled(name: str) -> str:
    return name if name.startswith("x-amz-") else re.sub(r"\b[a-z]", lambda match: match[0].upper(), name)
