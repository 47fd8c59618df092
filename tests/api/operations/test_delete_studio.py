"""DeleteStudio."""

from __future__ import annotations

from typing import Any

from tests.studios import POLICY, create_studio
from tests.two_protocols import plain, refused


def test_deleted_studio_is_gone_with_its_mappings_and_no_other(client: Any) -> None:
    gone, kept = create_studio(client), create_studio(client)
    for studio_id in (gone, kept):
        client.create_studio_session_mapping(
            StudioId=studio_id, IdentityType="USER", IdentityName="ada", SessionPolicyArn=POLICY
        )

    assert plain(client.delete_studio(StudioId=gone)) == {}

    assert [studio["StudioId"] for studio in client.list_studios()["Studios"]] == [kept]
    mappings = client.list_studio_session_mappings()["SessionMappings"]
    assert [mapping["StudioId"] for mapping in mappings] == [kept]


def test_unknown_studio_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "Studio does not exist."):
        client.delete_studio(StudioId="es-1")
