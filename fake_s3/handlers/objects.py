"""Objects: put, get, head, delete one or many."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import BinaryIO
from xml.etree.ElementTree import Element

from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from fake_s3 import errors, xml
from fake_s3.body import Body, announced_algorithm, require_length
from fake_s3.call import Call, answer, empty
from fake_s3.checksums import DEFAULT, header_name
from fake_s3.conditions import NotModified, check_read, write_check
from fake_s3.handlers.copies import copy_object, is_copy
from fake_s3.headers import (
    acl_settings,
    checksum_headers,
    content_headers,
    object_headers,
    refuse_control_characters,
    storage_answer,
    storage_headers,
    tagging_header,
)
from fake_s3.metadata import Checksum, Details
from fake_s3.numbers import whole_number
from fake_s3.ranges import parse_range
from fake_s3.store import ObjectInfo

_DELETE_MAX = 1000  # source: S3 API Reference, DeleteObjects
# source: S3 API Reference, GetObject
_OVERRIDES = {
    "response-content-type": "Content-Type",
    "response-content-language": "Content-Language",
    "response-expires": "Expires",
    "response-cache-control": "Cache-Control",
    "response-content-disposition": "Content-Disposition",
    "response-content-encoding": "Content-Encoding",
}


def put_object(call: Call) -> Response:
    """PutObject, and CopyObject, which differs by a header."""
    if is_copy(call):
        return copy_object(call)
    require_length(call.environ)
    headers = content_headers(call.headers) | storage_headers(call.headers)
    tags = tagging_header(call.headers)
    settings = acl_settings(call.headers)
    algorithm = announced_algorithm(call.headers) or DEFAULT
    body = Body(call.environ, [algorithm])

    def details() -> Details:
        checksum = Checksum(algorithm, body.checksums[algorithm])
        return Details(headers, tags, checksum, settings=settings)

    check = write_check(call.header, call.key)
    info = call.store.put(call.bucket, call.key, body, details, check)
    answer_headers = {"ETag": f'"{info.etag}"'} | checksum_headers(info.details)
    return empty(200, answer_headers | storage_answer(info.details))


def get_object(call: Call) -> Response:
    """GetObject."""
    file, info = _open(call)
    return _content(call, info, lambda wanted: _send(call, file, wanted), file.close)


def head_object(call: Call) -> Response:
    """HeadObject: the headers of GetObject and no body."""
    file, info = _open(call)
    file.close()
    return _content(call, info, lambda wanted: Response(), lambda: None)


def delete_object(call: Call) -> Response:
    """DeleteObject; also says 204 when there was nothing to delete."""
    _refuse_version(call)
    call.store.delete(call.bucket, call.key, write_check(call.header, call.key))
    return empty()


def delete_objects(call: Call) -> Response:
    """DeleteObjects: each key succeeds or fails for itself."""
    if call.header("Content-MD5") is None and announced_algorithm(call.headers) is None:
        raise errors.invalid_request("Missing required header for this request: Content-MD5")
    request = call.document("Delete")
    items = request.findall("Object")
    if not 0 < len(items) <= _DELETE_MAX:
        raise errors.malformed_xml()
    quiet = request.findtext("Quiet") == "true"
    children: list[xml.Node] = []
    for item in items:
        key = xml.text_of(item, "Key")
        failure = _delete_one(call, key, item)
        if failure is not None:
            children.append(("Error", [("Key", key), ("Code", failure.code), ("Message", failure.message)]))
        elif not quiet:
            children.append(("Deleted", [("Key", key)]))
    return answer("DeleteResult", children)


def _delete_one(call: Call, key: str, item: Element) -> errors.S3Error | None:
    conditions = {"If-Match": item.findtext("ETag")}
    try:
        call.store.buckets.path(call.bucket)
        if item.findtext("VersionId") not in {None, "", "null"}:
            raise errors.no_such_version(key, item.findtext("VersionId") or "")
        call.store.delete(call.bucket, key, write_check(conditions.get, key))
    except errors.S3Error as error:
        if error.code == "NoSuchBucket":
            raise
        return error
    return None


def _open(call: Call) -> tuple[BinaryIO, ObjectInfo]:
    _refuse_version(call)
    if call.environ["QUERY_STRING"]:
        refuse_control_characters({name: call.arg(name) for name in _OVERRIDES})
    file, info = call.store.open(call.bucket, call.key)
    try:
        check_read(call.header, info)
    except (errors.S3Error, NotModified):
        file.close()
        raise
    return file, info


def _refuse_version(call: Call) -> None:
    version = call.arg("versionId", "null")
    if version != "null":
        raise errors.no_such_version(call.key, version)


def _content(
    call: Call, info: ObjectInfo, send: Callable[[range], Response], close: Callable[[], None]
) -> Response:
    """The answer with the part of the object that was asked for."""
    try:
        wanted = _part_range(call, info) or parse_range(call.header("Range"), info.size_bytes)
    except errors.S3Error:
        close()
        raise
    # Of a range a client would take the whole object's checksum for the range's and refuse it.
    asks = (call.header("x-amz-checksum-mode") or "").upper() == "ENABLED"
    with_checksum = asks and wanted is None
    response = send(range(info.size_bytes) if wanted is None else wanted)
    response.headers.clear()
    response.headers.update(object_headers(info, with_checksum=with_checksum))
    for name, header in _OVERRIDES.items():
        if value := call.arg(name):
            response.headers[header] = value.encode().decode("latin-1")
    if asks and "partNumber" in call.request.args:
        response.headers.update(_part_checksum(call, info))
    if "partNumber" in call.request.args:
        response.headers["x-amz-mp-parts-count"] = str(len(info.details.parts) or 1)
    if wanted is not None:
        response.status_code = 206
        response.headers["Content-Range"] = f"bytes {wanted.start}-{wanted.stop - 1}/{info.size_bytes}"
    response.content_length = info.size_bytes if wanted is None else len(wanted)
    return response


def _send(call: Call, file: BinaryIO, wanted: range) -> Response:
    if isinstance(file, io.BytesIO) or not wanted:
        file.seek(wanted.start)
        content = file.read(len(wanted))
        file.close()
        return Response(content)
    file.seek(wanted.start)
    # The server sends as many bytes of the file as Content-Length says, without our reading them.
    return Response(wrap_file(call.environ, file, 1 << 18), direct_passthrough=True)


def _part_checksum(call: Call, info: ObjectInfo) -> dict[str, str]:
    """Return the headers with the checksum of the part that `partNumber` names, which exists."""
    parts, whole = info.details.parts, info.details.checksum
    if not parts or whole is None:
        return checksum_headers(info.details)
    part = parts[(whole_number(call.arg("partNumber")) or 1) - 1]
    if part.checksum is None:
        return {}
    return {header_name(whole.algorithm): part.checksum, "x-amz-checksum-type": whole.kind}


def _part_range(call: Call, info: ObjectInfo) -> range | None:
    """The bytes of the part that `partNumber` names; an object put whole is its own part 1."""
    text = call.request.args.get("partNumber")
    if text is None:
        return None
    sizes = [part.size_bytes for part in info.details.parts] or [info.size_bytes]
    number = whole_number(text) or 0
    if not 1 <= number <= len(sizes):
        raise errors.invalid_part_number()
    start = sum(sizes[: number - 1])
    return range(start, start + sizes[number - 1])
