"""CreateStudioSessionMapping."""

from __future__ import annotations

from typing import Any

import pytest

from tests.studios import OTHER_POLICY, POLICY, create_studio
from tests.two_protocols import plain, refused


def test_user_and_group_of_one_name_are_two(client: Any) -> None:
    studio_id = create_studio(client)

    for kind in ("USER", "GROUP"):
        answer = client.create_studio_session_mapping(
            StudioId=studio_id, IdentityType=kind, IdentityName="ada", SessionPolicyArn=POLICY
        )
        assert plain(answer) == {}

    mappings = client.list_studio_session_mappings(StudioId=studio_id)["SessionMappings"]
    assert [mapping["IdentityType"] for mapping in mappings] == ["USER", "GROUP"]


def test_second_mapping_of_one_identity_is_refused_and_the_first_stays(client: Any) -> None:
    user = {"StudioId": create_studio(client), "IdentityType": "USER", "IdentityId": "1-2-3"}
    client.create_studio_session_mapping(**user, SessionPolicyArn=POLICY)

    with refused("InvalidRequestException", "Studio session mapping already exists."):
        client.create_studio_session_mapping(**user, SessionPolicyArn=OTHER_POLICY)

    mapping = client.get_studio_session_mapping(**user)["SessionMapping"]
    assert mapping["SessionPolicyArn"] == POLICY


@pytest.mark.parametrize(
    ("identity", "message"),
    [
        ({}, "Either IdentityId or IdentityName must be specified."),
        (
            {"IdentityId": "1-2-3", "IdentityName": "ada"},
            "Either IdentityId or IdentityName must be specified, but not both.",
        ),
    ],
)
def test_identity_is_named_in_one_way(client: Any, identity: dict[str, str], message: str) -> None:
    studio_id = create_studio(client)

    with refused("InvalidRequestException", message):
        client.create_studio_session_mapping(
            StudioId=studio_id, IdentityType="USER", SessionPolicyArn=POLICY, **identity
        )

    assert client.list_studio_session_mappings()["SessionMappings"] == []


def test_studio_with_iam_authentication_takes_no_mappings(client: Any) -> None:
    studio_id = create_studio(client, AuthMode="IAM")

    with refused(
        "InvalidRequestException",
        "Session mappings are only for studios that use IAM Identity Center authentication.",
    ):
        client.create_studio_session_mapping(
            StudioId=studio_id, IdentityType="USER", IdentityName="ada", SessionPolicyArn=POLICY
        )


def test_unknown_studio_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "Studio does not exist."):
        client.create_studio_session_mapping(
            StudioId="es-1", IdentityType="USER", IdentityName="ada", SessionPolicyArn=POLICY
        )
