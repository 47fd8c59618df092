"""Multipart uploads: create, upload or copy a part, list, complete, abort."""

from __future__ import annotations

from xml.etree.ElementTree import Element

from werkzeug.wrappers import Response

from fake_s3 import checksums, errors, xml
from fake_s3.acl import OWNER
from fake_s3.body import Body, require_length
from fake_s3.call import Call, answer, empty
from fake_s3.conditions import write_check
from fake_s3.handlers.common import isoformat, url_encode, url_encoder, whole_number
from fake_s3.handlers.copies import HashedCopy, copy_result, is_copy, open_source, source_range
from fake_s3.headers import (
    acl_settings,
    checksum_headers,
    content_headers,
    storage_answer,
    storage_headers,
    tagging_header,
)
from fake_s3.metadata import Checksum, Details
from fake_s3.multipart import PARTS_MAX, ClaimedPart, Upload, UploadedPart
from fake_s3.numbers import whole_number as whole_number_in
from fake_s3.store import ObjectInfo

_PAGE_MAX = 1000  # source: S3 API Reference, ListParts and ListMultipartUploads


def create_multipart_upload(call: Call) -> Response:
    """CreateMultipartUpload."""
    asked = (call.header("x-amz-checksum-algorithm") or "").upper()
    algorithm = asked or checksums.DEFAULT
    kind = (call.header("x-amz-checksum-type") or checksums.default_kind(algorithm)).upper()
    checksums.refuse_unless_possible(algorithm, kind)
    headers = content_headers(call.headers) | storage_headers(call.headers)
    details = Details(headers, tagging_header(call.headers), settings=acl_settings(call.headers))
    upload = call.uploads.start(call.bucket, call.key, algorithm, kind, details)
    response = answer(
        "InitiateMultipartUploadResult",
        [("Bucket", call.bucket), ("Key", call.key), ("UploadId", upload.id)],
    )
    if asked:
        response.headers["x-amz-checksum-algorithm"] = algorithm
        response.headers["x-amz-checksum-type"] = kind
    response.headers.update(storage_answer(details))
    return response


def upload_part(call: Call) -> Response:
    """UploadPart and UploadPartCopy."""
    number = _part_number(call)
    upload = _upload(call)
    if is_copy(call):
        return _upload_part_copy(call, upload, number)
    require_length(call.environ)
    body = Body(call.environ, [upload.algorithm])
    part = call.uploads.put_part(upload, number, body, lambda: body.checksums[upload.algorithm])
    sent = body.checksums.get(body.announced or upload.algorithm, "")
    name = checksums.header_name(body.announced or upload.algorithm)
    headers = {"ETag": f'"{part.etag}"', name: sent}
    return empty(200, headers | storage_answer(upload.details))


def _upload_part_copy(call: Call, upload: Upload, number: int) -> Response:
    with open_source(call) as (file, source):
        hashed = HashedCopy(file, source_range(call, source), upload.algorithm)
        part = call.uploads.put_part(upload, number, hashed, hashed.checksum)
    nodes = [("LastModified", isoformat(part.modified)), ("ETag", f'"{part.etag}"')]
    return answer("CopyPartResult", [*nodes, (checksums.element_name(upload.algorithm), part.checksum)])


def complete_multipart_upload(call: Call) -> Response:
    """CompleteMultipartUpload; asked again after it succeeded, it answers the same again."""
    # The headers' checksum is the object's.
    request = xml.parse(call.text(checksum_is_its_own=False), "CompleteMultipartUpload")
    try:
        upload = _upload(call)
    except errors.S3Error:
        if done := _completed(call):
            return _completion(call, done)
        raise
    claimed = [_claimed(part, upload.algorithm) for part in request.findall("Part")]
    if not claimed:
        raise errors.malformed_xml()

    def verify(checksum: Checksum, size_bytes: int) -> None:
        sent = call.header(checksums.header_name(checksum.algorithm))
        if sent and sent.partition("-")[0] != checksum.value.partition("-")[0]:
            raise errors.bad_checksum(checksum.algorithm, sent)
        size = call.header("x-amz-mp-object-size")
        if size and size != str(size_bytes):
            raise errors.invalid_request(
                f"The provided 'x-amz-mp-object-size' header value {size} does not match what was computed: "
                f"{size_bytes}"
            )

    check = write_check(call.header, call.key)
    return _completion(call, call.uploads.complete(upload, claimed, verify, check))


def abort_multipart_upload(call: Call) -> Response:
    """AbortMultipartUpload."""
    call.uploads.abort(_upload(call))
    return empty()


