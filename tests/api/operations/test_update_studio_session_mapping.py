"""UpdateStudioSessionMapping."""

from __future__ import annotations

from typing import Any

from tests.studios import OTHER_POLICY, POLICY, create_studio
from tests.two_protocols import plain, refused


def test_policy_changes_and_the_time_of_creation_stays(client: Any) -> None:
    user = {"StudioId": create_studio(client), "IdentityType": "USER", "IdentityName": "ada"}
    client.create_studio_session_mapping(**user, SessionPolicyArn=POLICY)
    before = client.get_studio_session_mapping(**user)["SessionMapping"]

    answer = client.update_studio_session_mapping(**user, SessionPolicyArn=OTHER_POLICY)

    assert plain(answer) == {}
    after = client.get_studio_session_mapping(**user)["SessionMapping"]
    assert after["SessionPolicyArn"] == OTHER_POLICY
    assert after["CreationTime"] == before["CreationTime"]
    assert after["LastModifiedTime"] >= before["LastModifiedTime"]


def test_what_is_not_there_cannot_be_updated(client: Any) -> None:
    user = {"StudioId": create_studio(client), "IdentityType": "USER", "SessionPolicyArn": POLICY}

    with refused("InvalidRequestException", "Studio session mapping does not exist."):
        client.update_studio_session_mapping(**user, IdentityName="ada")
    with refused("InvalidRequestException", "Studio does not exist."):
        client.update_studio_session_mapping(**{**user, "StudioId": "es-1"}, IdentityName="ada")
    with refused("InvalidRequestException", "Either IdentityId or IdentityName must be specified."):
        client.update_studio_session_mapping(**user)

    assert client.list_studio_session_mappings()["SessionMappings"] == []
