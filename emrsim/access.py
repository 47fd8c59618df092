"""Who may call: signatures, where keys are configured, and no web page of somebody else's.

Steps run code on this machine, so a page that somebody visits must not be able to start one. Most such pages
are told by the headers that browsers send (`fake_s3.browser`). An image or a link, whose request can come
without any of them, can only GET: so a GET changes nothing unless it shows that no browser made it up.
"""

from __future__ import annotations

import base64
import hmac
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from emrsim.core.errors import access_refused
from fake_s3.browser import Origin, parse_origin, refuse_foreign
from fake_s3.keyring import UnusableKeys as UnusableKeys
from fake_s3.keyring import read_keys

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_SERVICE = "elasticmapreduce"
# Operations of AWS's that only read, by the verb their names begin with.
_READING = ("Describe", "Get", "List")
# No page can make a browser send these to another origin (source: Fetch Standard, no-CORS-safelisted).
_NOT_FROM_A_PAGE = ("HTTP_AUTHORIZATION", "HTTP_X_AMZ_TARGET")


class Access:
    """What is asked of a call of EMR's or a neighbour's.

    Without `keys` (secrets by access key) credentials are not checked. `allowed_hosts` are names of this
    server's beside localhost, addresses and AWS's own, `allowed_origins` web pages that may call.
    """

    def __init__(
        self,
        keys: Mapping[str, str] | None = None,
        allow_anonymous: bool = False,
        allowed_hosts: Collection[str] = (),
        allowed_origins: Collection[str] = (),
    ) -> None:
        self._keys = keys
        self._allow_anonymous = allow_anonymous
        self._allowed_hosts = allowed_hosts
        self._allowed_origins = [origin_of(text) for text in allowed_origins]

    def foreign_page(self, environ: WSGIEnvironment) -> str | None:
        """Return why the request must come from somebody else's web page, or None if it need not."""
        return refuse_foreign(environ, self._allowed_hosts, self._allowed_origins)

    def is_known(self, environ: WSGIEnvironment) -> bool:
        """Return whether a call of the control interface has a key and its secret, where that is asked."""
        given = environ.get("HTTP_AUTHORIZATION", "")
        if self._keys is None or (self._allow_anonymous and not given):
            return True
        scheme, _, encoded = given.partition(" ")
        try:
            key, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
        except ValueError:
            return False
        known = self._keys.get(key)
        is_right = known is not None and hmac.compare_digest(known.encode(), secret.encode())
        return scheme.lower() == "basic" and is_right

    def check_signature(self, environ: WSGIEnvironment, body: bytes, service: str = _SERVICE) -> None:
        """Raise the EmrError of a call of `service` that is not signed as the keys ask.

        `body` is the whole body, which the signature covers. Raise it too for a GET that changes something
        and that a page's image or link could have sent.
        """
        signed_by = None if self._keys is None else self._signed_by(self._keys, environ, body, service)
        if signed_by is None and _changes_by_link(environ):
            raise access_refused("AccessDeniedException", "Access denied: call this operation with POST")

    def _signed_by(
        self, keys: Mapping[str, str], environ: WSGIEnvironment, body: bytes, service: str
    ) -> str | None:
        from fake_s3.errors import S3Error
        from fake_s3.signatures import verify

        try:
            signed_by = verify(environ, keys, None, service, body)
        except S3Error as error:
            raise access_refused(error.code, error.message) from error
        if signed_by is None and not self._allow_anonymous:
            raise access_refused("MissingAuthenticationToken", "Missing Authentication Token")  # assumed
        return signed_by


def keys_in(path: Path) -> Mapping[str, str]:
    """Return secrets by access key from a file like ~/.aws/credentials; raise UnusableKeys, saying why."""
    return read_keys(path)


def origin_of(text: str) -> Origin:
    """Return the origin that a value of `--allow-origin` is; raise ValueError, saying why it is none."""
    return parse_origin(text)


def _changes_by_link(environ: WSGIEnvironment) -> bool:
    """Return whether a request that is not a POST, and that any page could send, would change something."""
    if environ["REQUEST_METHOD"] == "POST" or any(name in environ for name in _NOT_FROM_A_PAGE):
        return False
    pairs = parse_qsl(environ.get("QUERY_STRING", ""), keep_blank_values=True)
    # Of a name given twice some services read the first, some the last.
    actions = [value for name, value in pairs if name == "Action"]
    return any(not action.startswith(_READING) for action in actions)
