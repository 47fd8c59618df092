"""Upload by an HTML form (source: S3 API Reference, Browser-Based Uploads Using POST)."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO
from urllib.parse import quote, urlencode, urlsplit

from werkzeug.datastructures import EnvironHeaders
from werkzeug.wrappers import Request, Response

from fake_s3 import checksums, errors, sigv2, sigv4
from fake_s3.body import Body, announced_algorithm
from fake_s3.call import Call, answer, empty
from fake_s3.handlers.tagging import tags_in
from fake_s3.headers import acl_settings, as_environ, content_headers, storage_headers
from fake_s3.metadata import Checksum, Details
from fake_s3.permissions import require_anonymous
from fake_s3.post_policy import check_policy
from fake_s3.store import ObjectInfo

_FIELDS_BYTES_MAX = 20_480  # of all but the file; source: S3 API Reference, POST Object
_FILENAME = "${filename}"


@dataclass(frozen=True, slots=True)
class Form:
    """The fields, their names in lower case, and the file."""

    fields: Mapping[str, str]
    file: IO[bytes]
    size_bytes: int


def post_object(call: Call) -> Response:
    """POST Object: a form with the fields of an object and one file."""
    form = _read_form(call.request)
    if not form.fields.get("key"):
        raise errors.post_without("key")
    _authorize(call, form)
    info = _store(call, form)
    return _answer(call, form.fields, info)


def _read_form(request: Request) -> Form:
    if request.mimetype != "multipart/form-data":
        raise errors.precondition_failed("Bucket POST must be of the enclosure-type multipart/form-data")
    # Some clients give every field a file name, and some none to the file.
    fields = {name.lower(): value for name, value in request.form.items()}
    for name, part in request.files.items():
        if name.lower() != "file":
            fields[name.lower()] = part.stream.read(_FIELDS_BYTES_MAX + 1).decode("utf-8", "replace")
    upload = request.files.get("file")
    if upload is None and "file" not in fields:
        raise errors.post_without("file")
    file = upload.stream if upload is not None else io.BytesIO(fields.pop("file").encode())
    filename = (upload.filename or "") if upload is not None else ""
    size_bytes = file.seek(0, io.SEEK_END)
    file.seek(0)
    return Form(_with_filename(fields, filename), file, size_bytes)


def _with_filename(fields: Mapping[str, str], filename: str) -> dict[str, str]:
    """Return the fields with the file's name put in where they say so, if that is not too much (S3Error)."""
    size = sum(len(name) + len(text) + text.count(_FILENAME) * len(filename) for name, text in fields.items())
    if size > _FIELDS_BYTES_MAX:
        raise errors.fields_too_large(size, _FIELDS_BYTES_MAX)
    return {name: text.replace(_FILENAME, filename) for name, text in fields.items()}


def _authorize(call: Call, form: Form) -> None:
    """Refuses a form that its policy, or the lack of one, does not allow (S3Error)."""
    fields = form.fields
    policy = fields.get("policy")
    keys = call.service.keys
    if policy is None:
        if keys is not None:
            require_anonymous(call)
        return
    version_4 = "x-amz-signature" in fields
    for name in ("x-amz-credential",) if version_4 else ("awsaccesskeyid", "signature"):
        if name not in fields:
            raise errors.post_without(name)
    now = datetime.now(UTC)
    if keys is not None and version_4:
        sigv4.verify_policy(fields, policy, keys, now)
    elif keys is not None:
        sigv2.verify_policy(fields["awsaccesskeyid"], fields["signature"], policy, keys)
    check_policy(policy, {**fields, "bucket": call.bucket}, form.size_bytes, now)


def _store(call: Call, form: Form) -> ObjectInfo:
    # The fields mean what headers of the same names mean to a PUT; but for one, whose name is another.
    fields = {"x-amz-acl" if name == "acl" else name: value for name, value in form.fields.items()}
    environ: dict[str, object] = {**as_environ(fields)}
    environ["CONTENT_TYPE"] = fields.get("content-type", "")
    environ["CONTENT_LENGTH"] = str(form.size_bytes)
    environ |= {"wsgi.input": form.file, "wsgi.input_terminated": True}
    headers = EnvironHeaders(environ)
    kept = content_headers(headers) | storage_headers(headers)
    settings = acl_settings(headers)
    tags = tags_in(form.fields["tagging"].encode()) if "tagging" in form.fields else {}
    algorithm = announced_algorithm(headers) or checksums.DEFAULT
    body = Body(environ, [algorithm])

    def details() -> Details:
        return Details(kept, tags, Checksum(algorithm, body.checksums[algorithm]), settings=settings)

    return call.store.put(call.bucket, form.fields["key"], body, details)


def _answer(call: Call, fields: Mapping[str, str], info: ObjectInfo) -> Response:
    location = f"{call.request.host_url}{call.bucket}/{quote(info.key)}"
    etag = f'"{info.etag}"'
    headers = {"ETag": etag, "Location": location}
    redirect = fields.get("success_action_redirect") or fields.get("redirect")
    if redirect and urlsplit(redirect).scheme in {"http", "https"}:
        query = urlencode({"bucket": call.bucket, "key": info.key, "etag": etag})
        joint = "&" if urlsplit(redirect).query else "?"
        return empty(303, {**headers, "Location": f"{redirect}{joint}{query}"})
    status = fields.get("success_action_status")
    if status == "201":
        nodes = [("Location", location), ("Bucket", call.bucket), ("Key", info.key), ("ETag", etag)]
        response = answer("PostResponse", nodes, 201)
        response.headers.update(headers)
        return response
    return empty(200 if status == "200" else 204, headers)
