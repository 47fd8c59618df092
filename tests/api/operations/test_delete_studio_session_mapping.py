"""DeleteStudioSessionMapping."""

from __future__ import annotations

from typing import Any

from tests.studios import POLICY, create_studio
from tests.two_protocols import plain, refused


def test_deleted_mapping_is_gone_and_can_be_made_again(client: Any) -> None:
    user = {"StudioId": create_studio(client), "IdentityType": "USER", "IdentityName": "ada"}
    client.create_studio_session_mapping(**user, SessionPolicyArn=POLICY)

    assert plain(client.delete_studio_session_mapping(**user)) == {}

    assert client.list_studio_session_mappings()["SessionMappings"] == []
    client.create_studio_session_mapping(**user, SessionPolicyArn=POLICY)


def test_what_is_not_there_cannot_be_deleted(client: Any) -> None:
    user = {"StudioId": create_studio(client), "IdentityType": "USER"}
    client.create_studio_session_mapping(**user, IdentityName="ada", SessionPolicyArn=POLICY)

    with refused("InvalidRequestException", "Studio session mapping does not exist."):
        client.delete_studio_session_mapping(**user, IdentityName="bob")
    with refused("InvalidRequestException", "Studio does not exist."):
        client.delete_studio_session_mapping(**{**user, "StudioId": "es-1"}, IdentityName="ada")
    with refused("InvalidRequestException", "Either IdentityId or IdentityName must be specified."):
        client.delete_studio_session_mapping(**user)

    assert len(client.list_studio_session_mappings()["SessionMappings"]) == 1
