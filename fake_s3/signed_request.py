"""What a signature covers of a request, and the checks that all versions of signatures share."""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import quote, unquote
from wsgiref.types import WSGIEnvironment

from fake_s3 import errors
from fake_s3.address import raw_path
from fake_s3.headers import UNDERSCORE, environ_name

Keys = Mapping[str, str]  # secret by access key id
Pairs = list[tuple[str, str]]

_SKEW_MAX = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """What of a request its signature covers."""

    environ: WSGIEnvironment
    service: str
    query: Pairs

    @classmethod
    def of(cls, environ: WSGIEnvironment, service: str) -> SignedRequest:
        """The request that the server got."""
        return cls(environ, service, _pairs(environ.get("QUERY_STRING", "")))

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
        """A header, by its name in lower case."""
        if name in {"content-type", "content-length"}:
            return self.environ.get(name.upper().replace("-", "_"))
        return self.environ.get(environ_name(name))

    def header_names(self) -> list[str]:
        """The names of all headers but Content-Type and Content-Length, lower case."""
        names = [name.removeprefix("HTTP_") for name in self.environ if name.startswith("HTTP_")]
        return [name.replace("_", "-").replace(UNDERSCORE, "_").lower() for name in names]


def secret_of(keys: Keys, access_key: str) -> str:
    """The secret of an access key (InvalidAccessKeyId)."""
    if access_key not in keys:
        raise errors.invalid_access_key(access_key)
    return keys[access_key]


def require_equal(
    computed: str, provided: str, access_key: str, string_to_sign: str, canonical: str = ""
) -> None:
    """Refuses a signature that is not the computed one (SignatureDoesNotMatch)."""
    if not hmac.compare_digest(computed.encode(), provided.encode()):
        raise errors.signature_does_not_match(access_key, provided, string_to_sign, canonical)


def require_recent(signed_at: datetime, now: datetime) -> None:
    """Refuses clocks that are more than 15 minutes apart (RequestTimeTooSkewed)."""
    if abs(now - signed_at) > _SKEW_MAX:
        raise errors.request_time_too_skewed(signed_at.isoformat(), now.isoformat())


def parse_time(value: str | None) -> datetime:
    """A time as any of the versions writes it (AccessDenied if it is none)."""
    try:
        if value and value[:1].isdigit():
            moment = datetime.fromisoformat(value)
        else:
            moment = parsedate_to_datetime(value or "")
    except ValueError as error:
        why = "AWS authentication requires a valid Date or x-amz-date header"
        raise errors.access_denied(why) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def canonical_query(pairs: Pairs) -> str:
    """Parameters in the order and encoding that are signed."""
    encoded = sorted((encode(name), encode(value)) for name, value in pairs)
    return "&".join(f"{name}={value}" for name, value in encoded)


def encode(text: str) -> str:
    """Percent-encodes all but RFC 3986's unreserved characters."""
    return quote(text, safe="-_.~")


def hmac_base64(secret: str, text: str, digest: str) -> str:
    """An HMAC as version 2 writes it."""
    return base64.b64encode(
        hmac.new(secret.encode(), text.encode(), getattr(hashlib, digest)).digest()
    ).decode()


def _pairs(query: str) -> Pairs:
    # Not parse_qsl: a plus is a plus here.
    items = (item.partition("=") for item in query.split("&") if item)
    return [(unquote(name), unquote(value)) for name, _, value in items]
