"""What a signature covers of a request, and the checks that all versions of signatures share."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote, unquote_plus
from wsgiref.types import WSGIEnvironment

from fake_s3 import errors
from fake_s3.address import raw_path
from fake_s3.headers import environ_name
from fake_s3.underscores import UNDERSCORE

Keys = Mapping[str, str]  # secret by access key id
Pairs = list[tuple[str, str]]

S3 = "s3"
FORM = "application/x-www-form-urlencoded"
_SKEW_MAX = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What of a request its signature covers. `body` is the whole body of services other than S3."""

    environ: WSGIEnvironment
    service: str
    query: Pairs
    body: bytes = b""

    @classmethod
    def of(cls, environ: WSGIEnvironment, service: str, body: bytes = b"") -> SignedRequest:
        """Return the request that the server got."""
        query = _pairs(environ.get("QUERY_STRING", ""), unquote if service == S3 else unquote_plus)
        return cls(environ, service, query, body)

    @property
    def body_sha256(self) -> str:
        """The SHA-256 of the body, in hex."""
        return hashlib.sha256(self.body).hexdigest()

    def parameters(self) -> Pairs:
        """Return all parameters of a Query call, those of the query string and those of the form.

        Raise S3Error (InvalidRequest) for a body that version 2 does not cover: one that is no form.
        """
        content_type = (self.header("content-type") or "").partition(";")[0].strip().lower()
        if self.body and content_type != FORM:
            why = f"Signature Version 2 covers a form only: expected the Content-Type {FORM}"
            raise errors.invalid_request(why)
        try:
            return self.query + _pairs(self.body.decode("ascii"), _unquote_form)
        except ValueError as error:
            raise errors.invalid_request("The form is not URL-encoded UTF-8.") from error

    @property
    def method(self) -> str:
        method: str = self.environ["REQUEST_METHOD"]
        return method

    @property
    def path(self) -> str:
        """As it came: percent-encoded."""
        return raw_path(self.environ)

    def arg(self, name: str) -> str | None:
        """A parameter of the query string."""
        return next((value for key, value in self.query if key == name), None)

    def header(self, name: str) -> str | None:
        """Return a header, by its name in lower case; clients sign the bytes of their UTF-8."""
        is_content = name in {"content-type", "content-length"}
        value = self.environ.get(name.upper().replace("-", "_") if is_content else environ_name(name))
        if value is None or value.isascii():
            return value
        return str(value).encode("latin-1", "replace").decode("utf-8", "replace")

    def header_names(self) -> list[str]:
        """The names of all headers but Content-Type and Content-Length, lower case."""
        names = [name.removeprefix("HTTP_") for name in self.environ if name.startswith("HTTP_")]
        return [name.replace("_", "-").replace(UNDERSCORE, "_").lower() for name in names]


def secret_of(keys: Keys, access_key: str) -> str:
    """Return the secret of an access key (InvalidAccessKeyId)."""
    if access_key not in keys:
        raise errors.invalid_access_key(access_key)
    return keys[access_key]


def is_equal(computed: str, provided: str) -> bool:
    """Return whether two signatures are the same, in a time that does not tell where they differ."""
    return hmac.compare_digest(computed.encode(), provided.encode("utf-8", "surrogatepass"))


def require_equal(
    computed: str, provided: str, access_key: str, string_to_sign: str, canonical: str = ""
) -> None:
    """Reject a signature that is not the computed one (SignatureDoesNotMatch)."""
    if not is_equal(computed, provided):
        raise errors.signature_does_not_match(access_key, provided, string_to_sign, canonical)


def require_recent(signed_at: datetime, now: datetime) -> None:
    """Reject clocks that are more than 15 minutes apart (RequestTimeTooSkewed)."""
    if abs(now - signed_at) > _SKEW_MAX:
        raise errors.request_time_too_skewed(signed_at.isoformat(), now.isoformat())


def parse_time(value: str | None) -> datetime:
    """Return a time, as any of the versions writes it, with its time zone (AccessDenied if it is none)."""
    text = value or ""
    try:
        moment = datetime.fromisoformat(text) if text[:1].isdigit() else parsedate_to_datetime(text)
        # Also the offset from UTC can lead out of the years that there are.
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, TypeError, IndexError, OverflowError) as error:
        why = "AWS authentication requires a valid Date or x-amz-date header"
        raise errors.access_denied(why) from error


def canonical_query(pairs: Pairs) -> str:
    """Return parameters in the order and encoding that are signed."""
    encoded = sorted((encode(name), encode(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def encode(text: str) -> str:
    """Percent-encode all but RFC 3986's unreserved characters."""
    return quote(text, safe="-_.~")


def hmac_base64(secret: str, text: str, digest: str) -> str:
    """Return an HMAC as version 2 writes it."""
    return base64.b64encode(
        hmac.new(secret.encode(), text.encode(), getattr(hashlib, digest)).digest()
    ).decode()


def _pairs(text: str, decode: Callable[[str], str]) -> Pairs:
    items = (item.partition("=") for item in text.split("&") if item)
    return [(decode(name), decode(value)) for name, _, value in items]


def _unquote_form(text: str) -> str:
    return unquote_plus(text, errors="strict")
