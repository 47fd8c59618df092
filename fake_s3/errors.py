"""Every error an S3 client can get, each wording once.

Codes, statuses and most wordings: source: S3 API Reference, Error Responses. Errors of a directory's own
(a key that no file can have, a file in the place of a folder) say what stands in the way.
"""

from __future__ import annotations

import errno
from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

_SQLITE_READONLY, _SQLITE_FULL = 8, 13  # not from sqlite3: whoever needs only names need not load it


class S3Error(Exception):
    """An answer of S3's other than success: `code` and `message` as S3 words them, `status` over HTTP.

    `fields` are further elements of the error document, `headers` further headers of the answer.
    """

    def __init__(
        self,
        code: str,
        message: str,
        status: int,
        fields: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.fields = dict(fields or {})
        self.headers = dict(headers or {})


# Names


def invalid_bucket_name(bucket: str) -> S3Error:
    return S3Error("InvalidBucketName", f"The specified bucket is not valid: {bucket!r}", 400)


def unusable_key(key: str, why: str) -> S3Error:
    """A key that S3 would take and a directory cannot hold; the code is S3's nearest."""
    return S3Error("InvalidArgument", f"A directory cannot hold the key {key!r}: {why}", 400)


def key_too_long(size_bytes: int, size_bytes_max: int) -> S3Error:
    fields = {"Size": str(size_bytes), "MaxSizeAllowed": str(size_bytes_max)}
    return S3Error("KeyTooLongError", "Your key is too long", 400, fields)


def parent_is_file(key: str, parent: str) -> S3Error:
    """S3 holds `a` and `a/b` at once; a directory does not. The code is versitygw's for the same thing."""
    message = f"The key {key!r} cannot be stored: {parent!r} is an object, and a file cannot be a folder too"
    return S3Error("ObjectParentIsFile", message, 409)


def existing_is_folder(key: str) -> S3Error:
    """The other way round; the code is versitygw's for the same thing."""
    message = f"The key {key!r} cannot be stored: there is a folder of that name, and it cannot be a file too"
    return S3Error("ExistingObjectIsDirectory", message, 409)


# Buckets


def no_such_bucket(bucket: str) -> S3Error:
    return S3Error("NoSuchBucket", "The specified bucket does not exist", 404, {"BucketName": bucket})


def bucket_not_empty(bucket: str) -> S3Error:
    message = "The bucket you tried to delete is not empty"
    return S3Error("BucketNotEmpty", message, 409, {"BucketName": bucket})


def bucket_is_yours(bucket: str) -> S3Error:
    message = "Your previous request to create the named bucket succeeded and you already own it."
    return S3Error("BucketAlreadyOwnedByYou", message, 409, {"BucketName": bucket})


def bucket_exists(bucket: str) -> S3Error:
    message = (
        "The requested bucket name is not available. The bucket namespace is shared by all users of the "
        "system. Please select a different name and try again."
    )
    return S3Error("BucketAlreadyExists", message, 409, {"BucketName": bucket})


def read_only_bucket(bucket: str) -> S3Error:
    message = f"Access Denied: the bucket {bucket} is built in and cannot be written to"
    return S3Error("AccessDenied", message, 403)


# Objects


def no_such_key(key: str) -> S3Error:
    return S3Error("NoSuchKey", "The specified key does not exist.", 404, {"Key": key})


def no_such_version(key: str, version: str) -> S3Error:
    fields = {"Key": key, "VersionId": version}
    return S3Error("NoSuchVersion", "The specified version does not exist.", 404, fields)


def precondition_failed(condition: str) -> S3Error:
    message = "At least one of the pre-conditions you specified did not hold"
    return S3Error("PreconditionFailed", message, 412, {"Condition": condition})


def invalid_range(header: str, size_bytes: int) -> S3Error:
    fields = {"RangeRequested": header, "ActualObjectSize": str(size_bytes)}
    headers = {"Content-Range": f"bytes */{size_bytes}"}
    return S3Error("InvalidRange", "The requested range is not satisfiable", 416, fields, headers)


def invalid_part_number() -> S3Error:
    return S3Error("InvalidPartNumber", "The requested partnumber is not satisfiable", 416)


def copy_to_itself() -> S3Error:
    message = (
        "This copy request is illegal because it is trying to copy an object to itself without changing the "
        "object's metadata, storage class, website redirect location or encryption attributes."
    )
    return S3Error("InvalidRequest", message, 400)


# Bodies


def bad_digest() -> S3Error:
    return S3Error("BadDigest", "The Content-MD5 you specified did not match what we received.", 400)


def invalid_digest(value: str) -> S3Error:
    message = "The Content-MD5 you specified was invalid."
    return S3Error("InvalidDigest", message, 400, {"Content-MD5": value})


def bad_checksum(algorithm: str, sent: str) -> S3Error:
    message = f"The {algorithm} you specified did not match the calculated checksum."
    return S3Error("BadDigest", message, 400, {"ExpectedDigest": sent})


def payload_mismatch(sent: str, computed: str) -> S3Error:
    message = "The provided 'x-amz-content-sha256' header does not match what was computed."
    fields = {"ClientComputedContentSHA256": sent, "S3ComputedContentSHA256": computed}
    return S3Error("XAmzContentSHA256Mismatch", message, 400, fields)


def malformed_trailer() -> S3Error:
    message = (
        "The request contained trailing data that was not well-formed or did not conform to our "
        "published schema."
    )
    return S3Error("MalformedTrailerError", message, 400)


def incomplete_body() -> S3Error:
    message = "You did not provide the number of bytes specified by the Content-Length HTTP header"
    return S3Error("IncompleteBody", message, 400)


def missing_content_length() -> S3Error:
    return S3Error("MissingContentLength", "You must provide the Content-Length HTTP header.", 411)


def entity_too_large(size_bytes: int, size_bytes_max: int) -> S3Error:
    message = "Your proposed upload exceeds the maximum allowed size"
    fields = {"ProposedSize": str(size_bytes), "MaxSizeAllowed": str(size_bytes_max)}
    return S3Error("EntityTooLarge", message, 400, fields)


def metadata_too_large(size_bytes: int, size_bytes_max: int) -> S3Error:
    message = "Your metadata headers exceed the maximum allowed metadata size"
    fields = {"Size": str(size_bytes), "MaxSizeAllowed": str(size_bytes_max)}
    return S3Error("MetadataTooLarge", message, 400, fields)


def malformed_xml() -> S3Error:
    message = "The XML you provided was not well-formed or did not validate against our published schema"
    return S3Error("MalformedXML", message, 400)


# Multipart uploads


def no_such_upload(upload_id: str) -> S3Error:
    message = (
        "The specified upload does not exist. The upload ID may be invalid, or the upload may have been "
        "aborted or completed."
    )
    return S3Error("NoSuchUpload", message, 404, {"UploadId": upload_id})


def invalid_part(number: int) -> S3Error:
    message = (
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the "
        "specified entity tag may not match the part's entity tag."
    )
    return S3Error("InvalidPart", message, 400, {"PartNumber": str(number)})


def invalid_part_order() -> S3Error:
    message = "The list of parts was not in ascending order. Parts must be ordered by part number."
    return S3Error("InvalidPartOrder", message, 400)


def entity_too_small(size_bytes: int, size_bytes_min: int, number: int) -> S3Error:
    message = "Your proposed upload is smaller than the minimum allowed size"
    fields = {
        "ProposedSize": str(size_bytes),
        "MinSizeAllowed": str(size_bytes_min),
        "PartNumber": str(number),
    }
    return S3Error("EntityTooSmall", message, 400, fields)


# Documents


def malformed_acl() -> S3Error:
    message = "The XML you provided was not well-formed or did not validate against our published schema"
    return S3Error("MalformedACLError", message, 400)


def unresolvable_email(address: str) -> S3Error:
    message = "The e-mail address you provided does not match any account on record."
    return S3Error("UnresolvableGrantByEmailAddress", message, 400, {"EmailAddress": address})


def post_without(field: str) -> S3Error:
    if field == "file":
        message = "POST requires exactly one file upload per request."
    else:
        message = f"Bucket POST must contain a field named '{field}'."
        message += " If it is specified, please check the order of the fields."
    return S3Error("InvalidArgument", message, 400, {"ArgumentName": field, "ArgumentValue": ""})


def fields_too_large(size_bytes: int, size_bytes_max: int) -> S3Error:
    message = "Your POST request fields preceding the upload file were too large."
    fields = {"Size": str(size_bytes), "MaxSizeAllowed": str(size_bytes_max)}
    return S3Error("MaxPostPreDataLengthExceeded", message, 400, fields)


def post_too_small(size_bytes: int, size_bytes_min: int) -> S3Error:
    message = "Your proposed upload is smaller than the minimum allowed size"
    fields = {"ProposedSize": str(size_bytes), "MinSizeAllowed": str(size_bytes_min)}
    return S3Error("EntityTooSmall", message, 400, fields)


def invalid_policy_document(why: str) -> S3Error:
    message = f"The content of the form does not meet the conditions specified in the policy document: {why}"
    return S3Error("InvalidPolicyDocument", message, 400)


def malformed_policy() -> S3Error:
    return S3Error("MalformedPolicy", "Policies must be valid JSON and have a statement", 400)


# Who asks


def signature_does_not_match(access_key: str, provided: str, string_to_sign: str, canonical: str) -> S3Error:
    message = (
        "The request signature we calculated does not match the signature you provided. Check your key and "
        "signing method."
    )
    fields = {
        "AWSAccessKeyId": access_key,
        "StringToSign": string_to_sign,
        "SignatureProvided": provided,
        "CanonicalRequest": canonical,
    }
    return S3Error("SignatureDoesNotMatch", message, 403, fields)


def invalid_access_key(access_key: str) -> S3Error:
    message = "The AWS Access Key Id you provided does not exist in our records."
    return S3Error("InvalidAccessKeyId", message, 403, {"AWSAccessKeyId": access_key})


def request_time_too_skewed(request_time: str, server_time: str) -> S3Error:
    message = "The difference between the request time and the current time is too large."
    fields = {"RequestTime": request_time, "ServerTime": server_time}
    return S3Error("RequestTimeTooSkewed", message, 403, fields)


def malformed_authorization(why: str) -> S3Error:
    message = f"The authorization header is malformed; {why}"
    return S3Error("AuthorizationHeaderMalformed", message, 400)


def malformed_authorization_query(why: str) -> S3Error:
    return S3Error("AuthorizationQueryParametersError", why, 403)


# Requests


def invalid_argument(name: str, value: str, why: str) -> S3Error:
    return S3Error("InvalidArgument", why, 400, {"ArgumentName": name, "ArgumentValue": value})


def invalid_request(why: str) -> S3Error:
    return S3Error("InvalidRequest", why, 400)


def access_denied(why: str = "Access Denied") -> S3Error:
    return S3Error("AccessDenied", why, 403)


def method_not_allowed(method: str) -> S3Error:
    message = "The specified method is not allowed against this resource."
    return S3Error("MethodNotAllowed", message, 405, {"Method": method})


def no_cors(origin: str | None) -> S3Error:
    """The answer to a browser that asks whether a page may call: no page but the server's own may."""
    if origin is None:
        return S3Error("BadRequest", "Insufficient information. Origin request header needed.", 400)
    message = "CORSResponse: CORS is not enabled for this bucket."
    return S3Error("AccessForbidden", message, 403)


def not_implemented(what: str) -> S3Error:
    message = f"A header or query you provided implies functionality that is not implemented: {what}"
    return S3Error("NotImplemented", message, 501)


# The disk below


def storage_error(error: OSError | sqlite3.Error) -> S3Error | None:
    """Return what to say of a disk that is full or does not let the server in; None for all other faults.

    Real S3 has neither. 507 is a status that no client tries again at.
    """
    number = error.errno if isinstance(error, OSError) else None
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if number in {errno.ENOSPC, errno.EDQUOT, errno.EFBIG} or code == _SQLITE_FULL:
        return S3Error("InsufficientStorage", f"The disk of the S3 directory is full: {error}", 507)
    if number in {errno.EACCES, errno.EPERM, errno.EROFS} or code == _SQLITE_READONLY:
        return access_denied(f"The system does not let the server do this in the S3 directory: {error}")
    return None
