"""Which of S3's operations a request is, by name, without answering it: for those who only look."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl

from fake_s3.address import address
from fake_s3.errors import S3Error

UNKNOWN = "Unknown"

# By method and sub-resource ("" is the bucket or object itself); source: S3 API Reference.
_SERVICE = {("GET", ""): "ListBuckets"}
_BUCKET = {
    ("GET", ""): "ListObjects",
    ("GET", "list-type"): "ListObjectsV2",
    ("GET", "versions"): "ListObjectVersions",
    ("GET", "location"): "GetBucketLocation",
    ("HEAD", ""): "HeadBucket",
    ("PUT", ""): "CreateBucket",
    ("DELETE", ""): "DeleteBucket",
    ("POST", ""): "PostObject",
    ("POST", "delete"): "DeleteObjects",
    ("GET", "uploads"): "ListMultipartUploads",
}
_OBJECT = {
    ("GET", ""): "GetObject",
    ("HEAD", ""): "HeadObject",
    ("PUT", ""): "PutObject",
    ("DELETE", ""): "DeleteObject",
    ("POST", "uploads"): "CreateMultipartUpload",
    ("PUT", "uploadId"): "UploadPart",
    ("GET", "uploadId"): "ListParts",
    ("POST", "uploadId"): "CompleteMultipartUpload",
    ("DELETE", "uploadId"): "AbortMultipartUpload",
    ("GET", "attributes"): "GetObjectAttributes",
    ("POST", "restore"): "RestoreObject",
}
_COPIES = {"PutObject": "CopyObject", "UploadPart": "UploadPartCopy"}
# Further sub-resources, each with Get, Put and Delete.
_SETTINGS = {
    "acl": "Acl",
    "cors": "Cors",
    "encryption": "Encryption",
    "lifecycle": "LifecycleConfiguration",
    "logging": "Logging",
    "notification": "NotificationConfiguration",
    "policy": "Policy",
    "policyStatus": "PolicyStatus",
    "publicAccessBlock": "PublicAccessBlock",
    "replication": "Replication",
    "tagging": "Tagging",
    "versioning": "Versioning",
    "website": "Website",
}
_VERBS = {"GET": "Get", "PUT": "Put", "DELETE": "Delete"}
_ALONE = {"PublicAccessBlock"}  # has no `Bucket` in its name

OPERATIONS = frozenset(
    {
        *_SERVICE.values(),
        *_BUCKET.values(),
        *_OBJECT.values(),
        *_COPIES.values(),
        *(
            f"{verb}{'' if setting in _ALONE else level}{setting}"
            for verb in _VERBS.values()
            for level, settings in (("Bucket", _SETTINGS.values()), ("Object", ("Acl", "Tagging")))
            for setting in settings
        ),
    }
)


def operation_of(environ: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """The name of a request's operation, `Unknown` if it has none, and what it is addressed to."""
    try:
        bucket, key = address(dict(environ))
    except S3Error:
        return UNKNOWN, {}
    query = dict(parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True))
    named = {name: value for name, value in (("Bucket", bucket), ("Key", key)) if value}
    parameters = {**named, **{name: value for name, value in query.items() if not _signs(name)}}
    name = _name(environ["REQUEST_METHOD"], bucket, key, query)
    return _COPIES.get(name, name) if "HTTP_X_AMZ_COPY_SOURCE" in environ else name, parameters


def _name(method: str, bucket: str, key: str, query: dict[str, str]) -> str:
    table = _OBJECT if key else _BUCKET if bucket else _SERVICE
    subresources = [name for name in query if (method, name) in table]
    if not subresources and (setting := next((name for name in query if name in _SETTINGS), None)):
        level = "" if _SETTINGS[setting] in _ALONE else "Object" if key else "Bucket"
        return f"{_VERBS.get(method, UNKNOWN)}{level}{_SETTINGS[setting]}"
    return table.get((method, subresources[0] if subresources else ""), UNKNOWN)


def _signs(name: str) -> bool:
    """Whether a parameter of the query is part of a signature, or of nobody's interest."""
    return name.lower().startswith("x-amz-") or name in {"AWSAccessKeyId", "Signature", "Expires", "x-id"}
