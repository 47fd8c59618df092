"""Reject what a foreign web page sends: a page that a user visits must not write objects or start steps.

A browser lets any page send requests to a server on the same machine (a form, an image, a fetch without
CORS), and a page whose name is made to resolve to 127.0.0.1 may read the answers too (DNS rebinding). The
first comes with the page's origin, the second with the page's host name. Clients that are no browsers send
neither. source: Fetch Standard, `Origin` header; W3C, Fetch Metadata Request Headers.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Collection
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

from fake_s3.address import authority_of, host_of

_AWS_NAMES = ("amazonaws.com", "amazonaws.com.cn")
_FOREIGN_SITES = {"cross-site", "same-site"}
_DEFAULT_PORTS = {"http": 80, "https": 443}

# Scheme, host and port: what the browser compares to tell one site's pages from another's.
Origin = tuple[str, str, int]


def parse_origin(text: str) -> Origin:
    """Return an origin such as `http://localhost:3000`; raise ValueError, saying why, for anything else."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"invalid origin {text!r}: {error}") from error
    is_origin = parts.scheme in _DEFAULT_PORTS and parts.hostname and "@" not in parts.netloc
    if not is_origin or parts.path not in {"", "/"} or parts.query or parts.fragment:
        raise ValueError(f"invalid origin {text!r}: expected http://HOST:PORT or https://HOST:PORT")
    return parts.scheme, parts.hostname or "", _DEFAULT_PORTS[parts.scheme] if port is None else port


def refuse_foreign(
    environ: WSGIEnvironment,
    allowed_hosts: Collection[str] = (),
    allowed_origins: Collection[Origin] = (),
) -> str | None:
    """Return why the request may be a foreign web page's, or None if it is not.

    Hosts may be this machine's names, addresses (rebinding needs a name), names of AWS's (a client that comes
    through a proxy setting asks for them) and `allowed_hosts`, lower case. A page is this server's own only
    if it came from the host and port that the request goes to: another port of this machine, and any other
    address, is somebody else's. `allowed_origins` are pages that may call all the same.
    """
    host = host_of(environ)
    if host and not (_is_local(host, allowed_hosts) or _is_aws(host)):
        return f"the host {host} is not one of this server's: allow it with --allow-host {host}"
    origins = [environ[name] for name in ("HTTP_ORIGIN", "HTTP_REFERER") if environ.get(name)]
    for one in origins:
        if not _is_allowed(one, host, environ, allowed_origins):
            return f"it comes from a page of {one[:200]}, which --allow-origin does not name"
    is_named = any(_origin_in(one) in allowed_origins for one in origins)
    if not is_named and environ.get("HTTP_SEC_FETCH_SITE", "").strip().lower() in _FOREIGN_SITES:
        return "it comes from a page of another site"
    return None


def _is_allowed(url: str, host: str, environ: WSGIEnvironment, allowed: Collection[Origin]) -> bool:
    origin = _origin_in(url)
    if origin is None:
        return False
    if origin in allowed:
        return True
    if not host or _is_aws(host):
        return False
    here = _origin_in(f"{environ.get('wsgi.url_scheme', 'http')}://{authority_of(environ)}")
    return here is not None and origin[1:] == here[1:]


def _origin_in(url: str) -> Origin | None:
    """Return the origin of a page's URL; None if it has none, as the origin `null` has."""
    try:
        parts = urlsplit(url)
        return parse_origin(f"{parts.scheme}://{parts.netloc}")
    except ValueError:
        return None


def _is_aws(host: str) -> bool:
    return any(host == name or host.endswith(f".{name}") for name in _AWS_NAMES)


def _is_local(host: str, allowed_hosts: Collection[str]) -> bool:
    if host in allowed_hosts or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
