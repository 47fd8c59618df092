"""Rules about the parameters of the account's operations, each raising the error that belongs to it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, NoReturn

from emrsim.core import account_errors as errors
from emrsim.core.account_model import SSO

Params = Mapping[str, Any]

_S3_URI = re.compile(r"s3://[^/]+(/.*)?", re.DOTALL)


def check_security_configuration(params: Params) -> None:
    """A configuration has a name (assumed) and is a JSON object; what is in it is not looked at."""
    if not params["Name"]:
        raise errors.security_configuration_unnamed()
    try:
        document = json.loads(params["SecurityConfiguration"], parse_constant=_reject_constant)
    except (ValueError, RecursionError):
        raise errors.security_configuration_no_json() from None
    if not isinstance(document, dict):
        raise errors.security_configuration_no_json()


def check_block_public_access(configuration: Params) -> None:
    """A range of ports does not end before it begins (assumed)."""
    for entry in configuration.get("PermittedPublicSecurityGroupRuleRanges", ()):
        first, last = entry["MinRange"], entry.get("MaxRange", entry["MinRange"])
        if first > last:
            raise errors.bad_port_range(first, last)


def check_new_studio(params: Params) -> None:
    """What belongs together: a user role belongs to IAM Identity Center."""
    if params["AuthMode"] != SSO and params.get("UserRole"):
        raise errors.user_role_without_identity_center()
    check_default_s3_location(params["DefaultS3Location"])


def check_default_s3_location(uri: str) -> None:
    """It is an S3 URI (assumed)."""
    if not _S3_URI.fullmatch(uri):
        raise errors.bad_default_s3_location(uri)


def check_identity(params: Params) -> None:
    """A user or group is named in one way at least."""
    if not (params.get("IdentityId") or params.get("IdentityName")):
        raise errors.identity_not_named()


def check_new_identity(params: Params) -> None:
    """A user or group that a mapping is made for is named in one way only."""
    check_identity(params)
    if params.get("IdentityId") and params.get("IdentityName"):
        raise errors.identity_named_twice()


def _reject_constant(name: str) -> NoReturn:
    """NaN and the infinities are no JSON."""
    raise ValueError(name)
