"""Signature version 4 (source: S3 API Reference, Authenticating Requests)."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote, unquote

from fake_s3 import errors
from fake_s3.body import CHUNK_VERIFIER
from fake_s3.numbers import whole_number
from fake_s3.signed_request import (
    S3,
    Keys,
    SignedRequest,
    canonical_query,
    parse_time,
    require_equal,
    require_recent,
    secret_of,
)

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
_SIGNED_CHUNKS = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
_EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_EXPIRES_MAX_SECONDS = 7 * 24 * 3600
_HEADER_ITEMS = ("Credential", "SignedHeaders", "Signature")
_TIMESTAMP = "%Y%m%dT%H%M%SZ"
_POLICY_AGE_MAX = timedelta(days=7)  # source: S3 API Reference, how long a signing key is valid
_UNCOVERED_EXPIRES_SECONDS = 15 * 60  # of a presigned URL of another service than S3 that names no time


@dataclass(frozen=True, slots=True)
class Credential:
    """An access key and what its signature is good for."""

    access_key: str
    date: str
    region: str
    service: str

    @property
    def scope(self) -> str:
        return f"{self.date}/{self.region}/{self.service}/aws4_request"

    def signing_key(self, secret: str) -> bytes:
        """The key that signs requests of this day, region and service."""
        key = f"AWS4{secret}".encode()
        for text in (self.date, self.region, self.service, "aws4_request"):
            key = hmac.new(key, text.encode(), hashlib.sha256).digest()
        return key


def parse_credential(text: str, service: str, malformed: Callable[[str], errors.S3Error]) -> Credential:
    """Return a `key/date/region/service/aws4_request` of the given service; raise what `malformed` makes."""
    # An access key may have slashes itself.
    items = text.rsplit("/", 4)
    if len(items) != 5 or items[4] != "aws4_request":
        raise malformed(f"the Credential is mal-formed: {text}")
    if items[3] != service:
        raise malformed(f"incorrect service {items[3]!r}. This endpoint belongs to {service!r}.")
    return Credential(*items[:4])


def verify_header(request: SignedRequest, keys: Keys, now: datetime, authorization: str) -> str:
    """Return the access key of a request signed in its Authorization header (S3Error)."""
    given = _parse_header(authorization)
    malformed = errors.malformed_authorization
    credential = parse_credential(given["Credential"], request.service, malformed)
    secret = secret_of(keys, credential.access_key)
    timestamp = request.header("x-amz-date") or ""
    signed_at = parse_time(timestamp or request.header("date"))
    timestamp = timestamp or signed_at.strftime(_TIMESTAMP)
    require_recent(signed_at, now)
    _require_date(credential, signed_at, malformed)
    payload = _payload(request)
    signed_headers = _signed_headers(given["SignedHeaders"], malformed)
    _require_signed(request, signed_headers)
    canonical = _canonical_request(request, canonical_query(request.query), signed_headers, payload)
    key = credential.signing_key(secret)
    to_sign = _string_to_sign(timestamp, credential.scope, canonical)
    require_equal(_sign(key, to_sign), given["Signature"], credential.access_key, to_sign, canonical)
    if payload.startswith(_SIGNED_CHUNKS):
        chunks = ChunkSignatures(key, credential, timestamp, given["Signature"])
        request.environ[CHUNK_VERIFIER] = chunks
    return credential.access_key


def verify_query(request: SignedRequest, keys: Keys, now: datetime) -> str:
    """Return the access key of a presigned URL (S3Error)."""
    values = _query_values(request)
    malformed = errors.malformed_authorization_query
    credential = parse_credential(values["Credential"], request.service, malformed)
    secret = secret_of(keys, credential.access_key)
    require_unexpired(request, now)
    _require_date(credential, parse_time(values["Date"]), malformed)
    signed_headers = _signed_headers(values["SignedHeaders"], malformed)
    _require_signed(request, [*signed_headers, "x-amz-content-sha256"])  # which is covered as the payload
    query = canonical_query([(name, value) for name, value in request.query if name != "X-Amz-Signature"])
    payload = _payload(request, UNSIGNED_PAYLOAD)
    canonical = _canonical_request(request, query, signed_headers, payload)
    to_sign = _string_to_sign(values["Date"], credential.scope, canonical)
    computed = _sign(credential.signing_key(secret), to_sign)
    require_equal(computed, values["Signature"], credential.access_key, to_sign, canonical)
    return credential.access_key


def require_unexpired(request: SignedRequest, now: datetime) -> None:
    """Reject a presigned URL that has expired (S3Error)."""
    values = _query_values(request)
    seconds = whole_number(values["Expires"])
    if seconds is None:
        raise errors.malformed_authorization_query("X-Amz-Expires should be a number")
    if not 0 < seconds <= _EXPIRES_MAX_SECONDS:
        why = "X-Amz-Expires must be positive and less than a week (in seconds)"
        raise errors.malformed_authorization_query(why)
    signed_at = parse_time(values["Date"])
    if now - signed_at > timedelta(seconds=seconds):
        raise errors.access_denied("Request has expired")
    if signed_at > now:
        require_recent(signed_at, now)


def verify_policy(fields: Mapping[str, str], policy: str, keys: Keys, now: datetime) -> str:
    """Return the access key that signed the policy of a POST form; field names are lower case (S3Error)."""
    malformed = errors.malformed_authorization_query
    credential = parse_credential(fields.get("x-amz-credential", ""), S3, malformed)
    secret = secret_of(keys, credential.access_key)
    signed_at = parse_time(fields.get("x-amz-date"))
    _require_date(credential, signed_at, malformed)
    if now - signed_at > _POLICY_AGE_MAX:
        raise errors.access_denied("Request has expired")
    if signed_at > now:
        require_recent(signed_at, now)
    computed = _sign(credential.signing_key(secret), policy)
    require_equal(computed, fields.get("x-amz-signature", ""), credential.access_key, policy)
    return credential.access_key


class ChunkSignatures:
    """Verifies the chunks of a signed body, each of whose signatures covers the one before."""

    def __init__(self, key: bytes, credential: Credential, timestamp: str, seed: str) -> None:
        self._key = key
        self._credential = credential
        self._timestamp = timestamp
        self._previous = seed

    def chunk(self, digest: str, signature: str) -> None:
        """A chunk, given the SHA-256 of its bytes in hex (SignatureDoesNotMatch)."""
        self._require("PAYLOAD", f"{_EMPTY_SHA256}\n{digest}", signature)

    def trailer(self, lines: Mapping[str, str], signature: str) -> None:
        """The trailing headers (SignatureDoesNotMatch)."""
        text = "".join(f"{name}:{value}\n" for name, value in lines.items())
        self._require("TRAILER", hashlib.sha256(text.encode()).hexdigest(), signature)

    def _require(self, kind: str, rest: str, signature: str) -> None:
        lines = (f"{ALGORITHM}-{kind}", self._timestamp, self._credential.scope, self._previous, rest)
        to_sign = "\n".join(lines)
        require_equal(_sign(self._key, to_sign), signature, self._credential.access_key, to_sign)
        self._previous = signature


def _canonical_request(request: SignedRequest, query: str, signed_headers: list[str], payload: str) -> str:
    # All services but S3 encode the path a second time.
    path = unquote(request.path) if request.service == S3 else request.path
    path = quote(path, safe="/-_.~")
    headers = "".join(f"{name}:{_collapse(request.header(name) or '')}\n" for name in signed_headers)
    return "\n".join((request.method, path, query, headers, ";".join(signed_headers), payload))


def _parse_header(authorization: str) -> dict[str, str]:
    """Return the three items of an Authorization header, by name (AuthorizationHeaderMalformed)."""
    pairs = [item.strip().partition("=") for item in authorization.removeprefix(ALGORITHM).split(",")]
    items = {name: value for name, _, value in pairs}
    if len(pairs) != len(_HEADER_ITEMS) or not all(items.get(name) for name in _HEADER_ITEMS):
        raise errors.malformed_authorization("a Credential, SignedHeaders and a Signature are required")
    return items


def _signed_headers(text: str, malformed: Callable[[str], errors.S3Error]) -> list[str]:
    """Return the names of the signed headers, each once: a header repeated often is a request of any size."""
    names = text.split(";")
    if len(set(names)) < len(names):
        raise malformed("SignedHeaders names a header twice")
    return names


def _payload(request: SignedRequest, default: str | None = None) -> str:
    """Return what stands for the body in the canonical request: for S3 what the client says of it.

    S3 compares it with the body when it reads that; of other services it is the hash of the body itself.
    """
    if request.service != S3:
        return request.body_sha256
    payload = request.header("x-amz-content-sha256") or default
    if payload is None:
        raise errors.invalid_request("Missing required header for this request: x-amz-content-sha256")
    return payload


def _require_date(
    credential: Credential, signed_at: datetime, malformed: Callable[[str], errors.S3Error]
) -> None:
    """Reject a scope of another day than the signature's: the key of a day is good for that day alone."""
    day = signed_at.strftime("%Y%m%d")
    if credential.date != day:
        raise malformed(
            f"Invalid credential date {credential.date[:100]!r}. "
            f"This date is not the same as X-Amz-Date: {day!r}."
        )


