"""Parameters of studios for the tests of the studio operations."""

from __future__ import annotations

from typing import Any

STUDIO: dict[str, Any] = {
    "Name": "atelier",
    "AuthMode": "SSO",
    "VpcId": "vpc-1",
    "SubnetIds": ["subnet-1", "subnet-2"],
    "ServiceRole": "service",
    "WorkspaceSecurityGroupId": "sg-1",
    "EngineSecurityGroupId": "sg-2",
    "DefaultS3Location": "s3://bucket/studio",
}
# All that can be said of a studio.
FULL_STUDIO: dict[str, Any] = {
    **STUDIO,
    "Description": "where work is done",
    "UserRole": "user",
    "IdpAuthUrl": "https://idp.example/auth",
    "IdpRelayStateParameterName": "RelayState",
    "Tags": [{"Key": "team", "Value": "data"}, {"Key": "empty", "Value": ""}],
    "TrustedIdentityPropagationEnabled": True,
    "IdcUserAssignment": "REQUIRED",
    "IdcInstanceArn": "arn:aws:sso:::instance/ssoins-1234567890abcdef",
    "EncryptionKeyArn": "arn:aws:kms:us-east-1:123456789012:key/1",
}
POLICY = "arn:aws:iam::123456789012:policy/studio"
OTHER_POLICY = "arn:aws:iam::123456789012:policy/other"


def create_studio(client: Any, **changes: Any) -> str:
    """The id of a new studio."""
    return str(client.create_studio(**{**STUDIO, **changes})["StudioId"])
