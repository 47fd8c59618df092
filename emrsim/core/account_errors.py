"""Errors about what belongs to the account: security configurations, studios, releases.

The tree of errors is in `core.errors`. That these operations answer InvalidRequestException is in
botocore's model; the texts are in no record and all of them are assumed. Those that Terraform's AWS
provider looks for to see that a thing is gone are marked [tf]: their words are probably the service's.
"""

from __future__ import annotations

from emrsim.core.errors import EmrError, InvalidRequestException

_NOT_FOUND = "ResourceNotFound"  # ErrorCode (source: moto, for security configurations; the others assumed)


def unknown_security_configuration(name: str) -> EmrError:
    return InvalidRequestException(
        f"Security configuration with name '{name}' does not exist.", _NOT_FOUND
    )  # [tf]


def security_configuration_exists(name: str) -> EmrError:
    return InvalidRequestException(f"Security configuration with name '{name}' already exists.")


def security_configuration_unnamed() -> EmrError:
    return InvalidRequestException("The name of a security configuration must not be empty.")


def security_configuration_no_json() -> EmrError:
    return InvalidRequestException("The security configuration is not a valid JSON object.")


def bad_port_range(first: int, last: int) -> EmrError:
    return InvalidRequestException(
        f"Invalid port range: MinRange {first} must not be greater than MaxRange {last}."
    )


def unknown_studio() -> EmrError:
    return InvalidRequestException("Studio does not exist.", _NOT_FOUND)  # [tf]


def unknown_session_mapping() -> EmrError:
    return InvalidRequestException("Studio session mapping does not exist.", _NOT_FOUND)  # [tf]


def session_mapping_exists() -> EmrError:
    return InvalidRequestException("Studio session mapping already exists.")


def session_mapping_without_identity_center() -> EmrError:
    """Source of the rule: botocore's model, CreateStudioSessionMapping."""
    return InvalidRequestException(
        "Session mappings are only for studios that use IAM Identity Center authentication."
    )


def identity_not_named() -> EmrError:
    """Source of the rule, as of the next: botocore's model, CreateStudioSessionMapping."""
    return InvalidRequestException("Either IdentityId or IdentityName must be specified.")


def identity_named_twice() -> EmrError:
    return InvalidRequestException("Either IdentityId or IdentityName must be specified, but not both.")


def too_many_subnets() -> EmrError:
    """Source of the rule: botocore's model, CreateStudio."""
    return InvalidRequestException("A Studio can have a maximum of 5 subnets.")


def subnets_removed() -> EmrError:
    """Source of the rule: botocore's model, UpdateStudio."""
    return InvalidRequestException(
        "The list of subnets must include all of the subnets previously associated with the Studio."
    )


def user_role_without_identity_center() -> EmrError:
    """Source of the rule: botocore's model, CreateStudio."""
    return InvalidRequestException("UserRole can only be specified with SSO authentication.")


def bad_default_s3_location(uri: str) -> EmrError:
    return InvalidRequestException(f"The default S3 location is invalid: {uri}")


def release_label_missing() -> EmrError:
    return InvalidRequestException("A release label must be specified.")


def unknown_release_label(label: str) -> EmrError:
    return InvalidRequestException(f"The supplied release label is invalid: {label}.")