def _require_signed(request: SignedRequest, signed_headers: list[str]) -> None:
    """Reject a request whose signature does not cover Host and all of AWS's own headers."""
    unsigned = {name for name in request.header_names() if name.startswith("x-amz-")} - set(signed_headers)
    if "host" not in signed_headers or unsigned:
        names = ", ".join(sorted(unsigned)) or "host"
        raise errors.access_denied(
            f"There were headers present in the request which were not signed: {names}"
        )


def _query_values(request: SignedRequest) -> dict[str, str]:
    """Return the parameters of a presigned URL, all of which have to be there."""
    names = ("Algorithm", "Credential", "Date", "Expires", "SignedHeaders", "Signature")
    values = {name: request.arg(f"X-Amz-{name}") or "" for name in names}
    if request.service != S3 and request.arg("X-Amz-Expires") is None:
        values["Expires"] = str(_UNCOVERED_EXPIRES_SECONDS)
    missing = [name for name, value in values.items() if not value]
    if missing or values["Algorithm"] != ALGORITHM:
        required = ", ".join(f"X-Amz-{name}" for name in missing or names)
        why = f"Query-string authentication version 4 requires valid {required} parameters"
        raise errors.malformed_authorization_query(why)
    return values


def _string_to_sign(timestamp: str, scope: str, canonical: str) -> str:
    return "\n".join((ALGORITHM, timestamp, scope, hashlib.sha256(canonical.encode()).hexdigest()))


def _sign(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _collapse(value: str) -> str:
    return " ".join(value.split())
