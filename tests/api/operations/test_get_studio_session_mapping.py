"""GetStudioSessionMapping."""

from __future__ import annotations

from typing import Any

import pytest

from tests.studios import POLICY, create_studio
from tests.two_protocols import refused


@pytest.mark.parametrize("identity", [{"IdentityId": "1-2-3"}, {"IdentityName": "ada"}])
def test_mapping_comes_back_as_it_was_made(client: Any, identity: dict[str, str]) -> None:
    user = {"StudioId": create_studio(client), "IdentityType": "USER", **identity}
    client.create_studio_session_mapping(**user, SessionPolicyArn=POLICY)

    mapping = client.get_studio_session_mapping(**user)["SessionMapping"]

    created_at = mapping.pop("CreationTime")
    assert mapping == {**user, "SessionPolicyArn": POLICY, "LastModifiedTime": created_at}


def test_mapping_is_found_when_id_and_name_are_given(client: Any) -> None:
    user = {"StudioId": create_studio(client), "IdentityType": "USER"}
    client.create_studio_session_mapping(**user, IdentityName="ada", SessionPolicyArn=POLICY)

    answer = client.get_studio_session_mapping(**user, IdentityName="ada", IdentityId="1-2-3")

    assert answer["SessionMapping"]["IdentityName"] == "ada"
    assert "IdentityId" not in answer["SessionMapping"]


def test_identity_of_another_kind_or_studio_or_name_is_unknown(client: Any) -> None:
    studio_id, other_id = create_studio(client), create_studio(client)
    user = {"StudioId": studio_id, "IdentityType": "USER", "IdentityName": "ada"}
    client.create_studio_session_mapping(**user, SessionPolicyArn=POLICY)

    for change in ({"IdentityType": "GROUP"}, {"StudioId": other_id}, {"IdentityName": "bob"}):
        with refused("InvalidRequestException", "Studio session mapping does not exist."):
            client.get_studio_session_mapping(**{**user, **change})


def test_unknown_studio_and_no_identity_are_refused(client: Any) -> None:
    with refused("InvalidRequestException", "Studio does not exist."):
        client.get_studio_session_mapping(StudioId="es-1", IdentityType="USER", IdentityName="ada")
    with refused("InvalidRequestException", "Either IdentityId or IdentityName must be specified."):
        client.get_studio_session_mapping(StudioId=create_studio(client), IdentityType="USER")
