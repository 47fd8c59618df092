"""Keeps web pages away: a page that somebody visits must not be able to write objects or start steps.

A browser lets any page send requests to a server on the same machine (a form, an image), and a page whose
name is made to resolve to 127.0.0.1 may read the answers too (DNS rebinding). The first comes with the
page's origin, the second with the page's host name. Clients that are no browsers send neither.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Collection
from urllib.parse import urlsplit
from wsgiref.types import WSGIEnvironment

from fake_s3.address import host_of

_AWS = re.compile(r"(?:.+[.])?amazonaws[.]com(?:[.]cn)?")
_FOREIGN_SITES = {"cross-site", "same-site"}


def refuse_foreign(environ: WSGIEnvironment, allowed_hosts: Collection[str] = ()) -> str | None:
    """Why the request is one that a foreign web page sent, or None if it is not.

    Fine as hosts are this machine's names, addresses (rebinding needs a name), names of AWS's (a client that
    comes through a proxy setting asks for them) and `allowed_hosts`, lower case. A page may come from this
    machine or from an allowed host, not from AWS's names.
    """
    host = host_of(environ)
    if host and not (_is_local(host, allowed_hosts) or _AWS.fullmatch(host)):
        return f"the host {host} is not one of this server's; allow it if you gave it that name"
    for header in ("HTTP_ORIGIN", "HTTP_REFERER"):
        source = environ.get(header)
        if source and not _is_local(_host_in(source), allowed_hosts):
            return f"it comes from a page of {source}"
    if "HTTP_ORIGIN" not in environ and environ.get("HTTP_SEC_FETCH_SITE") in _FOREIGN_SITES:
        return "it comes from a page of another site"
    return None


def _is_local(host: str, allowed_hosts: Collection[str]) -> bool:
    if host in allowed_hosts or host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        ipaddress.ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True


def _host_in(url: str) -> str:
    """The host of a URL, "" if it has none, as the origin `null` has."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""
