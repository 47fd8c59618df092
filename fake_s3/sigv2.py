"""Signature version 2: S3's own flavour, and that of the Query services (which boto 2.0 uses for EMR)."""

from __future__ import annotations

from datetime import datetime

from fake_s3 import errors
from fake_s3.address import virtual_bucket
from fake_s3.numbers import whole_number
from fake_s3.signed_request import (
    Keys,
    Pairs,
    SignedRequest,
    canonical_query,
    hmac_base64,
    is_equal,
    parse_time,
    require_equal,
    require_recent,
    secret_of,
)

# The parameters that S3's flavour signs (source: S3 API Reference, Signing and Authenticating REST Requests).
_SIGNED_PARAMETERS = {
    "accelerate", "acl", "analytics", "attributes", "cors", "delete", "encryption", "intelligent-tiering",
    "inventory", "legal-hold", "lifecycle", "location", "logging", "metrics", "notification", "object-lock",
    "ownershipControls", "partNumber", "policy", "policyStatus", "publicAccessBlock", "replication",
    "requestPayment", "response-cache-control", "response-content-disposition", "response-content-encoding",
    "response-content-language", "response-content-type", "response-expires", "restore", "retention",
    "tagging", "torrent", "uploadId", "uploads", "versionId", "versioning", "versions", "website",
}  # fmt: skip
_DIGESTS = {"HmacSHA1": "sha1", "HmacSHA256": "sha256"}


def verify_header(request: SignedRequest, keys: Keys, now: datetime, authorization: str) -> str:
    """Return the access key of an `Authorization: AWS key:signature` (S3Error)."""
    access_key, _, signature = authorization.removeprefix("AWS ").strip().rpartition(":")
    secret = secret_of(keys, access_key)
    amz_date = request.header("x-amz-date")
    require_recent(parse_time(amz_date or request.header("date")), now)
    signed = _strings_to_sign(request, "" if amz_date else request.header("date") or "")
    _require_one(signed, secret, "sha1", signature, access_key)
    return access_key


def verify_query(request: SignedRequest, keys: Keys, now: datetime) -> str:
    """Return the access key of a presigned URL of S3's (S3Error)."""
    access_key, signature = request.arg("AWSAccessKeyId") or "", request.arg("Signature") or ""
    expires = request.arg("Expires") or ""
    secret = secret_of(keys, access_key)
    require_unexpired(request, now)
    _require_one(_strings_to_sign(request, expires), secret, "sha1", signature, access_key)
    return access_key


def require_unexpired(request: SignedRequest, now: datetime) -> None:
    """Reject a presigned URL that has expired (S3Error)."""
    expires = request.arg("Expires") or ""
    seconds = whole_number(expires)
    if seconds is None:
        raise errors.access_denied(f"Invalid date (should be seconds since epoch): {expires[:100]}")
    if now.timestamp() > seconds:
        raise errors.access_denied("Request has expired")


def verify_form(request: SignedRequest, keys: Keys, now: datetime, parameters: Pairs) -> str:
    """Return the access key of a Query request, signed in its parameters (S3Error)."""
    values = dict(parameters)
    if len(values) < len(parameters):
        raise errors.invalid_request("A parameter of a signed call may be given once only.")
    if request.header("x-amz-target") is not None:
        raise errors.invalid_request("Signature Version 2 does not cover the header X-Amz-Target.")
    access_key = values.get("AWSAccessKeyId", "")
    secret = secret_of(keys, access_key)
    if values.get("SignatureVersion") != "2" or values.get("SignatureMethod") not in _DIGESTS:
        raise errors.malformed_authorization("SignatureVersion 2 with HmacSHA1 or HmacSHA256 is understood")
    if "Expires" in values:
        if now > parse_time(values["Expires"]):
            raise errors.access_denied("Request has expired")
    else:
        require_recent(parse_time(values.get("Timestamp")), now)
    query = canonical_query([(name, value) for name, value in parameters if name != "Signature"])
    host = (request.header("host") or "").lower()
    # Old clients sign the host without its port.
    hosts = (host, host.partition(":")[0])
    signed = ["\n".join((request.method, name, request.path, query)) for name in hosts]
    _require_one(signed, secret, _DIGESTS[values["SignatureMethod"]], values["Signature"], access_key)
    return access_key


def verify_policy(access_key: str, signature: str, policy: str, keys: Keys) -> str:
    """Return the access key that signed the policy of a POST form (S3Error)."""
    computed = hmac_base64(secret_of(keys, access_key), policy, "sha1")
    require_equal(computed, signature, access_key, policy)
    return access_key


def _require_one(signed: list[str], secret: str, digest: str, provided: str, access_key: str) -> None:
    """Reject a signature that is of none of the strings."""
    computed = [hmac_base64(secret, to_sign, digest) for to_sign in signed]
    if True not in [is_equal(one, provided) for one in computed]:  # none is passed over
        raise errors.signature_does_not_match(access_key, provided, signed[0], "")


def _strings_to_sign(request: SignedRequest, date: str) -> list[str]:
    # A presigned URL may carry headers; where a header is there too, it is the one that counts.
    amz = dict(request.query) | {name: request.header(name) or "" for name in request.header_names()}
    lines = [
        request.method,
        request.header("content-md5") or "",
        request.header("content-type") or "",
        date,
        *(f"{name}:{amz[name].strip()}" for name in sorted(amz) if name.startswith("x-amz-")),
    ]
    return ["\n".join((*lines, resource)) for resource in _resources(request)]


def _resources(request: SignedRequest) -> list[str]:
    """The resource that is signed, in the ways that clients write it."""
    bucket = virtual_bucket(request.environ)
    paths = [f"/{bucket}{request.path}" if bucket else request.path]
    if paths[0].count("/") == 1 and paths[0] != "/":
        paths.append(paths[0] + "/")  # botocore signs a bucket with the slash that it does not send
    signed = sorted(pair for pair in request.query if pair[0] in _SIGNED_PARAMETERS)
    query = "&".join(f"{name}={value}" if value else name for name, value in signed)
    return [f"{path}?{query}" if query else path for path in paths]
