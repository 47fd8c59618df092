"""The region that a call is meant for: it stands in the scope of the signature, or in the name of the host.

`Credential=KEY/20261130/eu-west-1/elasticmapreduce/aws4_request` (source: AWS General Reference, Signature
Version 4); version 2 has no scope.
"""

from __future__ import annotations

from urllib.parse import parse_qs

from emrsim.core.regions import is_region

_CREDENTIAL = "Credential="


def region_of(authorization: str, query_string: str, host: str) -> str | None:
    """The region of a signed header, of a presigned query string, or of a host of AWS's.

    None without one of these, and for a name that no region has.
    """
    for name in (_in_scope(_credential(authorization, query_string)), *host.lower().split(".")):
        if is_region(name):
            return name
    return None


def _credential(authorization: str, query_string: str) -> str:
    _, found, rest = authorization.partition(_CREDENTIAL)
    if found:
        return rest.partition(",")[0].strip()
    if _CREDENTIAL not in query_string:
        return ""
    try:
        return parse_qs(query_string, max_num_fields=1000).get("X-Amz-Credential", [""])[0]
    except ValueError:
        return ""


def _in_scope(credential: str) -> str:
    """The last part but two: a key may have slashes in it."""
    parts = credential.rsplit("/", 3)
    return parts[1] if len(parts) == 4 else ""
