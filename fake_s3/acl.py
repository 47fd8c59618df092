"""Access control lists: remembered and shown, and nothing more. There is one user, who may do everything."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from xml.etree.ElementTree import Element

from werkzeug.datastructures import EnvironHeaders

from fake_s3 import errors, xml

# The id is that of the S3 API Reference's examples.
OWNER_ID = "75aa57f09aa0c8caeab4f8c24e99d10f8e7faeebf76c078efc7c6caea54ba06a"
OWNER_NAME = "emrsim"
# The account as STS names it: moto's, which answers beside emrsim.
ACCOUNT_ID = "123456789012"
OWNER: list[xml.Node] = [("ID", OWNER_ID), ("DisplayName", OWNER_NAME)]

_GROUPS = "http://acs.amazonaws.com/groups/"
_ALL_USERS = _GROUPS + "global/AllUsers"
_AUTHENTICATED = _GROUPS + "global/AuthenticatedUsers"
_LOG_DELIVERY = _GROUPS + "s3/LogDelivery"
# Beside the owner's full control (source: S3 User Guide, Canned ACL).
_CANNED: Mapping[str, list[tuple[str, str]]] = {
    "private": [],
    "public-read": [(_ALL_USERS, "READ")],
    "public-read-write": [(_ALL_USERS, "READ"), (_ALL_USERS, "WRITE")],
    "authenticated-read": [(_AUTHENTICATED, "READ")],
    "aws-exec-read": [],
    "bucket-owner-read": [],
    "bucket-owner-full-control": [],
    "log-delivery-write": [(_LOG_DELIVERY, "WRITE"), (_LOG_DELIVERY, "READ_ACP")],
}
_GRANT_HEADERS = {
    "x-amz-grant-full-control": "FULL_CONTROL",
    "x-amz-grant-read": "READ",
    "x-amz-grant-read-acp": "READ_ACP",
    "x-amz-grant-write": "WRITE",
    "x-amz-grant-write-acp": "WRITE_ACP",
}
_GRANTEE_KINDS = ("id", "uri", "emailAddress")
_CANONICAL_ID = re.compile("[0-9a-f]{64}")  # source: AWS General Reference, canonical user id
_XSI = "http://www.w3.org/2001/XMLSchema-instance"


@dataclass(frozen=True, slots=True)
class Grant:
    """A permission for a user (`id`) or a group (`uri`)."""

    kind: str
    grantee: str
    permission: str


FULL_CONTROL = Grant("id", OWNER_ID, "FULL_CONTROL")


def allows_everybody(grants: list[Grant], permission: str) -> bool:
    """Whether even those who do not sign their requests have the permission."""
    return any(g.grantee == _ALL_USERS and g.permission in {permission, "FULL_CONTROL"} for g in grants)


def dump(grants: list[Grant]) -> str:
    """The grants as they are kept."""
    return json.dumps([astuple(grant) for grant in grants])


def load(text: str | None) -> list[Grant]:
    """The grants that `dump` wrote; the owner's full control if none were."""
    return [Grant(*grant) for grant in json.loads(text)] if text else [FULL_CONTROL]


def from_headers(headers: EnvironHeaders) -> list[Grant] | None:
    """The grants of `x-amz-acl` or `x-amz-grant-*`; None if there is neither (S3Error)."""
    canned = headers.get("x-amz-acl")
    named = [(p, headers[name]) for name, p in _GRANT_HEADERS.items() if name in headers]
    if canned is not None and named:
        raise errors.invalid_request("Specifying both Canned ACLs and Header Grants is not allowed")
    if canned is not None:
        if canned not in _CANNED:
            raise errors.invalid_argument("x-amz-acl", canned, "")
        return [FULL_CONTROL, *(Grant("uri", group, permission) for group, permission in _CANNED[canned])]
    grants = [_header_grant(text, permission) for permission, value in named for text in value.split(",")]
    return grants or None


def from_xml(policy: Element) -> list[Grant]:
    """The grants of an AccessControlPolicy document (S3Error)."""
    if policy.find("Owner") is None or policy.find("AccessControlList") is None:
        raise errors.malformed_acl()
    return [_xml_grant(grant) for grant in policy.findall("AccessControlList/Grant")]


def to_xml(grants: list[Grant]) -> list[xml.Node]:
    """The children of AccessControlPolicy."""
    return [("Owner", OWNER), ("AccessControlList", [("Grant", _grant_nodes(grant)) for grant in grants])]


def _header_grant(text: str, permission: str) -> Grant:
    kind, equals, grantee = text.partition("=")
    kind = kind.strip()
    grantee = grantee.strip().removeprefix('"').removesuffix('"')
    if kind not in _GRANTEE_KINDS or not equals or '"' in grantee:
        raise errors.invalid_argument("x-amz-grant", text[:200], "Argument format not recognized")
    return _checked(kind, grantee, permission)


def _xml_grant(grant: Element) -> Grant:
    permission = xml.text_of(grant, "Permission")
    if permission not in _GRANT_HEADERS.values():
        raise errors.malformed_acl()
    for element, kind in (("ID", "id"), ("URI", "uri"), ("EmailAddress", "emailAddress")):
        value = grant.findtext(f"Grantee/{element}")
        if value is not None:
            return _checked(kind, value, permission)
    raise errors.malformed_acl()


def _checked(kind: str, grantee: str, permission: str) -> Grant:
    if kind == "emailAddress":
        raise errors.unresolvable_email(grantee)
    # Any other account may exist: what counts here is that the grant is kept and shown.
    if kind == "id" and not _CANONICAL_ID.fullmatch(grantee):
        raise errors.invalid_argument("CanonicalUser/ID", grantee, "Invalid id")
    if kind == "uri" and not grantee.startswith(_GROUPS):
        raise errors.invalid_argument("Group/URI", grantee, "Invalid group uri")
    return Grant(kind, grantee, permission)


def _grant_nodes(grant: Grant) -> list[xml.Node]:
    if grant.kind == "uri":
        kind, identity = "Group", [("URI", grant.grantee)]
    else:
        kind = "CanonicalUser"
        name = [("DisplayName", OWNER_NAME)] if grant.grantee == OWNER_ID else []
        identity = [("ID", grant.grantee), *name]
    return [(f'Grantee xmlns:xsi="{_XSI}" xsi:type="{kind}"', identity), ("Permission", grant.permission)]
