"""Who sent a request: verifies AWS's signatures, versions 4 and 2, in headers, presigned URLs and forms.

For any service, not S3 alone. source: S3 API Reference, Authenticating Requests (version 4 and version 2);
AWS General Reference, Signature Version 2.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from wsgiref.types import WSGIEnvironment

from fake_s3 import errors, sigv2, sigv4
from fake_s3.signed_request import Keys, SignedRequest


def verify(
    environ: WSGIEnvironment,
    keys: Keys,
    now: datetime | None = None,
    service: str = "s3",
    form: Mapping[str, str] | None = None,
    body_sha256: Callable[[], str] | None = None,
) -> str | None:
    """The access key that signed the request, None if nobody did; a bad signature is refused (S3Error).

    `form` are the parameters of a form in the body: the Query protocol signs there. `body_sha256` gives the
    hash of the body for services that, unlike S3, do not send it in a header.
    """
    now = now or datetime.now(UTC)
    request = SignedRequest.of(environ, service)
    authorization = request.header("authorization") or ""
    if authorization.startswith(sigv4.ALGORITHM):
        return sigv4.verify_header(request, keys, now, authorization, body_sha256)
    if request.arg("X-Amz-Algorithm") is not None:
        return sigv4.verify_query(request, keys, now)
    if authorization.startswith("AWS "):
        return sigv2.verify_header(request, keys, now, authorization)
    if form is not None and "Signature" in form:
        return sigv2.verify_form(request, keys, now, list(form.items()))
    if request.arg("SignatureVersion") == "2":
        return sigv2.verify_form(request, keys, now, request.query)
    if request.arg("Signature") is not None:
        return sigv2.verify_query(request, keys, now)
    if authorization:
        raise errors.invalid_argument("Authorization", authorization, "Unsupported Authorization Type")
    return None


def require_unexpired(environ: WSGIEnvironment, now: datetime | None = None) -> None:
    """Refuses a presigned URL whose time is over, without looking at who signed it (S3Error)."""
    request = SignedRequest.of(environ, "s3")
    if request.arg("X-Amz-Algorithm") is not None:
        sigv4.require_unexpired(request, now or datetime.now(UTC))
    elif request.arg("Signature") is not None and request.arg("AWSAccessKeyId") is not None:
        sigv2.require_unexpired(request, now or datetime.now(UTC))
