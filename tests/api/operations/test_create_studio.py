"""CreateStudio."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.studios import FULL_STUDIO, STUDIO, create_studio
from tests.two_protocols import plain, refused


def test_answer_is_the_id_and_the_url(client: Any) -> None:
    answer = plain(client.create_studio(**STUDIO))

    assert re.fullmatch("es-[0-9A-Z]{25}", answer["StudioId"])
    assert answer == {
        "StudioId": answer["StudioId"],
        "Url": f"https://{answer['StudioId']}.emrstudio-prod.us-east-1.amazonaws.com",
    }


def test_two_studios_may_have_one_name(client: Any) -> None:
    assert create_studio(client) != create_studio(client)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"SubnetIds": [f"subnet-{n}" for n in range(6)]}, "A Studio can have a maximum of 5 subnets."),
        ({"AuthMode": "IAM"}, "UserRole can only be specified with SSO authentication."),
        ({"DefaultS3Location": "/tmp"}, "The default S3 location is invalid: /tmp"),
        (
            {"Tags": [{"Key": "", "Value": ""}]},
            "Invalid tag key: ''. Tag keys must be between 1 and 128 characters in length.",
        ),
    ],
)
def test_refused_studio_is_not_kept(client: Any, changes: dict[str, Any], message: str) -> None:
    with refused("InvalidRequestException", message):
        client.create_studio(**{**FULL_STUDIO, **changes})

    assert client.list_studios()["Studios"] == []


def test_unknown_mode_of_authentication_is_refused(client: Any) -> None:
    with refused(
        "ValidationException",
        "1 validation error detected: Value 'LDAP' at 'authMode' failed to satisfy constraint: "
        "Member must satisfy enum value set: [SSO, IAM]",
    ):
        client.create_studio(**{**STUDIO, "AuthMode": "LDAP"})
