"""Who sent a request: verify AWS's signatures, versions 4 and 2, in headers, presigned URLs and forms.

For any service, not S3 alone. Of S3 the headers say what the body is; of all other services the body itself
is covered, as hash (version 4) or parameter by parameter (version 2), so nothing that they read can be
exchanged. source: S3 API Reference, Authenticating Requests (version 4 and version 2); AWS General Reference,
Signature Version 2.
"""

from __future__ import annotations

from datetime import UTC, datetime
from wsgiref.types import WSGIEnvironment

from fake_s3 import errors, sigv2, sigv4
from fake_s3.signed_request import S3, Keys, SignedRequest


def verify(
    environ: WSGIEnvironment,
    keys: Keys,
    now: datetime | None = None,
    service: str = S3,
    body: bytes = b"",
) -> str | None:
    """Return the access key that signed the request, None if nobody did; reject a bad signature (S3Error).

    `body` is the whole body for services other than S3, which does not hold it in memory.
    """
    now = now or datetime.now(UTC)
    request = SignedRequest.of(environ, service, body)
    authorization = request.header("authorization") or ""
    if authorization.startswith(sigv4.ALGORITHM):
        return sigv4.verify_header(request, keys, now, authorization)
    if request.arg("X-Amz-Algorithm") is not None:
        return sigv4.verify_query(request, keys, now)
    if service != S3:
        return _verify_parameters(request, keys, now, authorization)
    if authorization.startswith("AWS "):
        return sigv2.verify_header(request, keys, now, authorization)
    if request.arg("Signature") is not None:
        return sigv2.verify_query(request, keys, now)
    _require_none(authorization)
    return None


def require_unexpired(environ: WSGIEnvironment, now: datetime | None = None) -> None:
    """Reject a presigned URL whose time is over, without looking at who signed it (S3Error)."""
    request = SignedRequest.of(environ, S3)
    if request.arg("X-Amz-Algorithm") is not None:
        sigv4.require_unexpired(request, now or datetime.now(UTC))
    elif request.arg("Signature") is not None and request.arg("AWSAccessKeyId") is not None:
        sigv2.require_unexpired(request, now or datetime.now(UTC))


def _verify_parameters(request: SignedRequest, keys: Keys, now: datetime, authorization: str) -> str | None:
    """Verify version 2 of the Query services: in the query string, or in the form (S3Error).

    S3's own version 2 covers neither parameters nor body, so for other services it does not count.
    """
    parameters = request.parameters()
    if not authorization and any(name == "Signature" for name, _ in parameters):
        return sigv2.verify_form(request, keys, now, parameters)
    _require_none(authorization)
    return None


def _require_none(authorization: str) -> None:
    if authorization:
        raise errors.invalid_argument("Authorization", authorization, "Unsupported Authorization Type")
