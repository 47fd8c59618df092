"""ListStudioSessionMappings."""

from __future__ import annotations

from typing import Any

import pytest

from tests.studios import POLICY, create_studio
from tests.two_protocols import refused


def add(client: Any, studio_id: str, kind: str, name: str) -> None:
    client.create_studio_session_mapping(
        StudioId=studio_id, IdentityType=kind, IdentityName=name, SessionPolicyArn=POLICY
    )


def test_summary_is_a_part_of_the_mapping(client: Any) -> None:
    studio_id = create_studio(client)
    add(client, studio_id, "USER", "ada")

    (summary,) = client.list_studio_session_mappings()["SessionMappings"]

    mapping = client.get_studio_session_mapping(StudioId=studio_id, IdentityType="USER", IdentityName="ada")[
        "SessionMapping"
    ]
    del mapping["LastModifiedTime"]
    assert summary == mapping


@pytest.mark.parametrize(
    ("first_studio_only", "kind", "wanted"),
    [
        (False, {}, ["ada", "staff", "bob"]),
        (True, {}, ["ada", "staff"]),
        (False, {"IdentityType": "USER"}, ["ada", "bob"]),
        (True, {"IdentityType": "USER"}, ["ada"]),
        (True, {"IdentityType": "GROUP"}, ["staff"]),
    ],
)
def test_filters_are_all_satisfied(
    client: Any, first_studio_only: bool, kind: dict[str, str], wanted: list[str]
) -> None:
    first, second = create_studio(client), create_studio(client)
    add(client, first, "USER", "ada")
    add(client, first, "GROUP", "staff")
    add(client, second, "USER", "bob")

    filters = {**kind, "StudioId": first} if first_studio_only else kind
    mappings = client.list_studio_session_mappings(**filters)["SessionMappings"]

    assert [mapping["IdentityName"] for mapping in mappings] == wanted


def test_pages_are_of_fifty_and_hold_every_one_once(client: Any) -> None:
    studio_id = create_studio(client)
    names = [f"user {number}" for number in range(51)]
    for name in names:
        add(client, studio_id, "USER", name)

    pages = list(client.get_paginator("list_studio_session_mappings").paginate(StudioId=studio_id))

    assert [len(page["SessionMappings"]) for page in pages] == [50, 1]
    assert [one["IdentityName"] for page in pages for one in page["SessionMappings"]] == names


def test_unknown_studio_is_refused(client: Any) -> None:
    with refused("InvalidRequestException", "Studio does not exist."):
        client.list_studio_session_mappings(StudioId="es-1")
