"""Which bucket and key a request means: by its path, or by its host and path."""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes
from wsgiref.types import WSGIEnvironment

from fake_s3.errors import S3Error

# A bucket before one of S3's host names, or before localhost (source: S3 User Guide, Virtual hosting of
# buckets; the older regional form with a dash included).
_VIRTUAL_HOST = re.compile(
    r"(?P<bucket>.+)[.](?:s3(?:[.-](?:dualstack[.])?[a-z]{2}(?:-[a-z]+)+-\d)?[.]amazonaws[.]com(?:[.]cn)?"
    r"|(?:s3[.])?localhost)",
    re.IGNORECASE,
)
_ABSOLUTE_URI = re.compile(r"https?://([^/?#]*)", re.IGNORECASE)


def authority_of(environ: WSGIEnvironment) -> str:
    """Return `HOST:PORT` or `HOST` as the client asked for it, lower case."""
    absolute = _ABSOLUTE_URI.match(environ.get("REQUEST_URI", ""))
    authority: str = absolute[1] if absolute else environ.get("HTTP_HOST", "")
    return authority.lower()


def host_of(environ: WSGIEnvironment) -> str:
    """Return the host that the client asked for, without its port, lower case."""
    authority = authority_of(environ)
    host, colon, port = authority.rpartition(":")
    return host if colon and (not port or port.isdigit()) else authority


def raw_path(environ: WSGIEnvironment) -> str:
    """The path as it came over the wire: still percent-encoded, without the query."""
    uri = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if uri is None:
        return quote(environ["PATH_INFO"].encode("latin-1"), safe="/~!$&'()*+,;=:@")
    path = _ABSOLUTE_URI.sub("", uri, count=1).partition("?")[0].partition("#")[0]
    return path or "/"


def address(environ: WSGIEnvironment) -> tuple[str, str]:
    """The bucket and the key of a request, "" where it names none (InvalidURI)."""
    path = _decode(raw_path(environ)).removeprefix("/")
    if bucket := virtual_bucket(environ):
        return bucket, path
    bucket, _, key = path.partition("/")
    return bucket, key


def virtual_bucket(environ: WSGIEnvironment) -> str:
    """The bucket that the host names, "" if it names none."""
    match = _VIRTUAL_HOST.fullmatch(host_of(environ))
    return match["bucket"] if match else ""


def require_utf8_query(environ: WSGIEnvironment) -> None:
    """Reject a query string with bytes of its own that are not UTF-8 (InvalidURI)."""
    query: str = environ.get("QUERY_STRING", "")
    if not query.isascii():
        _decode(query.encode("latin-1"))


def _decode(text: str | bytes) -> str:
    try:
        return unquote_to_bytes(text).decode()
    except UnicodeDecodeError as error:
        fields = {"URI": repr(text)[:200]}
        raise S3Error("InvalidURI", "Couldn't parse the specified URI.", 400, fields) from error
