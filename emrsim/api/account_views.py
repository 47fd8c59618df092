"""What belongs to the account in the shapes of the API: Studio, SessionMappingDetail and summaries.

Members of value None are left out of answers by `wire`.
"""

from __future__ import annotations

from typing import Any

from emrsim.api import names
from emrsim.core.account_model import Identity, SessionMapping, Studio

View = dict[str, Any]

# Members of Studio that CreateStudio's parameter of the same name fills.
_GIVEN_BACK = (
    "VpcId",
    "ServiceRole",
    "UserRole",
    "WorkspaceSecurityGroupId",
    "EngineSecurityGroupId",
    "IdpAuthUrl",
    "IdpRelayStateParameterName",
    "IdcInstanceArn",
    "IdcUserAssignment",
)


def studio_view(studio: Studio, region: str) -> View:
    """The shape Studio."""
    return {
        **studio_summary(studio, region),
        **{name: studio.extra.get(name) for name in _GIVEN_BACK},
        "StudioArn": names.studio_arn(studio.id, region),
        "SubnetIds": list(studio.subnet_ids),
        "DefaultS3Location": studio.default_s3_location,
        "Tags": [{"Key": key, "Value": value} for key, value in studio.tags.items()],
        "TrustedIdentityPropagationEnabled": studio.extra.get("TrustedIdentityPropagationEnabled", False),
        "EncryptionKeyArn": studio.encryption_key_arn,
    }


def studio_summary(studio: Studio, region: str) -> View:
    """The shape StudioSummary."""
    return {
        "StudioId": studio.id,
        "Name": studio.name,
        "VpcId": studio.extra["VpcId"],
        "Description": studio.description,
        "Url": names.studio_url(studio.id, region),
        "AuthMode": studio.auth_mode,
        "CreationTime": studio.created_at,
    }


def mapping_view(mapping: SessionMapping) -> View:
    """The shape SessionMappingDetail."""
    return {**mapping_summary(mapping), "LastModifiedTime": mapping.modified_at}


def mapping_summary(mapping: SessionMapping) -> View:
    """The shape SessionMappingSummary."""
    return {
        "StudioId": mapping.studio_id,
        "IdentityId": mapping.identity.id,
        "IdentityName": mapping.identity.name,
        "IdentityType": mapping.identity.kind,
        "SessionPolicyArn": mapping.policy_arn,
        "CreationTime": mapping.created_at,
    }


def identity(params: View) -> Identity:
    """The user or group that the parameters of a session mapping's operations name."""
    return Identity(
        params["IdentityType"], params.get("IdentityId") or None, params.get("IdentityName") or None
    )
