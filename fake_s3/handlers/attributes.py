"""What an object is known by beside its bytes: GetObjectAttributes, its ACL, its locks."""

from __future__ import annotations

from dataclasses import replace

from werkzeug.wrappers import Response

from fake_s3 import acl, checksums, errors, xml
from fake_s3.call import Call, answer, empty
from fake_s3.handlers.common import whole_number_of
from fake_s3.handlers.settings import read_grants
from fake_s3.headers import last_modified
from fake_s3.metadata import Checksum, Part
from fake_s3.store import ObjectInfo

_ATTRIBUTES = ("ETag", "Checksum", "ObjectParts", "StorageClass", "ObjectSize")
_PARTS_MAX = 1000  # source: S3 API Reference, GetObjectAttributes


def get_object_attributes(call: Call) -> Response:
    """GetObjectAttributes."""
    asked = {item.strip() for item in (call.header("x-amz-object-attributes") or "").split(",")} - {""}
    if not asked or not asked.issubset(_ATTRIBUTES):
        why = (
            "Invalid attribute name specified."
            if asked
            else "The x-amz-object-attributes header is required."
        )
        raise errors.invalid_argument("x-amz-object-attributes", ",".join(sorted(asked)), why)
    info = call.store.head(call.bucket, call.key)
    nodes: list[xml.Node] = []
    for name in _ATTRIBUTES:
        if name in asked:
            nodes += _attribute(call, info, name)
    response = answer("GetObjectAttributesResponse", nodes)
    response.headers["Last-Modified"] = last_modified(info)
    return response


def get_object_acl(call: Call) -> Response:
    """GetObjectAcl."""
    info = call.store.head(call.bucket, call.key)
    return answer("AccessControlPolicy", acl.to_xml(acl.load(info.details.settings.get("acl"))))


def put_object_acl(call: Call) -> Response:
    """PutObjectAcl; kept, not enforced."""
    grants = acl.dump(read_grants(call))
    call.store.update(
        call.bucket, call.key, lambda details: replace(details, settings={**details.settings, "acl": grants})
    )
    return empty(200)


def get_object_lock(call: Call) -> Response:
    """GetObjectRetention and GetObjectLegalHold: there are none."""
    call.store.head(call.bucket, call.key)
    message = "The specified object does not have a ObjectLock configuration"
    raise errors.S3Error("NoSuchObjectLockConfiguration", message, 404)


def put_object_lock(call: Call) -> Response:
    """PutObjectRetention and PutObjectLegalHold: refused, as in any bucket made without object locks."""
    call.store.head(call.bucket, call.key)
    raise errors.invalid_request("Bucket is missing Object Lock Configuration")


def restore_object(call: Call) -> Response:
    """RestoreObject: every object is at hand, so there is nothing to restore."""
    call.store.head(call.bucket, call.key)
    message = "Restore is not allowed for the object's current storage class"
    raise errors.S3Error("InvalidObjectState", message, 403)


def _attribute(call: Call, info: ObjectInfo, name: str) -> list[xml.Node]:
    checksum = info.details.checksum
    if name == "ETag":
        return [("ETag", info.etag)]
    if name == "ObjectSize":
        return [("ObjectSize", str(info.size_bytes))]
    if name == "StorageClass":
        return [("StorageClass", info.details.headers.get("x-amz-storage-class", "STANDARD"))]
    if name == "Checksum":
        return [("Checksum", _checksum_nodes(checksum))] if checksum else []
    return [("ObjectParts", _parts_nodes(call, info.details.parts, checksum))] if info.details.parts else []


def _checksum_nodes(checksum: Checksum) -> list[xml.Node]:
    element = checksums.element_name(checksum.algorithm)
    return [(element, checksum.value), ("ChecksumType", checksum.kind)]


def _parts_nodes(call: Call, parts: tuple[Part, ...], checksum: Checksum | None) -> list[xml.Node]:
    limit = whole_number_of("x-amz-max-parts", call.header("x-amz-max-parts"), _PARTS_MAX, _PARTS_MAX)
    marker = whole_number_of("x-amz-part-number-marker", call.header("x-amz-part-number-marker"), 0, 10_000)
    after = [part for part in parts if part.number > marker]
    page = after[:limit]
    nodes: list[xml.Node] = [
        ("PartsCount", str(len(parts))),
        ("PartNumberMarker", str(marker)),
        ("NextPartNumberMarker", str(page[-1].number if page else 0)),
        ("MaxParts", str(limit)),
        ("IsTruncated", "true" if len(after) > limit else "false"),
    ]
    for part in page:
        children: list[xml.Node] = [("PartNumber", str(part.number)), ("Size", str(part.size_bytes))]
        if checksum and part.checksum:
            children.append((checksums.element_name(checksum.algorithm), part.checksum))
        nodes.append(("Part", children))
    return nodes