def list_parts(call: Call) -> Response:
    """ListParts."""
    upload = _upload(call)
    marker = whole_number(call, "part-number-marker", 0, PARTS_MAX)
    limit = whole_number(call, "max-parts", _PAGE_MAX, _PAGE_MAX)
    parts = [part for part in call.uploads.parts(upload) if part.number > marker]
    page = parts[:limit]
    children: list[xml.Node] = [
        ("Bucket", call.bucket),
        ("Key", call.key),
        ("UploadId", upload.id),
        ("Initiator", OWNER),
        ("Owner", OWNER),
        ("StorageClass", upload.details.headers.get("x-amz-storage-class", "STANDARD")),
        ("PartNumberMarker", str(marker)),
        ("NextPartNumberMarker", str(page[-1].number if page else 0)),
        ("MaxParts", str(limit)),
        ("IsTruncated", "true" if len(parts) > limit > 0 else "false"),
        ("ChecksumAlgorithm", upload.algorithm),
        ("ChecksumType", upload.kind),
    ]
    return answer("ListPartsResult", [*children, *(_part_node(upload, part) for part in page)])


def list_multipart_uploads(call: Call) -> Response:
    """ListMultipartUploads."""
    encode = url_encode if url_encoder(call) else str
    prefix, delimiter = call.arg("prefix"), call.arg("delimiter")
    key_marker, id_marker = call.arg("key-marker"), call.arg("upload-id-marker")
    limit = whole_number(call, "max-uploads", _PAGE_MAX, _PAGE_MAX)
    after = [u for u in call.uploads.all(call.bucket, prefix) if _is_after(u, key_marker, id_marker)]
    rolled_up = {
        u.key[: u.key.index(delimiter, len(prefix)) + len(delimiter)]: None
        for u in after
        if delimiter and delimiter in u.key[len(prefix) :]
    }
    uploads = [u for u in after if not (delimiter and delimiter in u.key[len(prefix) :])]
    page = uploads[:limit]
    children: list[xml.Node] = [
        ("Bucket", call.bucket),
        ("KeyMarker", encode(key_marker)),
        ("UploadIdMarker", id_marker),
        ("NextKeyMarker", encode(page[-1].key) if page else ""),
        ("NextUploadIdMarker", page[-1].id if page else ""),
        ("Delimiter", encode(delimiter)),
        ("Prefix", encode(prefix)),
        ("MaxUploads", str(limit)),
        ("IsTruncated", "true" if len(uploads) > limit > 0 else "false"),
    ]
    children += [("Upload", _upload_nodes(upload, encode(upload.key))) for upload in page]
    children += [("CommonPrefixes", [("Prefix", encode(common))]) for common in rolled_up]
    return answer("ListMultipartUploadsResult", children)


def _upload(call: Call) -> Upload:
    return call.uploads.get(call.bucket, call.key, call.arg("uploadId"))


def _part_number(call: Call) -> int:
    value = call.arg("partNumber")
    number = whole_number_in(value) or 0
    if not 1 <= number <= PARTS_MAX:
        why = f"Part number must be an integer between 1 and {PARTS_MAX}, inclusive"
        raise errors.invalid_argument("partNumber", value[:200], why)
    return number


def _claimed(part: Element, algorithm: str) -> ClaimedPart:
    number = whole_number_in(xml.text_of(part, "PartNumber").strip())
    if number is None:
        raise errors.malformed_xml()
    etag = xml.text_of(part, "ETag").strip().strip('"')
    return ClaimedPart(number, etag, part.findtext(checksums.element_name(algorithm)))


def _completed(call: Call) -> ObjectInfo | None:
    """The object, if it is what this upload became."""
    info = call.store.find(call.bucket, call.key)
    return info if info and info.details.settings.get("upload") == call.arg("uploadId") else None


def _completion(call: Call, info: ObjectInfo) -> Response:
    children: list[xml.Node] = [
        ("Location", call.request.base_url),
        ("Bucket", call.bucket),
        ("Key", call.key),
        *copy_result(info)[1:],
    ]
    response = answer("CompleteMultipartUploadResult", children)
    response.headers.update(checksum_headers(info.details) | storage_answer(info.details))
    return response


def _part_node(upload: Upload, part: UploadedPart) -> xml.Node:
    return "Part", [
        ("PartNumber", str(part.number)),
        ("LastModified", isoformat(part.modified)),
        ("ETag", f'"{part.etag}"'),
        ("Size", str(part.size_bytes)),
        (checksums.element_name(upload.algorithm), part.checksum),
    ]


def _is_after(upload: Upload, key_marker: str, id_marker: str) -> bool:
    if not id_marker:
        return upload.key > key_marker
    return (upload.key, upload.id) > (key_marker, id_marker)


def _upload_nodes(upload: Upload, key: str) -> list[xml.Node]:
    return [
        ("Key", key),
        ("UploadId", upload.id),
        ("Initiator", OWNER),
        ("Owner", OWNER),
        ("StorageClass", upload.details.headers.get("x-amz-storage-class", "STANDARD")),
        ("Initiated", isoformat(upload.started_at)),
    ]
