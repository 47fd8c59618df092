"""Listing the objects of a bucket: versions 1 and 2 of ListObjects, and ListObjectVersions."""

from __future__ import annotations

import base64
from collections.abc import Callable

from werkzeug.wrappers import Response

from fake_s3 import errors, xml
from fake_s3.acl import OWNER
from fake_s3.call import Call, answer
from fake_s3.handlers.common import isoformat, url_encode, url_encoder, whole_number
from fake_s3.listing import Query
from fake_s3.store import ListedObjects, ObjectInfo

_PAGE_MAX = 1000  # source: S3 API Reference, ListObjectsV2
Encode = Callable[[str], str]


def list_objects(call: Call) -> Response:
    """ListObjects, version 1."""
    encode = _encoder(call)
    listed, query = _list(call, after=call.arg("marker"))
    children = _head(call, query, encode)
    children[1] = ("Prefix", query.prefix)  # never encoded in version 1, and so not decoded by clients
    children.insert(2, ("Marker", encode(query.after)))
    children.append(("IsTruncated", _boolean(listed.page.is_truncated)))
    # Clients of version 1 go on after the last key; only with a delimiter does S3 tell them.
    if listed.page.is_truncated and query.delimiter:
        children.append(("NextMarker", encode(listed.page.last)))
    return answer("ListBucketResult", children + _contents(listed, encode, with_owner=True))


def list_objects_v2(call: Call) -> Response:
    """ListObjectsV2."""
    encode = _encoder(call)
    start_after, token = call.arg("start-after"), call.request.args.get("continuation-token")
    listed, query = _list(call, after=start_after if token is None else _read_token(token))
    children = _head(call, query, encode)
    children.append(("KeyCount", str(len(listed.page.keys) + len(listed.page.prefixes))))
    children.append(("IsTruncated", _boolean(listed.page.is_truncated)))
    if token is not None:
        children.append(("ContinuationToken", token))
    if start_after:
        children.append(("StartAfter", encode(start_after)))
    if listed.page.is_truncated:
        children.append(("NextContinuationToken", _token(listed.page.last)))
    with_owner = call.arg("fetch-owner") == "true"
    return answer("ListBucketResult", children + _contents(listed, encode, with_owner=with_owner))


def list_object_versions(call: Call) -> Response:
    """ListObjectVersions: of a bucket without versioning, each object is its one version, `null`."""
    encode = _encoder(call)
    listed, query = _list(call, after=call.arg("key-marker"))
    children = _head(call, query, encode)
    children.insert(2, ("KeyMarker", encode(query.after)))
    children.insert(3, ("VersionIdMarker", call.arg("version-id-marker")))
    children.append(("IsTruncated", _boolean(listed.page.is_truncated)))
    if listed.page.is_truncated:
        children += [("NextKeyMarker", encode(listed.page.last)), ("NextVersionIdMarker", "null")]
    for info in listed.objects:
        version: list[xml.Node] = [("VersionId", "null"), ("IsLatest", "true")]
        children.append(("Version", [*_entry(info, encode), *version, ("Owner", OWNER)]))
    children += _prefixes(listed, encode)
    return answer("ListVersionsResult", children)


def _list(call: Call, after: str) -> tuple[ListedObjects, Query]:
    limit = whole_number(call, "max-keys", _PAGE_MAX, _PAGE_MAX)
    query = Query(call.arg("prefix"), call.arg("delimiter"), after, limit)
    return call.store.list_page(call.bucket, query), query


def _head(call: Call, query: Query, encode: Encode) -> list[xml.Node]:
    children: list[xml.Node] = [
        ("Name", call.bucket),
        ("Prefix", encode(query.prefix)),
        ("MaxKeys", str(query.limit)),
    ]
    if query.delimiter:
        children.append(("Delimiter", encode(query.delimiter)))
    if call.arg("encoding-type"):
        children.append(("EncodingType", call.arg("encoding-type")))
    return children


def _contents(listed: ListedObjects, encode: Encode, *, with_owner: bool) -> list[xml.Node]:
    owner: list[xml.Node] = [("Owner", OWNER)] if with_owner else []
    contents: list[xml.Node] = [("Contents", _entry(info, encode) + owner) for info in listed.objects]
    return contents + _prefixes(listed, encode)


def _entry(info: ObjectInfo, encode: Encode) -> list[xml.Node]:
    return [
        ("Key", encode(info.key)),
        ("LastModified", isoformat(info.modified)),
        ("ETag", f'"{info.etag}"'),
        ("Size", str(info.size_bytes)),
        ("StorageClass", "STANDARD"),
    ]


def _prefixes(listed: ListedObjects, encode: Encode) -> list[xml.Node]:
    return [("CommonPrefixes", [("Prefix", encode(prefix))]) for prefix in listed.page.prefixes]


def _encoder(call: Call) -> Encode:
    return url_encode if url_encoder(call) else str


def _boolean(value: bool) -> str:
    return "true" if value else "false"


def _token(last: str) -> str:
    """The continuation token of a page: opaque to clients, the last name to us."""
    return base64.urlsafe_b64encode(last.encode()).decode()


def _read_token(token: str) -> str:
    try:
        return base64.b64decode(token, altchars=b"-_", validate=True).decode()
    except ValueError as error:  # no base64, nor ASCII, nor UTF-8
        why = "The continuation token provided is incorrect"
        raise errors.invalid_argument("continuation-token", token[:200], why) from error
