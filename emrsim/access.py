"""Who may call: signatures, where keys are configured, and no web page of somebody else's.

Steps run code on this machine, so a page that somebody visits must not be able to start one.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from emrsim.core.errors import access_refused
from fake_s3.browser import refuse_foreign
from fake_s3.keyring import UnusableKeys as UnusableKeys
from fake_s3.keyring import read_keys

if TYPE_CHECKING:
    from _typeshed.wsgi import WSGIEnvironment

_SERVICE = "elasticmapreduce"


class Access:
    """What is asked of a call of EMR's or a neighbour's.

    Without `keys` (secrets by access key) credentials are not checked. `allowed_hosts` are names of this
    server's beside localhost, addresses and AWS's own.
    """

    def __init__(
        self,
        keys: Mapping[str, str] | None = None,
        allow_anonymous: bool = False,
        allowed_hosts: Collection[str] = (),
    ) -> None:
        self._keys = keys
        self._allow_anonymous = allow_anonymous
        self._allowed_hosts = allowed_hosts

    def foreign_page(self, environ: WSGIEnvironment) -> str | None:
        """Why the request must come from somebody else's web page, or None if it need not."""
        return refuse_foreign(environ, self._allowed_hosts)

    def is_known(self, environ: WSGIEnvironment) -> bool:
        """Whether a call of the control interface has a key and its secret, where keys are asked for."""
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

    def check_signature(
        self, environ: WSGIEnvironment, form: Mapping[str, str], body: bytes, service: str = _SERVICE
    ) -> None:
        """Raise the EmrError of a call of `service` that is not signed as the keys ask.

        `form` are the parameters in the body: there the old clients sign.
        """
        if self._keys is None:
            return
        from fake_s3.errors import S3Error
        from fake_s3.signatures import verify

        body_sha256 = partial(_sha256, body)
        try:
            signed_by = verify(environ, self._keys, None, service, form, body_sha256)
        except S3Error as error:
            raise access_refused(error.code, error.message) from error
        if signed_by is None and not self._allow_anonymous:
            raise access_refused("MissingAuthenticationToken", "Missing Authentication Token")  # assumed


def keys_in(path: Path) -> Mapping[str, str]:
    """Secrets by access key from a file like ~/.aws/credentials; raises UnusableKeys, saying why."""
    return read_keys(path)


def _sha256(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()
